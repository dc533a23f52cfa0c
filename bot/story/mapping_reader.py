"""Read a YAML mapping value by value, with a plain sentence for every way of getting one wrong.

A `MappingReader` never raises for what it reads: it records the problem and returns an empty value, so that a single pass
finds every problem of a file.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import TypeVar

from rapidfuzz import process

from bot.errors import Problem, quote, shorten
from bot.nlp.sanitize import has_unsafe_characters
from bot.story.yaml_ast import Mapping, Node, Scalar, Sequence

MAX_PROBLEMS = 1_000
"""Problems recorded for one file: nobody reads more, and a hostile file could have a million."""
MAX_SUGGESTIONS = 10
"""Unknown ids of one file for which a similar one is looked for: that takes time, and nobody needs more at once."""
MAX_LIST_ITEMS = 1_000
"""Items of one list in a record, such as an entry's phrasings."""
MAX_ID_LENGTH = 60
MAX_URL_LENGTH = 400
MAX_SHARE = 0.5
SUGGESTION_CUTOFF = 70
"""Similarity, of 100, from which a known id is suggested for an unknown one."""
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
POSITIVE_INTEGER = re.compile(r"[1-9][0-9]{0,3}")
"""A paragraph's number."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z", re.ASCII)
_SHARE = re.compile(r"0?\.[0-9]{1,6}\Z", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+\S*\Z")
_TYPE_NAMES = {"bool": "yes or no", "int": "a number", "float": "a number", "timestamp": "a date", "null": "nothing"}
Record = TypeVar("Record")
ChoiceT = TypeVar("ChoiceT", bound=str)


class ProblemList:
    """The problems found in one file so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.all: list[Problem] = []
        self.references: set[Problem] = set()
        """Those of `all` that name a record which does not exist."""
        self._suggestions = 0

    def add(self, line: int, sentence: str) -> None:
        """Record a problem; line 0 means the whole file. Beyond `MAX_PROBLEMS` only say that there are more."""
        if len(self.all) < MAX_PROBLEMS:
            self.all.append(Problem(self.file, line, sentence))
        elif len(self.all) == MAX_PROBLEMS:
            more = f"this file has more than {MAX_PROBLEMS:,} problems; these are the first"
            self.all.append(Problem(self.file, 0, more))

    def add_reference(self, line: int, sentence: str) -> None:
        """Record that a record does not exist: this may follow from another file that can't be read."""
        self.references.add(Problem(self.file, line, sentence))
        self.add(line, sentence)

    def suggest(self, text: str, known: Collection[str]) -> str:
        """Return `suggest` for the first `MAX_SUGGESTIONS` unknown ids of the file, then nothing."""
        self._suggestions += 1
        return suggest(text, known) if self._suggestions <= MAX_SUGGESTIONS else ""


def list_items(root: Node | None, noun: str, problems: ProblemList, first_key: str = "id") -> list[Node]:
    """Return the items of a file that must be a list of mappings, each starting with `first_key`."""
    if isinstance(root, Sequence):
        return root.items
    problems.add(root.line if root else 0, f"this file must be a list of {noun}, each starting with '- {first_key}:'")
    return []


