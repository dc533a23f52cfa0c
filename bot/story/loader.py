"""Load a `knowledge/` folder into a Story, reporting every problem of every file at once.

Two passes: first the ids of all files, then the records, so that references can be checked against what exists.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from bot.errors import Problem, StoryError, quote
from bot.story import base_files, base_size_limits, field_lengths, record_readers, yaml_ast
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.derived import derived_ids, with_derived_entries
from bot.story.mapping_reader import POSITIVE_INTEGER, MappingReader, ProblemList, list_items
from bot.story.models import Story
from bot.story.record_readers import KnownIds

STORY_FILE = "story.yaml"
EXPECTED_FILE = "expected.yaml"
GLOSSARY_FILE = "glossary.yaml"
Record = TypeVar("Record")


def load_story(folder: Path) -> Story:
    """Return the story in `folder`. Raise StoryError with all problems of all files."""
    return parse_story(base_files.read_files(folder))


def parse_story(files: Mapping[str, bytes]) -> Story:
    """Return the story in `files`, contents by relative path. Raise StoryError with all problems of all files."""
    parser = BaseParser({name: parse_file(name, data) for name, data in files.items()})
    story = parser.parse()
    if problems := parser.problems():
        raise StoryError(problems)
    return with_derived_entries(story)


class ParsedFile(Struct, frozen=True):
    """A YAML file: its syntax tree, None if there is none, and its problems so far."""

    problems: ProblemList
    root: yaml_ast.Node | None


def parse_file(name: str, data: bytes) -> ParsedFile:
    """Return a file's syntax tree, or its syntax error as a problem."""
    problems = ProblemList(name)
    try:
        root = yaml_ast.parse(data)
    except yaml_ast.YamlError as error:
        problems.add(error.line, str(error))
        return ParsedFile(problems, None)
    if root is None:
        problems.add(0, "the file is empty; delete it or fill it in")
    return ParsedFile(problems, root)


