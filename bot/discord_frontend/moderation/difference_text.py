"""What changes, as sentences before and after: never as YAML. Pure; everything is escaped."""

from collections.abc import Iterable, Iterator

from bot.cards.markdown import escape, truncate
from bot.discord_frontend.moderation import moderation_text
from bot.editing.difference import Difference
from bot.editing.entry_form import LABELS, MULTILINE, FieldChange

LINES_LISTED = 200
"""Lines of one field, or problems of a base, that are listed."""
FULL_TEXT = 1500
"""Characters of a text that is shown in full: the longest answer fits."""
_HEADINGS = {"new": "New:", "changed": "Changed:", "removed": "Removed:"}


def in_full(differences: Iterable[Difference]) -> Iterator[str]:
    """Yield a paragraph for each record that is new, changed or removed, with all of its fields."""
    for difference in differences:
        heading = f"**{_HEADINGS[difference.kind]} {moderation_text.quoted(difference.question)}**"
        if difference.kind == "changed":
            yield "\n".join([heading, *(before_and_after(change, FULL_TEXT) for change in difference.field_changes)])
            continue
        shown = ((_label(change.field), change.new or change.old) for change in difference.field_changes)
        lines = [f"- {label}: {'; '.join(_shortened(text, FULL_TEXT).splitlines())}" for label, text in shown]
        yield "\n".join([heading, *lines])


def before_and_after(change: FieldChange, limit: int = moderation_text.FIELD_LENGTH) -> str:
    """Return a field as it is and as it would be; of a list, the items that only one of them has."""
    if change.field in MULTILINE:
        return line_changes(change, "removed", "added")
    return (
        f"**{_label(change.field)}**\n- before: {_shortened(change.old, limit)}\n- now: {_shortened(change.new, limit)}"
    )


def two_versions(change: FieldChange) -> str:
    """Return both versions of a field that two people have changed."""
    if change.field in MULTILINE:
        return line_changes(change, "only theirs", "only yours")
    limit = moderation_text.FIELD_LENGTH
    return f"**{_label(change.field)}**\n- theirs: {_shortened(change.old, limit)}\n- yours: {_shortened(change.new, limit)}"


def line_changes(change: FieldChange, old_label: str, new_label: str) -> str:
    """Return the lines that only one version of a list has."""
    lines = [
        f"- {label}: {escape(truncate(line, moderation_text.FIELD_LENGTH))}"
        for label, only in ((old_label, change.removed_lines), (new_label, change.added_lines))
        for line in first_lines(only)
    ]
    return "\n".join([f"**{_label(change.field)}**", *(lines or ["- in a different order"])])


def first_lines(lines: Iterable[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    every = list(lines)
    more = len(every) - LINES_LISTED
    return every if more <= 0 else [*every[:LINES_LISTED], f"and {more:,} more"]


def _label(field: str) -> str:
    return LABELS.get(field) or escape(field)


def _shortened(text: str, limit: int) -> str:
    return escape(truncate(text, limit)) or "(empty)"
