"""An entry as the fields of a form, for people who have never seen YAML, and back. Pure.

Every field is text: lists one item a line, people by their names, entries by their questions. Only what somebody has
changed is read back, so that everything else stays as it is written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct
from rapidfuzz import fuzz, process

from bot.answering.name_lookup import of_people
from bot.errors import EditError
from bot.nlp.normalize import normalize, tokenize
from bot.story.entry import FORM_FIELDS, STANDINGS, Entry, EntryField, FieldValue
from bot.story.models import Story
from bot.story.text_limits import FORM

LABELS = {key: field.label for key, field in FORM_FIELDS.items()}
"""The fields of an entry as moderators read them."""
LINES = frozenset(key for key, field in FORM_FIELDS.items() if field.is_list and field.kind != "paragraphs")
"""Fields that hold one item a line."""
CLOSE = 75
"""Similarity, of 100, from which something is suggested for what is not known."""
SHOWN = 60
"""Characters of what somebody typed that are shown back."""


class Shift(Struct, frozen=True):
    """What is different in one field: its texts before and after."""

    field: str
    old: str
    new: str

    @property
    def gone(self) -> tuple[str, ...]:
        """Lines that are no longer there."""
        kept = frozenset(self.new.splitlines())
        return tuple(line for line in self.old.splitlines() if line not in kept)

    @property
    def come(self) -> tuple[str, ...]:
        """Lines that were not there before."""
        known = frozenset(self.old.splitlines())
        return tuple(line for line in self.new.splitlines() if line not in known)


def texts(entry: Entry, story: Story) -> dict[str, str]:
    """The entry as the fields of a form; of very many phrasings as many as a field holds."""
    return {key: _form_text(field, getattr(entry, key), story) for key, field in FORM_FIELDS.items()}


def _form_text(field: EntryField, value: Any, story: Story) -> str:
    """Return a field's value as the text of a form field."""
    if field.kind == "paragraphs":
        return ", ".join(map(str, value))
    values = _fitting(value) if field.kind == "texts" else value if field.is_list else [value] if value else []
    if field.kind == "people":
        values = [story.people[id].name for id in values]
    elif field.kind in ("entry", "entries"):
        values = [story.entries[id].question for id in values]
    return "\n".join(values)


def unshown(entry: Entry | None) -> int:
    """How many phrasings of an entry do not fit into the form; they stay as they are."""
    return len(entry.phrasings) - len(_fitting(entry.phrasings)) if entry else 0


def shifts(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Shift, ...]:
    """The fields that are different."""
    pairs = ((name, _tidy(name, before.get(name, "")), _tidy(name, after.get(name, ""))) for name in LABELS)
    return tuple(Shift(name, old, new) for name, old, new in pairs if old != new)


def fields(
    typed: Mapping[str, str], before: Mapping[str, str], story: Story, entry: Entry | None = None
) -> dict[str, FieldValue]:
    """What has to be written into the base: the fields in which `typed` differs from `before`.

    `entry`: the one that is changed, if there is one. Raises EditError with a line for everything that is wrong.
    """
    read = _Reading(story, [])
    found: dict[str, FieldValue] = {}
    for shift in shifts(before, typed):
        value = read.field(shift.field, shift.new)
        if FORM_FIELDS[shift.field].kind == "texts" and entry is not None:
            texts = getattr(entry, shift.field)
            value = [*value, *texts[len(_fitting(texts)) :]]
        found[shift.field] = value
    read.whole({**before, **typed})
    if read.problems:
        raise EditError("\n".join(read.problems))
    return found


def topic(typed: str) -> str:
    """What somebody calls a topic as the name of its file, without the ending; nothing where no letter is in it."""
    return "-".join(tokenize(normalize(typed.removesuffix(".yaml"))))[:60].strip("-")


def topics(story: Story) -> tuple[str, ...]:
    """The topics that the base has."""
    files = dict.fromkeys(entry.file for entry in story.entries.values())
    return tuple(sorted(name.removeprefix("qa/").removesuffix(".yaml") for name in files))


