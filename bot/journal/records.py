"""What the journal holds, as records. Column names that differ from a field's name stand in `rename`."""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct, field

InboxOutcome = Literal["abstain", "none_of_these", "not_helpful"]
Reason = Literal["wrong_subject", "wrong_source", "outdated", "not_asked"]
"""What somebody says is wrong with an answer."""
Verdict = Literal["none", "right", "wrong", "picked"]
"""What whoever asked in a trial said of the answer: nothing, right, wrong, or that they meant another entry."""
REASONS: tuple[Reason, ...] = get_args(Reason)
ChangeState = Literal["made", "under way", "not made"]
"""Not made: the process died before it was published; the texts are kept all the same."""
FileVersions = tuple[str | None, str | None]
"""A file's text (or its digest) before and after a change; None where there is no such file."""
MAX_QUESTION = 500
"""Characters kept of a question."""
DraftKind = Literal["add", "edit", "phrase", "phrases", "remove", "undo", "import"]


class InboxQuestion(Struct, frozen=True):
    """A question that still wants a good answer. It has no `entry` unless that answered it and did not help."""

    text: str
    count: int
    first_seen: date
    last_seen: date
    place: str
    """Where it was last asked: a server's id, or 'dm'."""
    outcome: str
    entry: str = ""
    id: int = 0
    wrong_subject: int = 0
    """How many of those whom the answer did not help said that it is about the wrong person or thing; and so on."""
    wrong_source: int = 0
    outdated: int = 0
    not_asked: int = 0

    @property
    def reasons(self) -> Mapping[Reason, int]:
        """How many gave each of the reasons."""
        return {reason: getattr(self, reason) for reason in REASONS}


class CollectedQuestion(Struct, frozen=True):
    """A question that was asked in a trial, with the entry that answered it, or that whoever asked picked; '' for none."""

    text: str
    count: int
    last_seen: date
    entry: str = ""
    verdict: Verdict = "none"
    id: int = 0


class OutcomeCount(Struct, frozen=True):
    """How many questions had one outcome on one day: answer (with the entry's id), clarify or abstain."""

    day: date
    entry: str
    outcome: str
    count: int


class FeedbackCount(Struct, frozen=True):
    """How often an entry was rated helpful ('up') or not ('down') on one day."""

    day: date
    entry: str
    verdict: Literal["up", "down"]
    count: int


class PendingChange(Struct, frozen=True, rename={"number": "id", "transaction": "mark"}):
    """A change of which it is not known whether it was published, with the id of its transaction."""

    number: int
    transaction: str


class ChangeSummary(
    Struct,
    frozen=True,
    rename={"number": "id", "author": "who", "title": "what", "reason": "why", "warning_count": "warned"},
):
    """A change of the base without its texts."""

    number: int
    at: str
    """Date and time, UTC, to the minute: 2023-05-23 14:05."""
    author: str
    title: str
    reason: str
    warning_count: int
    """How many warnings it was published despite."""
    state: ChangeState = "made"

    @property
    def line(self) -> str:
        """The change in one line."""
        reason = f" ({self.reason})" if self.reason else ""
        warnings = "a warning" if self.warning_count == 1 else f"{self.warning_count} warnings"
        despite = f", despite {warnings}" if self.warning_count else ""
        state = "" if self.state == "made" else f"; {self.state}"
        return f"Change {self.number} by {self.author}: {self.title}{reason}{despite}{state}"


class Change(
    Struct,
    frozen=True,
    rename={
        "number": "id",
        "author": "who",
        "title": "what",
        "reason": "why",
        "revision_before": "before",
        "revision_after": "after",
    },
):
    """A change of the base with the texts of every file that it changed, by the file's name."""

    number: int
    at: str
    author: str
    title: str
    reason: str
    warnings: tuple[str, ...]
    """The warnings it was published despite."""
    revision_before: str
    revision_after: str
    files: Mapping[str, FileVersions]
    state: ChangeState = "made"

    @property
    def summary(self) -> ChangeSummary:
        """The change without its texts."""
        return ChangeSummary(self.number, self.at, self.author, self.title, self.reason, len(self.warnings), self.state)


def new_draft_key() -> str:
    """Return a key that nobody can guess and that fits into a button's custom id."""
    return secrets.token_hex(8)


class Draft(
    Struct,
    frozen=True,
    rename={"target": "about", "original_texts": "before", "question_ids": "asked", "reason": "why"},
):
    """A change that a moderator has written and not published.

    A draft never changes: a form that is sent again makes a new one, so a preview's button publishes what the preview
    showed, whatever has been written since. It holds no person's id, only a random key.
    """

    kind: DraftKind
    target: str = ""
    """The entry's id; for `add` the topic, for `undo` the number of the change."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The form's fields as they were typed; for `phrases`, an entry's new phrasings by its id, one a line."""
    original_texts: Mapping[str, str] = field(default_factory=dict)
    """The same fields of the entry when the form was opened."""
    question_ids: tuple[int, ...] = ()
    """The inbox questions that it answers."""
    reason: str = ""
    archive: bytes = b""
    """For `import`, the archive itself."""
    key: str = field(default_factory=new_draft_key)

    def to_json(self) -> str:
        """Return everything but the key and the archive, as JSON."""
        fields = msgspec.to_builtins(self)
        # json escapes lone surrogates, which msgspec refuses
        return json.dumps({name: value for name, value in fields.items() if name not in ("key", "archive")})

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Draft":
        """Return the draft in a row with `key`, `data` (from `to_json`) and perhaps `archive`. Raises MsgspecError, TypeError."""
        fields = msgspec.json.decode(row["data"], type=dict[str, Any])
        return msgspec.convert({**fields, "key": row["key"], "archive": row.get("archive", b"")}, cls)
