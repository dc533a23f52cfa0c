"""Changes of one large file, for tests of the history."""

from bot.journal.journal import Journal
from bot.journal.records import Change

FILE = "qa/x.yaml"
OLD = "".join(
    f"- id: e{number}\n  question: Why {number * 7919}?\n  answer: {number * 104729}\n" for number in range(3000)
)


def make_change(before: str | None, after: str | None, what: str = "phrase x") -> Change:
    """Return a change of one file."""
    return Change(0, "2026-03-01 12:00", "Ada", what, "", ("a warning",), "a", "b", {FILE: (before, after)})


def with_comment(text: str, number: int) -> str:
    """Return the text with a comment more, at a place that depends on the number."""
    at = text.index("- id:", number * 997 % len(text) // 2)
    return f"{text[:at]}# phrasing {number}\n{text[at:]}"


def stored_bytes(journal: Journal) -> int:
    """Return how many bytes the history takes."""
    with journal.database.transaction() as connection:
        files = connection.execute(
            journal.database.tables.history.select().with_only_columns(journal.database.tables.history.c.files)
        ).scalars()
        kept = connection.execute(
            journal.database.tables.texts.select().with_only_columns(journal.database.tables.texts.c.hunks)
        ).scalars()
        return sum(map(len, files)) + sum(map(len, kept))