def find(typed: str, story: Story) -> str:
    """The id of the entry that somebody means, by its id or its question. Raises EditError."""
    read = _Reading(story, [])
    found = read.entry(typed)
    if not found:
        raise EditError(read.problems[0])
    return found


class _Reading:
    """Reads what was typed; notes everything that is wrong."""

    def __init__(self, story: Story, problems: list[str]) -> None:
        self.story = story
        self.problems = problems

    def field(self, name: str, text: str) -> FieldValue:
        """The value of one field."""
        match FORM_FIELDS[name].kind:
            case "paragraphs":
                return self._paragraphs(text)
            case "people":
                return self._each(text, self._person)
            case "entries":
                return self._each(text, self.entry)
            case "entry":
                return self.entry(text) if text else ""
            case _:
                return text.splitlines() if name in LINES else text

    def whole(self, typed: Mapping[str, str]) -> None:
        """Notes what an entry has to have and has not."""
        standing = typed.get("standing", "")
        if standing and standing not in STANDINGS:
            self.problems.append(f"‘{_cut(standing)}’ is no standing.")
        for key, field in FORM_FIELDS.items():
            if field.is_required_for(standing) and not typed.get(key, "").strip():
                why = "it has to be filled in" if field.required else "this standing needs it"
                self.problems.append(f"‘{field.label}’ is empty; {why}.")

    def entry(self, typed: str) -> str:
        """The entry with this id or question."""
        entries = self.story.entries
        wanted = typed.strip()
        if wanted in entries:
            return wanted
        questions = {entry.id: _plain(entry.question) for entry in entries.values()}
        for id, question in questions.items():
            if question == _plain(wanted):
                return id
        by_id = {id: _plain(id) for id in entries}
        near = process.extractOne(_plain(wanted), questions, scorer=fuzz.token_sort_ratio, score_cutoff=CLOSE)
        near = near or process.extractOne(_plain(wanted), by_id, scorer=fuzz.ratio, score_cutoff=CLOSE)
        self._unknown("There is no answer to", typed, entries[near[2]].question if near else "")
        return ""

    def _person(self, typed: str) -> str:
        people = self.story.people
        names = {_plain(name): one.id for one in people.values() for name in (one.id, one.name, *one.aliases)}
        found = names.get(_plain(typed))
        if found:
            return found
        near = of_people(people.values()).closest(typed, 1, finished=True)
        self._unknown("Nobody in the base is called", typed, people[near[0]].name if near else "")
        return ""

    def _paragraphs(self, text: str) -> list[int]:
        found = []
        for part in re.split(r"[,;\s]+|\band\b", text):
            number = part.strip().lstrip("¶")
            if number.isdecimal() and int(number) in self.story.paragraphs:
                found.append(int(number))
            elif number:
                last = max(self.story.paragraphs, default=0)
                self.problems.append(f"There is no paragraph ‘{_cut(number)}’; the article has 1 to {last}.")
        return list(dict.fromkeys(found))

    def _each(self, text: str, read: Callable[[str], str]) -> list[str]:
        return list(dict.fromkeys(filter(None, map(read, text.splitlines()))))

    def _unknown(self, sentence: str, typed: str, near: str) -> None:
        self.problems.append(f"{sentence} ‘{_cut(typed)}’." + (f" Did you mean ‘{near}’?" if near else ""))


def _fitting(phrasings: Iterable[str]) -> list[str]:
    """The first phrasings, as many as fit into one field."""
    found, room = [], FORM
    for one in phrasings:
        room -= len(one) + 1
        if room < 0:
            break
        found.append(one)
    return found


def _tidy(name: str, text: str) -> str:
    if name not in LINES:
        return " ".join(text.split())
    return "\n".join(dict.fromkeys(filter(None, (" ".join(line.split()) for line in text.splitlines()))))


def _plain(text: str) -> str:
    return " ".join(tokenize(normalize(text, 400)))


def _cut(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…"
