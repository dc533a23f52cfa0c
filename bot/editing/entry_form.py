"""An entry as the text fields of a form, for people who have never seen YAML. Pure.

Lists have one item a line; people stand by their names, other entries by their questions. `form_parser` reads it back.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from bot.nlp.normalize import normalize, tokenize
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import FORM_FIELDS, Entry, EntryField
from bot.story.field_lengths import FORM
from bot.story.models import Story

LABELS = {key: field.label for key, field in FORM_FIELDS.items()}
"""The names of the fields for moderators, by key."""
MULTILINE = frozenset(key for key, field in FORM_FIELDS.items() if field.is_list and field.kind != "paragraphs")
"""Fields with one item a line."""
OTHER = "+other"
"""Ends the name of a form's input for what the select before it does not hold."""
MAX_TOPIC = 60
"""Characters of a topic's file name."""


class FieldChange(Struct, frozen=True):
    """The text of one field before and after."""

    field: str
    old: str
    new: str

    @property
    def removed_lines(self) -> tuple[str, ...]:
        """Lines of the old text that the new one does not have."""
        new = frozenset(self.new.splitlines())
        return tuple(line for line in self.old.splitlines() if line not in new)

    @property
    def added_lines(self) -> tuple[str, ...]:
        """Lines of the new text that the old one does not have."""
        old = frozenset(self.old.splitlines())
        return tuple(line for line in self.new.splitlines() if line not in old)


def form_texts(entry: Entry, story: Story) -> dict[str, str]:
    """Return the form's texts for an entry, by field; only as many phrasings as the field holds."""
    return {key: _form_text(field, getattr(entry, key), story) for key, field in FORM_FIELDS.items()}


def _form_text(field: EntryField, value: Any, story: Story) -> str:
    """Return a field's value as the text of a form field."""
    if field.kind == "paragraphs":
        return ", ".join(map(str, value))
    values = fitting(value) if field.kind == "texts" else value if field.is_list else [value] if value else []
    if field.kind == "people":
        values = [story.people[id].name for id in values]
    elif field.kind in ("entry", "entries"):
        values = [story.entries[id].question for id in values]
    return "\n".join(values)


def fitting(phrasings: Iterable[str]) -> list[str]:
    """Return the first phrasings, as many as fit into one field."""
    fit, space = [], FORM
    for phrasing in phrasings:
        space -= len(phrasing) + 1
        if space < 0:
            break
        fit.append(phrasing)
    return fit


def count_hidden_phrasings(entry: Entry | None) -> int:
    """Return how many phrasings of an entry do not fit into the form; they stay as they are."""
    return len(entry.phrasings) - len(fitting(entry.phrasings)) if entry else 0


def compare_texts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Return the fields whose texts differ in more than white space, empty lines and duplicate lines."""
    pairs = ((name, _tidy(name, before.get(name, "")), _tidy(name, after.get(name, ""))) for name in LABELS)
    return tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)


def merge_submitted(texts: Mapping[str, str], submitted: Mapping[str, str], story: Story) -> dict[str, str]:
    """Return a draft's texts after a form was submitted; `submitted`: by the name of the form's field, choices one a line.

    What was chosen and what was typed beside it become one list, in which everything keeps the place that it had: a select
    returns its choices in any order. Chosen entries come as ids and stay as questions.
    """
    merged = dict(texts)
    for name, text in submitted.items():
        key = name.removesuffix(OTHER)
        field = FORM_FIELDS.get(key)
        typed = submitted.get(f"{key}{OTHER}", "").strip()
        if name != key:
            continue
        if field is None or field.kind not in ("people", "entry", "entries", "paragraphs", "developments"):
            merged[key] = typed or text
        elif field.kind == "entry":
            merged[key] = typed or _named(text, story)
        else:
            merged[key] = _merge_list(field, texts.get(key, ""), f"{text}\n{typed}", story)
    return merged


def _merge_list(field: EntryField, before: str, now: str, story: Story) -> str:
    """Return the items of `now`, those that `before` has too in its order and first."""
    between = ", " if field.kind == "paragraphs" else "\n"
    old, new = (
        list(
            dict.fromkeys(
                _named(item.strip(), story) for item in text.replace(between, "\n").splitlines() if item.strip()
            )
        )
        for text in (before, now)
    )
    return between.join([*(item for item in old if item in new), *(item for item in new if item not in old)])


def _named(text: str, story: Story) -> str:
    """Return the question of the entry with this id; any other text as it is."""
    return story.entries[text].question if text in story.entries else text


def topic_slug(typed: str) -> str:
    """Return a topic's name as a file name without its suffix; empty where it has no letter."""
    return "-".join(tokenize(normalize(typed.removesuffix(".yaml"))))[:MAX_TOPIC].strip("-")


def topics(story: Story) -> tuple[str, ...]:
    """Return the slugs of all topics, sorted."""
    files = {entry.file for entry in story.written_entries}
    return tuple(sorted(name.removeprefix(ENTRIES_FOLDER).removesuffix(".yaml") for name in files))


def _tidy(name: str, text: str) -> str:
    if name not in MULTILINE:
        return " ".join(text.split())
    return "\n".join(dict.fromkeys(filter(None, (" ".join(line.split()) for line in text.splitlines()))))
