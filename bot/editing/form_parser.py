"""Parsing of a form's texts into the fields of an entry, with every mistake at once, in the form's own words. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from bot.answering.name_index import NameIndex, index_people
from bot.editing.entry_form import MULTILINE, compare_texts, fitting
from bot.errors import EditError, shorten
from bot.nlp.normalize import normalize, tokenize
from bot.story.entry import FORM_FIELDS, STANDINGS, Entry, EntryField, FieldValue
from bot.story.models import Story

MIN_SIMILARITY = 75
"""Similarity, of 100, from which an entry is suggested for an unknown one."""
MAX_SUGGESTIONS = 10
"""Unknown names for which a similar one is looked for."""
MAX_QUOTE = 60
"""Characters of what somebody typed in a message."""
MAX_COMPARED = 400
"""Characters of a question that are compared."""
NUMBERS_ONLY = "Write numbers only, as in 2, 15."


class MoreNeeded(EditError):
    """Nothing is wrong, but the standing needs fields that are still empty; `fields`: those."""

    def __init__(self, fields: Sequence[EntryField]) -> None:
        super().__init__("\n".join(f"‘{field.label}’ is empty; this standing needs it." for field in fields))
        self.fields = fields


def parse_fields(
    typed: Mapping[str, str], before: Mapping[str, str], story: Story, entry: Entry | None = None
) -> dict[str, FieldValue]:
    """Return the fields in which `typed` differs from `before`, so that the others stay as they are written.

    entry: the one that is edited. Raises EditError with a line for each mistake; MoreNeeded where only a step is missing.
    """
    parser = _FormParser(story)
    fields: dict[str, FieldValue] = {}
    for change in compare_texts(before, typed):
        value = parser.parse(change.field, change.new)
        if FORM_FIELDS[change.field].kind == "texts" and entry is not None:
            texts = getattr(entry, change.field)
            value = [*value, *texts[len(fitting(texts)) :]]
        fields[change.field] = value
    needed = parser.check_required({**before, **typed})
    if needed and not parser.problems:
        raise MoreNeeded(needed)
    if parser.problems:
        raise EditError("\n".join(dict.fromkeys((*parser.problems, *(str(MoreNeeded([field])) for field in needed)))))
    return fields


def find_entry(typed: str, story: Story) -> str:
    """Return the id of the entry with this id or question. Raises EditError."""
    parser = _FormParser(story)
    id = parser.parse_entry(typed)
    if not id:
        raise EditError(parser.problems[0])
    return id


class _FormParser:
    """Parses texts and collects what is wrong with them."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.problems: list[str] = []
        self._suggestions_left = MAX_SUGGESTIONS

    @cached_property
    def _questions(self) -> dict[str, str]:
        """The question of each entry, by id, folded."""
        return {entry.id: _fold(entry.question) for entry in self.story.entries.values()}

    @cached_property
    def _ids_by_question(self) -> dict[str, str]:
        return {question: id for id, question in reversed(self._questions.items())}  # the first of equal ones wins

    @cached_property
    def _folded_ids(self) -> dict[str, str]:
        return {id: _fold(id) for id in self.story.entries}

    @cached_property
    def _people_ids(self) -> dict[str, str]:
        """The id of each person, by folded id, name and alias."""
        people = self.story.people.values()
        return {_fold(name): person.id for person in people for name in (person.id, person.name, *person.aliases)}

    @cached_property
    def _people_index(self) -> NameIndex:
        return index_people(self.story.people.values())

    def _may_suggest(self) -> bool:
        """Return whether to look for a similar name, which takes a moment."""
        self._suggestions_left -= 1
        return self._suggestions_left >= 0

    def parse(self, name: str, text: str) -> FieldValue:
        """Return the value of one field."""
        match FORM_FIELDS[name].kind:
            case "paragraphs":
                return self._parse_paragraphs(text)
            case "people":
                return self._parse_lines(text, self._parse_person)
            case "entries":
                return self._parse_lines(text, self.parse_entry)
            case "entry":
                return self.parse_entry(text) if text else ""
            case _:
                return text.splitlines() if name in MULTILINE else text

    def check_required(self, typed: Mapping[str, str]) -> list[EntryField]:
        """Note each required field that is empty; return those that are empty and only required for the standing."""
        standing = typed.get("standing", "")
        if standing and standing not in STANDINGS:
            self.problems.append(f"‘{_quote(standing)}’ is not a standing.")
        empty = [field for key, field in FORM_FIELDS.items() if not typed.get(key, "").strip()]
        self.problems += [f"‘{field.label}’ is empty; please fill it in." for field in empty if field.required]
        return [field for field in empty if not field.required and field.is_required_for(standing)]

    def parse_entry(self, typed: str) -> str:
        """Return the id of the entry with this id or question; empty where there is none."""
        entries = self.story.entries
        text = typed.strip()
        if text in entries:
            return text
        folded = _fold(text)
        if id := self._ids_by_question.get(folded):
            return id
        similar = None
        if self._may_suggest():
            similar = process.extractOne(
                folded, self._questions, scorer=fuzz.token_sort_ratio, score_cutoff=MIN_SIMILARITY
            ) or process.extractOne(folded, self._folded_ids, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY)
        self._note_unknown("There is no answer to", typed, entries[similar[2]].question if similar else "")
        return ""

    def _parse_person(self, typed: str) -> str:
        people = self.story.people
        if id := self._people_ids.get(_fold(typed)):
            return id
        closest = self._people_index.closest(typed, 1, finished=True) if self._may_suggest() else ()
        self._note_unknown("Nobody in the base is called", typed, people[closest[0]].name if closest else "")
        return ""

    def _parse_paragraphs(self, text: str) -> list[int]:
        numbers = []
        for part in re.split(r"[,;\s]+|\band\b", text):
            number = part.strip().lstrip("¶")
            if number.isdecimal() and int(number) in self.story.paragraphs:
                numbers.append(int(number))
            elif number.isdecimal():
                last = max(self.story.paragraphs, default=0)
                self.problems.append(
                    f"There is no paragraph ‘{_quote(number)}’. The article has paragraphs 1 to {last}."
                )
            elif number:
                self.problems.append(NUMBERS_ONLY)
        return list(dict.fromkeys(numbers))

    def _parse_lines(self, text: str, parse: Callable[[str], str]) -> list[str]:
        return list(dict.fromkeys(filter(None, map(parse, text.splitlines()))))

    def _note_unknown(self, sentence: str, typed: str, similar: str) -> None:
        suggestion = f" Did you mean ‘{similar}’?" if similar else ""
        self.problems.append(f"{sentence} ‘{_quote(typed)}’.{suggestion}")


def _fold(text: str) -> str:
    """Return a text without case, accents and punctuation, for comparison."""
    return " ".join(tokenize(normalize(text, MAX_COMPARED)))


def _quote(text: str) -> str:
    return shorten(" ".join(text.split()), MAX_QUOTE)
