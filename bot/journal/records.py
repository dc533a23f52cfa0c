"""What the journal holds, as records."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from msgspec import Struct

Outcome = Literal["abstain", "none_of_these", "not_helpful"]
State = Literal["made", "under way", "not made"]
Versions = tuple[str | None, str | None]
"""A file's text (or its digest) before and after a change, None where there was no such file."""


class Unanswered(Struct, frozen=True):
    """A question that still wants an answer: its text, how often it came, when, and where it last came from."""

    text: str
    count: int
    first_seen: date
    last_seen: date
    place: str
    """A server's id, or 'dm'."""
    outcome: str
    entry: str = ""
    """The entry that it was answered with and that did not help; nothing where there was no answer."""
    id: int = 0


class Count(Struct, frozen=True):
    """How often questions had one outcome on one day: answer (then with the entry), clarify or abstain."""

    day: date
    entry: str
    outcome: str
    count: int


class Verdict(Struct, frozen=True):
    """How often an entry was judged helpful ('up') or not ('down') on one day."""

    day: date
    entry: str
    verdict: Literal["up", "down"]
    count: int


class Mark(Struct, frozen=True):
    """The mark by which the base knows a change, and the change's number."""

    id: int
    mark: str


class Summary(Struct, frozen=True):
    """One change of the base without its texts. `warned`: how many warnings it was published in spite of."""

    number: int
    at: str
    """Date and time, UTC, to the minute: 2023-05-23 14:05."""
    who: str
    what: str
    why: str
    warned: int
    state: State = "made"
    """Not made: the process died before; the text is kept all the same."""

    @property
    def told(self) -> str:
        """The change in one line."""
        why = f" ({self.why})" if self.why else ""
        many = "a warning" if self.warned == 1 else f"{self.warned} warnings"
        spite = f", in spite of {many}" if self.warned else ""
        lost = "" if self.state == "made" else f"; {self.state}"
        return f"Change {self.number} by {self.who}: {self.what}{why}{spite}{lost}"


class Change(Struct, frozen=True):
    """One change of the base with its texts. `files`: each file's text before and after, None where it was not there."""

    number: int
    at: str
    who: str
    what: str
    why: str
    warnings: tuple[str, ...]
    """What it was published in spite of."""
    before: str
    after: str
    files: Mapping[str, Versions]
    state: State = "made"

    @property
    def summary(self) -> Summary:
        """The change without its texts."""
        return Summary(self.number, self.at, self.who, self.what, self.why, len(self.warnings), self.state)
