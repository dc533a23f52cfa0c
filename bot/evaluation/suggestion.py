"""One line of advice on a base."""

from collections.abc import Sequence

from msgspec import Struct

from bot.story.entry import Entry

MAX_NAMED = 4
"""Things that one line lists."""


class Suggestion(Struct, frozen=True):
    """Something that would make a base better.

    gain: how many of a hundred questions it may concern, if every entry is asked about equally often; only good for an order.
    """

    gain: float
    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


def about(entry: Entry, gain: float, sentence: str) -> Suggestion:
    """Return a suggestion at an entry's place."""
    return Suggestion(gain, entry.file, entry.line, f"'{entry.id}' {sentence}")


def listed(items: Sequence[str], join: str = "and", most: int = MAX_NAMED) -> str:
    """Return the first few items as a list in words, and how many more there are."""
    shown = list(items[:most])
    if more := len(items) - len(shown):
        shown.append(f"{more} more")
    return f" {join} ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""
