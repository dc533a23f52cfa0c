"""Removal of an entry together with the links to it. Pure, from files to files."""

import re
from collections.abc import Iterator, Mapping

from bot.errors import EditError
from bot.story import yaml_edit
from bot.story.entry import Entry, FieldValue
from bot.story.loader import EXPECTED_FILE
from bot.story.models import Story

_ITEM = re.compile(r"^- ", re.MULTILINE)
_ENTRIES = re.compile(r"^ +entries: *(?:\[(?P<flow>[^\]\n]*)\] *\n?|\n(?P<block>(?: +- .*\n?)*))", re.MULTILINE)
"""The entries of an expected reply, in brackets or one a line."""


def remove_with_links(entry: Entry, files: Mapping[str, bytes], story: Story) -> dict[str, bytes | None]:
    """Return the files that change if an entry is removed: nothing links to it then.

    Answers that it was the nearest thing to get another one from the same paragraphs. Raises EditError where there is none.
    """
    changed: dict[str, bytes] = {}
    for other in story.written_entries:
        if other.id != entry.id and (fields := dict(_unlinked(other, entry, story))):
            changed[other.file] = yaml_edit.change_entry(changed.get(other.file, files[other.file]), other.id, fields)
    data = yaml_edit.remove_entry(changed.get(entry.file, files[entry.file]), entry.id)
    expected = {}
    if any(entry.id in question.entries for question in story.expected):
        expected[EXPECTED_FILE] = _without_expected(files[EXPECTED_FILE], entry.id)
    return {**changed, **expected, entry.file: data if data.strip() else None}


def _unlinked(other: Entry, removed: Entry, story: Story) -> Iterator[tuple[str, FieldValue]]:
    """Yield the fields in which an entry links to the removed one, without those links."""
    if removed.id in other.related:
        yield "related", [id for id in other.related if id != removed.id]
    if other.nearest == removed.id:
        yield "nearest", _next_nearest(other, removed, story)
        if other.closest:  # it says what the removed one said
            yield "closest", ""


def _next_nearest(other: Entry, removed: Entry, story: Story) -> str:
    """Return the id of the entry that takes the place of the removed one as the nearest thing to another."""
    ids = [*removed.related, *other.related]
    ids += [id for number in (*removed.cites, *other.cites) for id in story.entries_citing[number]]
    candidates = [story.entries[id] for id in dict.fromkeys(ids) if id not in (removed.id, other.id)]
    covered = [each for each in candidates if each.is_written and each.standing not in ("not_covered", "defined")]
    covered.sort(key=lambda each: each.standing == "alleged" and each.claim != other.claim)
    if not covered:
        raise EditError(
            f"‘{other.question}’ has this as the nearest thing, and there is no other. Edit that answer first."
        )
    return covered[0].id


def _without_expected(data: bytes, id: str) -> bytes:
    """Return expected.yaml without an entry; a question that no other may answer goes too."""
    text = data.decode()
    starts = [match.start() for match in _ITEM.finditer(text)]
    blocks = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    kept = []
    for block in blocks:
        listed = _ENTRIES.search(block)
        ids = re.findall(r"[\w-]*\w", (listed["flow"] or listed["block"] or "") if listed else "")
        if listed is None or id not in ids:
            kept.append(block)
        elif others := [each for each in ids if each != id]:
            kept.append(f"{block[: listed.start()]}  entries: [{', '.join(others)}]\n{block[listed.end() :]}")
    return "".join([text[: starts[0]] if starts else text, *kept]).encode()
