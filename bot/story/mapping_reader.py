"""Reads one mapping of the base field by field; each rule owns one plain sentence.

A `Fields` never raises for what it reads: it notes the problem and hands back an empty value, so that one pass finds
every problem of a file.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from rapidfuzz import process

from bot.errors import Problem
from bot.nlp.sanitize import hides
from bot.story.yaml_ast import Mapping, Node, Scalar, Sequence

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
MAX_PROBLEMS = 1_000
"""Problems of one file that are listed: nobody reads more, and a hostile file could have a million."""
WHOLE = re.compile(r"[1-9][0-9]{0,3}")
"""A paragraph's number."""
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+\S*\Z")
_KINDS = {"bool": "a yes or no", "int": "a number", "float": "a number", "timestamp": "a date", "null": "nothing"}
T = TypeVar("T")
Word = TypeVar("Word", bound=str)


class Problems:
    """The problems of one file, as they are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def add(self, line: int, sentence: str) -> None:
        """Notes one problem; line 0 is the whole file. Of very many only the first are kept."""
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(Problem(self.file, line, sentence))
        elif len(self.found) == MAX_PROBLEMS:
            more = f"more than {MAX_PROBLEMS:,} things are wrong in this file; these are the first"
            self.found.append(Problem(self.file, 0, more))


def items(node: Node | None, what: str, problems: Problems, first: str = "id") -> list[Node]:
    """The items of a list that a file consists of; `first` is the key that each item starts with."""
    if isinstance(node, Sequence):
        return node.items
    problems.add(node.line if node else 0, f"this file has to be a list of {what}, each starting with '- {first}:'")
    return []


class Fields:
    """The keys of one mapping. Call `done()` last: it names the keys nobody asked for."""

    def __init__(self, node: Node, what: str, problems: Problems) -> None:
        self.line = node.line
        self.what = what
        self.problems = problems
        self._values: dict[str, Node] = {}
        self._lines: dict[str, int] = {}
        self._asked: list[str] = []
        if not isinstance(node, Mapping):
            problems.add(node.line, f"{what} has to be a list of keys with values, as in 'id: some-name'")
            return
        for key, value in node.pairs:
            if key.text in self._values:
                problems.add(key.line, f"'{key.text}' stands twice in {what}; keep one of them")
            self._values[key.text] = value
            self._lines[key.text] = key.line

    def _get(self, key: str, wanted: str, *, required: bool) -> Node | None:
        self._asked.append(key)
        value = self._values.get(key)
        if value is None and required and self._values:
            self.problems.add(self.line, f"{self.what} has no '{key}'; add '{key}: {wanted}'")
        return value

    def done(self) -> None:
        """Names every key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                self.problems.add(
                    self._lines[key], f"'{key}' is no key of {self.what}; it may have {', '.join(sorted(self._asked))}"
                )

    def text(self, key: str, limit: int, *, required: bool = True) -> str:
        """A text of at most `limit` characters."""
        node = self._get(key, "some text", required=required)
        return self._text(node, f"'{key}'", limit) if node is not None else ""

    def texts(self, key: str, limit: int, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts, each at most `limit` characters, none twice."""
        read = [
            (node, self._text(node, f"each of '{key}'", limit))
            for node in self._list(key, "a list of texts", required=required)
        ]
        seen: set[str] = set()
        for node, text in read:
            if text and text.casefold() in seen:
                self.problems.add(node.line, f"'{text}' stands twice under '{key}'; remove one")
            seen.add(text.casefold())
        return tuple(text for _, text in read if text)

    def id(self) -> str:
        """The `id`: lower-case letters, digits and hyphens."""
        node = self._get("id", "a-short-name", required=True)
        text = self._text(node, "'id'", 60, of_id=True) if node is not None else ""
        if node is not None and text and not ID.match(text):
            self.problems.add(
                node.line, f"the id '{text}' may only hold a-z, 0-9 and single hyphens, as in 'riding-name'"
            )
        return text

    def ids(self, key: str, known: Collection[str], kind: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of ids that have to be among `known`."""
        return tuple(
            found
            for node in self._list(key, "[some-id]", required=required)
            if (found := self._known(node, key, known, kind))
        )

    def one_id(self, key: str, known: Collection[str], kind: str, *, required: bool = False) -> str | None:
        """One id that has to be among `known`."""
        node = self._get(key, "some-id", required=required)
        return (self._known(node, key, known, kind) or None) if node is not None else None

    def choice(self, key: str, allowed: Collection[Word], default: Word) -> Word:
        """One of the words allowed."""
        node = self._get(key, f"one of {', '.join(allowed)}", required=True)
        if node is None:
            return default
        text = self._text(node, f"'{key}'", 60)
        for word in allowed:
            if word == text:
                return word
        if text:
            self.problems.add(node.line, f"'{key}: {text}' has to be one of {', '.join(allowed)}")
        return default

    def numbers(self, key: str, known: Collection[int] | None, *, required: bool = True) -> tuple[int, ...]:
        """A list of paragraph numbers that have to be among `known` (None: any positive number)."""
        numbers: list[int] = []
        for node in self._list(key, "[paragraph numbers]", required=required):
            number = self._number(node, key)
            if number is None:
                continue
            if known is not None and number not in known:
                last = max(known, default=0)
                self.problems.add(node.line, f"there is no paragraph {number}; '{key}' may hold 1 to {last}")
            elif number in numbers:
                self.problems.add(node.line, f"paragraph {number} stands twice in '{key}'; remove one")
            else:
                numbers.append(number)
        return tuple(numbers)

    def number(self, key: str) -> int:
        """One positive whole number, or 0 where there is none."""
        node = self._get(key, "a number", required=True)
        return (self._number(node, key) or 0) if node is not None else 0

    def date(self, key: str) -> str:
        """A date as precise as it is known: 2023-05-23, 2023-05 or 2023; in quotes or not."""
        node = self._get(key, "2023-05-23", required=True)
        if node is None:
            return ""
        text = node.text if isinstance(node, Scalar) else ""
        match = _DATE.match(text)
        try:
            date(*(int(part or 1) for part in match.groups())) if match else date(0, 0, 0)
        except ValueError:
            self.problems.add(node.line, f"'{key}: {text}' has to be a date as in 2023-05-23, 2023-05 or 2023")
            return ""
        return text

    def url(self, key: str) -> str:
        """A web address."""
        text = self.text(key, 400)
        if text and not _URL.match(text):
            self.problems.add(self._values[key].line, f"'{key}: {text}' has to be an address that starts with https://")
            return ""
        return text

    def flag(self, key: str) -> bool:
        """`true` or `false`, false where it is left out."""
        node = self._get(key, "true", required=False)
        if node is None:
            return False
        if isinstance(node, Scalar) and node.text in ("true", "false"):
            return node.text == "true"
        self.problems.add(node.line, f"'{key}' has to be true or false")
        return False

    def each(self, key: str, read: Callable[["Fields"], T], *, required: bool = False) -> tuple[T, ...]:
        """A list of mappings, each read by `read`."""
        return tuple(
            read(Fields(node, f"an item of '{key}'", self.problems))
            for node in self._list(key, "a list", required=required)
        )

    def one(self, key: str, read: Callable[["Fields"], T]) -> T | None:
        """One required mapping, read by `read`."""
        node = self._get(key, "{…}", required=True)
        return read(Fields(node, f"'{key}'", self.problems)) if node is not None else None

    def by_key(self, key: str, allowed: Collection[str], read: Callable[["Fields"], T]) -> dict[str, T]:
        """A mapping from allowed keys to mappings, each read by `read`; empty where it is left out."""
        node = self._get(key, "{…}", required=False)
        if node is None:
            return {}
        fields = Fields(node, f"'{key}'", self.problems)
        found = {}
        for name in allowed:
            inner = fields._get(name, "{…}", required=False)
            if inner is not None:
                found[name] = read(Fields(inner, f"'{name}' of '{key}'", self.problems))
        fields.done()
        return found

    def nodes(self, key: str) -> list[Node]:
        """The unread items of a required list."""
        return self._list(key, "a list", required=True)

    def free_keys(self) -> list[str]:
        """Every key, where the keys are free."""
        return list(self._values)

    def _list(self, key: str, wanted: str, *, required: bool) -> list[Node]:
        node = self._get(key, wanted, required=required)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            self.problems.add(node.line, f"'{key}' has to be a list, as in '{key}: [a, b]' or one '- item' a line")
            return []
        if required and not node.items:
            self.problems.add(node.line, f"'{key}' is empty; it needs at least one item")
        return node.items

    def _text(self, node: Node, name: str, limit: int, *, of_id: bool = False) -> str:
        if not isinstance(node, Scalar):
            self.problems.add(node.line, f"{name} has to be text, not a list or a set of keys")
            return ""
        if not of_id and node.meaning in _KINDS:
            shown = node.text or "an empty value"
            self.problems.add(
                node.line,
                f"{name} has to be text, and YAML reads {shown} as {_KINDS[node.meaning]}; put quotes round it",
            )
            return ""
        text = " ".join(node.text.split())
        if not text:
            self.problems.add(node.line, f"{name} is empty; write some text")
        elif len(text) > limit:
            self.problems.add(node.line, f"{name} has {len(text)} characters; {limit} fit, so shorten it")
        elif hides(node.text):
            self.problems.add(node.line, f"{name} holds an invisible control character; type the text again")
        return text

    def _number(self, node: Node, key: str) -> int | None:
        if isinstance(node, Scalar) and node.plain and WHOLE.fullmatch(node.text):
            return int(node.text)
        shown = f", not '{node.text}'" if isinstance(node, Scalar) else ""
        self.problems.add(node.line, f"'{key}' holds whole numbers only, as in [2, 15]{shown}")
        return None

    def _known(self, node: Node, key: str, known: Collection[str], kind: str) -> str:
        text = self._text(node, f"each of '{key}'", 60, of_id=True)
        if text and text not in known:
            self.problems.add(node.line, f"'{key}' names {kind} '{text}', which does not exist{suggest(text, known)}")
            return ""
        return text


def suggest(text: str, known: Collection[str]) -> str:
    """'; did you mean …?' where something close is known."""
    best = process.extractOne(text, list(known), score_cutoff=70)
    return f"; did you mean '{best[0]}'?" if best else ""