class MappingReader:
    """Reads the values of one mapping by key. Call `reject_unknown_keys` last.

    noun: what the mapping is, with its article, as in 'an entry'.
    """

    def __init__(self, node: Node, noun: str, problems: ProblemList) -> None:
        self.line = node.line
        self.noun = noun
        self.problems = problems
        self._values: dict[str, Node] = {}
        self._key_lines: dict[str, int] = {}
        self._known_keys: set[str] = set()
        if not isinstance(node, Mapping):
            problems.add(node.line, f"{noun} must be keys with values, as in 'id: some-name'")
            return
        for key, value in node.pairs:
            if key.text in self._values:
                problems.add(key.line, f"{quote(key.text)} appears twice in {noun}; keep one")
            self._values[key.text] = value
            self._key_lines[key.text] = key.line

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def node(self, key: str, example: str, *, required: bool = False) -> Node | None:
        """Return the unread value at `key`, None if it is missing; `example`: what the message about that suggests."""
        self._known_keys.add(key)
        value = self._values.get(key)
        if value is None and required and self._values:
            self.problems.add(self.line, f"{self.noun} has no '{key}'; add '{key}: {example}'")
        return value

    def list_nodes(self, key: str, example: str, *, required: bool = False) -> list[Node]:
        """Return the unread items of the list at `key`, empty if it is missing."""
        node = self.node(key, example, required=required)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.problems.add(node.line, f"'{key}' must be a list, as in '{key}: [a, b]' or one '- item' per line")
            return []
        if required and not node.items:
            self.problems.add(node.line, f"'{key}' is empty; add at least one item")
        if len(node.items) > MAX_LIST_ITEMS:
            self.problems.add(node.line, f"'{key}' has {len(node.items):,} items; at most {MAX_LIST_ITEMS:,} fit")
        return node.items[:MAX_LIST_ITEMS]

    def reject_unknown_keys(self) -> None:
        """Record a problem for every key that has not been read."""
        for key, line in self._key_lines.items():
            if key not in self._known_keys:
                keys = f"; the keys are {', '.join(sorted(self._known_keys))}"
                self.problems.add(
                    line, f"{self.noun} has no key {quote(key)}{self.problems.suggest(key, self._known_keys) or keys}"
                )

    def text(self, key: str, max_length: int, *, required: bool = True) -> str:
        """Return a text of at most `max_length` characters, white space collapsed."""
        node = self.node(key, "some text", required=required)
        return self._text(node, f"'{key}'", max_length) if node is not None else ""

    def texts(self, key: str, max_length: int, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts of at most `max_length` characters, all different."""
        texts = []
        seen: set[str] = set()
        for number, node in enumerate(self.list_nodes(key, "[some text]", required=required), 1):
            text = self._text(node, f"item {number} of '{key}'", max_length)
            if text and text.casefold() in seen:
                self.problems.add(node.line, f"{quote(text)} appears twice under '{key}'; remove one")
            seen.add(text.casefold())
            texts.append(text)
        return tuple(filter(None, texts))

    def id(self) -> str:
        """Return the `id`: lower-case letters, digits and hyphens."""
        node = self.node("id", "a-short-name", required=True)
        text = self._text(node, "'id'", MAX_ID_LENGTH, any_type=True) if node is not None else ""
        if node is not None and text and not ID.match(text):
            self.problems.add(
                node.line, f"the id {quote(text)} may contain only a-z, 0-9 and single hyphens, as in 'riding-name'"
            )
        return text

    def references(self, key: str, known: Collection[str], noun: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of ids that must be among `known`; `noun`: what they stand for, as in 'the person'."""
        nodes = self.list_nodes(key, "[some-id]", required=required)
        return tuple(filter(None, (self._known_id(node, key, known, noun) for node in nodes)))

    def reference(self, key: str, known: Collection[str], noun: str, *, required: bool = False) -> str | None:
        """Return one id that must be among `known`."""
        node = self.node(key, "some-id", required=required)
        return (self._known_id(node, key, known, noun) or None) if node is not None else None

    def choice(self, key: str, allowed: Collection[ChoiceT], default: ChoiceT, *, required: bool = True) -> ChoiceT:
        """Return one of the allowed words."""
        node = self.node(key, f"one of {', '.join(allowed)}", required=required)
        if node is None:
            return default
        text = self._text(node, f"'{key}'", MAX_ID_LENGTH)
        for word in allowed:
            if word == text:
                return word
        if text:
            self.problems.add(node.line, f"{quote(f'{key}: {text}')} is not possible; use one of {', '.join(allowed)}")
        return default

    def paragraph_numbers(self, key: str, known: Collection[int], *, required: bool = True) -> tuple[int, ...]:
        """Return a list of paragraph numbers that must be among `known`, all different."""
        numbers: list[int] = []
        for node in self.list_nodes(key, "[paragraph numbers]", required=required):
            number = self._positive_integer(node, key)
            if number is None:
                continue
            if number not in known:
                last = max(known, default=0)
                self.problems.add_reference(node.line, f"there is no paragraph {number}; '{key}' can have 1 to {last}")
            elif number in numbers:
                self.problems.add(node.line, f"paragraph {number} appears twice in '{key}'; remove one")
            else:
                numbers.append(number)
        return tuple(numbers)

    def number(self, key: str) -> int:
        """Return a positive integer, 0 if there is none."""
        node = self.node(key, "a number", required=True)
        return (self._positive_integer(node, key) or 0) if node is not None else 0

    def share(self, key: str, default: float) -> float:
        """Return a share of all, more than 0 and at most a half; `default` if it is missing."""
        node = self.node(key, str(default))
        if node is None:
            return default
        text = node.text if isinstance(node, Scalar) else ""
        if _SHARE.match(text) and 0 < float(text) <= MAX_SHARE:
            return float(text)
        self.problems.add(
            node.line, f"'{key}' must be a number above 0 and at most {MAX_SHARE}, as in '{key}: {default}'"
        )
        return default

    def date(self, key: str) -> str:
        """Return a date as precise as it is known: 2023-05-23, 2023-05 or 2023; in quotes or not."""
        node = self.node(key, "2023-05-23", required=True)
        if node is None:
            return ""
        text = node.text if isinstance(node, Scalar) else ""
        match = _DATE.match(text)
        try:
            date(*(int(part or 1) for part in match.groups())) if match else date(0, 0, 0)
        except ValueError:
            self.problems.add(
                node.line, f"{quote(f'{key}: {text}')} is no date; write it as in 2023-05-23, 2023-05 or 2023"
            )
            return ""
        return text

    def url(self, key: str) -> str:
        """Return a web address."""
        text = self.text(key, MAX_URL_LENGTH)
        if text and not _URL.match(text):
            self.problems.add(
                self._values[key].line, f"{quote(f'{key}: {text}')} is no web address; it must start with https://"
            )
            return ""
        return text

    def boolean(self, key: str) -> bool:
        """Return `true` or `false`, false if it is missing."""
        node = self.node(key, "true")
        if node is None:
            return False
        if isinstance(node, Scalar) and node.text in ("true", "false"):
            return node.text == "true"
        self.problems.add(node.line, f"'{key}' must be true or false")
        return False

    def records(
        self, key: str, read: Callable[["MappingReader"], Record], *, required: bool = False
    ) -> tuple[Record, ...]:
        """Return a list of mappings, each read by `read`."""
        nodes = self.list_nodes(key, "[{…}]", required=required)
        return tuple(self._record(node, f"an item of '{key}'", read) for node in nodes)

    def record(self, key: str, read: Callable[["MappingReader"], Record]) -> Record | None:
        """Return one required mapping, read by `read`."""
        node = self.node(key, "{…}", required=True)
        return self._record(node, f"'{key}'", read) if node is not None else None

    def records_by_key(
        self, key: str, allowed: Collection[str], read: Callable[["MappingReader"], Record]
    ) -> dict[str, Record]:
        """Return a mapping from allowed keys to mappings, each read by `read`; empty if it is missing."""
        node = self.node(key, "{…}")
        if node is None:
            return {}
        outer = MappingReader(node, f"'{key}'", self.problems)
        nodes = {name: outer.node(name, "{…}") for name in allowed}
        outer.reject_unknown_keys()
        return {
            name: self._record(inner, f"'{name}' of '{key}'", read)
            for name, inner in nodes.items()
            if inner is not None
        }

    def _record(self, node: Node, noun: str, read: Callable[["MappingReader"], Record]) -> Record:
        reader = MappingReader(node, noun, self.problems)
        record = read(reader)
        reader.reject_unknown_keys()
        return record

    def _text(self, node: Node, subject: str, max_length: int, *, any_type: bool = False) -> str:
        if not isinstance(node, Scalar):
            self.problems.add(node.line, f"{subject} must be text, not a list or keys with values")
            return ""
        if not any_type and node.resolved_type in _TYPE_NAMES:
            shown = shorten(node.text) or "an empty value"
            type_name = _TYPE_NAMES[node.resolved_type]
            self.problems.add(
                node.line, f"{subject} must be text, but YAML reads {shown} as {type_name}; put it in quotes"
            )
            return ""
        text = " ".join(node.text.split())
        if not text:
            self.problems.add(node.line, f"{subject} is empty; write some text")
        elif (excess := len(text) - max_length) > 0:
            unit = "character" if excess == 1 else "characters"
            self.problems.add(node.line, f"{subject} is {excess:,} {unit} too long; at most {max_length:,} fit")
        elif has_unsafe_characters(node.text):
            self.problems.add(node.line, f"{subject} contains an invisible control character; type the text again")
        return text

    def _positive_integer(self, node: Node, key: str) -> int | None:
        if isinstance(node, Scalar) and node.plain and POSITIVE_INTEGER.fullmatch(node.text):
            return int(node.text)
        shown = f", not {quote(node.text)}" if isinstance(node, Scalar) else ""
        self.problems.add(node.line, f"'{key}' takes whole numbers only, as in [2, 15]{shown}")
        return None

    def _known_id(self, node: Node, key: str, known: Collection[str], noun: str) -> str:
        text = self._text(node, f"'{key}'", MAX_ID_LENGTH, any_type=True)
        if text and text not in known:
            hint = self.problems.suggest(text, known)
            self.problems.add_reference(node.line, f"'{key}' names {noun} {quote(text)}, which does not exist{hint}")
            return ""
        return text


def suggest(text: str, known: Collection[str]) -> str:
    """Return '; did you mean …?' with the most similar known id, or nothing if none is similar enough."""
    if len(text) > MAX_ID_LENGTH:
        return ""
    ids = [id for id in known if len(id) <= MAX_ID_LENGTH]
    best = process.extractOne(text, ids, score_cutoff=SUGGESTION_CUTOFF)
    return f"; did you mean '{best[0]}'?" if best else ""