class BaseParser:
    """Builds a story from the files of a base; `known`: records of further files, to which these may refer.

    Raise StoryError if there are more records than a base may have, before any is read.
    """

    def __init__(self, files: dict[str, ParsedFile], known: Story | None = None) -> None:
        if excess := base_size_limits.find_excess({name: file.root for name, file in files.items()}, known):
            raise StoryError(excess)
        self.files = files
        self._entry_files = sorted(name for name in files if name.startswith(ENTRIES_FOLDER))
        if known is None:
            self._check_required_files()
        files.setdefault(STORY_FILE, ParsedFile(ProblemList(STORY_FILE), None))
        root = files[STORY_FILE].root
        pairs = root.pairs if isinstance(root, yaml_ast.Mapping) else []
        paragraphs = next((value for key, value in pairs if key.text == "paragraphs"), None)
        self._paragraph_nodes = paragraphs.items if isinstance(paragraphs, yaml_ast.Sequence) else []
        numbers = self._unique_values(STORY_FILE, self._paragraph_nodes, "number")
        self._ids = KnownIds(
            paragraphs={int(number.text) for number in numbers if POSITIVE_INTEGER.fullmatch(number.text)},
            people=self._unique_ids("people.yaml"),
            developments=self._unique_ids("developments.yaml"),
            claims=self._unique_ids("claims.yaml"),
            entries=self._unique_ids(*self._entry_files)
            | derived_ids(self._unique_ids("people.yaml"), self._unique_ids(GLOSSARY_FILE)),
        )
        if known is not None:
            for id in self._ids.entries & known.entries.keys():
                files[STORY_FILE].problems.add(0, f"the id {quote(id)} is already used; choose another")
            self._ids = self._ids.union(known)

    def _check_required_files(self) -> None:
        if STORY_FILE not in self.files:
            self._add_missing_file(STORY_FILE, "the title and the paragraphs")
        if not self._entry_files:
            self._add_missing_file(f"{ENTRIES_FOLDER}….yaml", "the entries")

    def _add_missing_file(self, name: str, content: str) -> None:
        self.files[name] = ParsedFile(ProblemList(name), None)
        self.files[name].problems.add(0, f"this file is missing; it holds {content}")

    def problems(self) -> list[Problem]:
        """Return the problems of all files found so far.

        While a file can't be read, nobody knows what its records are: that others don't find them is left out.
        """
        files = self.files.values()
        found = [problem for file in files for problem in file.problems.all]
        if any(file.root is None and file.problems.all for file in files):
            references = {problem for file in files for problem in file.problems.references}
            return [problem for problem in found if problem not in references]
        return found

    def parse(self) -> Story:
        """Return the story; what could not be read is empty, and recorded as a problem."""
        ids = self._ids
        paragraphs = [
            self._record(node, "a paragraph", STORY_FILE, partial(record_readers.read_paragraph, known=ids))
            for node in self._paragraph_nodes
        ]
        people = self._records("people.yaml", "a person", partial(record_readers.read_person, known=ids))
        developments = self._records(
            "developments.yaml", "a development", partial(record_readers.read_development, known=ids)
        )
        claims = self._records("claims.yaml", "a claim", partial(record_readers.read_claim, known=ids))
        summaries = self._records("summaries.yaml", "a summary", partial(record_readers.read_summary, known=ids))
        events = self._records("timeline.yaml", "an event", partial(record_readers.read_event, known=ids), "date")
        read_entry = partial(record_readers.read_entry, known=ids)
        entries = [entry for name in self._entry_files for entry in self._records(name, "an entry", read_entry)]
        read_expected_reply = partial(record_readers.read_expected_reply, known=ids)
        return Story(
            **self._header(),
            paragraphs={paragraph.number: paragraph for paragraph in paragraphs},
            people={person.id: person for person in people},
            developments={development.id: development for development in developments},
            claims={claim.id: claim for claim in claims},
            entries={entry.id: entry for entry in entries},
            summaries={summary.id: summary for summary in summaries},
            events=tuple(events),
            concepts=self._concepts(),
            expected=tuple(self._records(EXPECTED_FILE, "an expected reply", read_expected_reply, "q")),
            glossary=tuple(self._records(GLOSSARY_FILE, "a term", partial(record_readers.read_term, known=ids))),
        )

    def _unique_values(self, name: str, nodes: list[yaml_ast.Node], key: str) -> list[yaml_ast.Scalar]:
        """Return the different scalars at `key` of each mapping; record a problem for each duplicate."""
        values: dict[str, yaml_ast.Scalar] = {}
        for node in nodes:
            for pair_key, value in node.pairs if isinstance(node, yaml_ast.Mapping) else ():
                if pair_key.text != key or not isinstance(value, yaml_ast.Scalar):
                    continue
                if value.text in values:
                    self._add_duplicate(name, value, key, f"line {values[value.text].line}")
                values.setdefault(value.text, value)
        return list(values.values())

    def _unique_ids(self, *names: str) -> frozenset[str]:
        first_places: dict[str, str] = {}
        for name in names:
            file = self.files.get(name)
            nodes = file.root.items if file and isinstance(file.root, yaml_ast.Sequence) else []
            for value in self._unique_values(name, nodes, "id"):
                if value.text in first_places:
                    self._add_duplicate(name, value, "id", first_places[value.text])
                first_places.setdefault(value.text, f"{name}:{value.line}")
        return frozenset(first_places)

    def _add_duplicate(self, name: str, value: yaml_ast.Scalar, key: str, place: str) -> None:
        sentence = f"the {key} {quote(value.text)} is already used ({place}); choose another"
        self.files[name].problems.add(value.line, sentence)

    def _header(self) -> dict[str, Any]:
        file = self.files[STORY_FILE]
        if file.root is None:
            return dict.fromkeys(
                ("title", "publisher", "url", "published", "language", "disclaimer", "subject"), ""
            ) | {"sources": ()}
        reader = MappingReader(file.root, "the story", file.problems)
        reader.list_nodes("paragraphs", "[{…}]", required=True)
        header = record_readers.read_header(reader, self._ids)
        reader.reject_unknown_keys()
        return header

    def _records(
        self, name: str, noun: str, read: Callable[[MappingReader], Record], first_key: str = "id"
    ) -> list[Record]:
        """Return the records of a file, none if it is missing."""
        file = self.files.get(name)
        if file is None or file.root is None:
            return []
        nodes = list_items(file.root, f"{noun.rsplit(maxsplit=1)[-1]} records", file.problems, first_key)
        return [self._record(node, noun, name, read) for node in nodes]

    def _record(self, node: yaml_ast.Node, noun: str, name: str, read: Callable[[MappingReader], Record]) -> Record:
        reader = MappingReader(node, noun, self.files[name].problems)
        record = read(reader)
        reader.reject_unknown_keys()
        return record

    def _concepts(self) -> dict[str, tuple[str, ...]]:
        file = self.files.get("vocabulary.yaml")
        if file is None or file.root is None:
            return {}
        reader = MappingReader(file.root, "the vocabulary", file.problems)
        return {key: reader.texts(key, field_lengths.NAME, required=True) for key in reader}
