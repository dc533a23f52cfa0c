"""Reads a `knowledge/` folder into a Story, with every problem of every file at once.

Two passes: first the ids of all files, then the records, so that a reference can be held against what exists.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from bot.errors import Problem, StoryError
from bot.nlp.languages import LANGUAGES
from bot.nlp.normalize import MAX_CHARACTERS
from bot.story import base_files as on_disk
from bot.story import text_limits, yaml_ast
from bot.story.base_files import ENTRIES_FOLDER
from bot.story.entry import ENTRY_FIELDS, STANDINGS, Entry, EntryField, FieldKind, Translation, Waiver
from bot.story.mapping_reader import WHOLE, Fields, Problems, items
from bot.story.models import (
    PERSON_KINDS,
    Claim,
    Development,
    Event,
    ExpectedReply,
    Paragraph,
    Person,
    Point,
    Story,
    Summary,
)

EXPECTED_FILE = "expected.yaml"
T = TypeVar("T")


def load_story(folder: Path) -> Story:
    """The story in `folder`. Raises StoryError with all problems when any file has one."""
    return parse_story(on_disk.read_files(folder))


def parse_story(files: Mapping[str, bytes]) -> Story:
    """The story in `files` (contents by relative path). Raises StoryError with all problems of all files."""
    parser = BaseParser({name: parse_file(name, data) for name, data in files.items()})
    story = parser.story()
    if problems := parser.problems():
        raise StoryError(problems)
    return story


class ParsedFile(Struct, frozen=True):
    """One YAML file: its syntax tree, None where there is none, and its problems so far."""

    problems: Problems
    root: yaml_ast.Node | None


def parse_file(name: str, data: bytes) -> ParsedFile:
    """Return a file's syntax tree, or its syntax error as a problem."""
    problems = Problems(name)
    try:
        root = yaml_ast.parse(data)
    except yaml_ast.YamlError as error:
        problems.add(error.line, str(error))
        return ParsedFile(problems, None)
    if root is None:
        problems.add(0, "the file is empty; delete it or fill it")
    return ParsedFile(problems, root)


class BaseParser:
    """Makes a story of the files of a base; `known`: records of further files, to which these may refer."""

    def __init__(self, files: dict[str, ParsedFile], known: Story | None = None) -> None:
        self.files = files
        if known is None:
            self._check_required_files()
        files.setdefault("story.yaml", ParsedFile(Problems("story.yaml"), None))
        story = files["story.yaml"].root
        pairs = story.pairs if isinstance(story, yaml_ast.Mapping) else []
        listed = next((value for key, value in pairs if key.text == "paragraphs"), None)
        self.paragraph_nodes = listed.items if isinstance(listed, yaml_ast.Sequence) else []
        self.paragraphs = {int(n.text) for n in self._keys(self.paragraph_nodes, "number", "story.yaml") if _whole(n)}
        self.people = self._ids("people.yaml")
        self.developments = self._ids("developments.yaml")
        self.claims = self._ids("claims.yaml")
        self._sources: tuple[Point, ...] = ()
        self.qa = sorted(name for name in files if name.startswith(ENTRIES_FOLDER))
        self.entries = self._ids(*self.qa)
        if known is not None:
            self._add_known_ids(known)
        self._references: dict[FieldKind, tuple[set[str], str]] = {
            "people": (self.people, "the person"),
            "claim": (self.claims, "the claim"),
            "entry": (self.entries, "the entry"),
            "entries": (self.entries, "the entry"),
            "developments": (self.developments, "the development"),
        }

    def _check_required_files(self) -> None:
        for name, why in (("story.yaml", "the title and the paragraphs"), (f"{ENTRIES_FOLDER}….yaml", "the entries")):
            prefix = ENTRIES_FOLDER if name.startswith(ENTRIES_FOLDER) else name
            if not any(file.startswith(prefix) for file in self.files):
                self.files[name] = ParsedFile(Problems(name), None)
                self.files[name].problems.add(0, f"this file is missing; it holds {why}")

    def _add_known_ids(self, known: Story) -> None:
        for id in self.entries & known.entries.keys():
            self.files["story.yaml"].problems.add(0, f"id '{id}' is taken; choose another")
        self.paragraphs |= known.paragraphs.keys()
        self.people |= known.people.keys()
        self.developments |= known.developments.keys()
        self.claims |= known.claims.keys()
        self.entries |= known.entries.keys()

    def problems(self) -> list[Problem]:
        """Return the problems of all files."""
        return [problem for file in self.files.values() for problem in file.problems.found]

    def story(self) -> Story:
        """Everything read; what could not be read is empty, and noted."""
        top = self._top()
        entries = [entry for name in self.qa for entry in self._records(name, "an entry", self._entry)]
        paragraphs = [self._record(node, "a paragraph", "story.yaml", self._paragraph) for node in self.paragraph_nodes]
        return Story(
            **top,
            paragraphs={record.number: record for record in paragraphs},
            people={record.id: record for record in self._records("people.yaml", "a person", self._person)},
            developments={r.id: r for r in self._records("developments.yaml", "a development", _development)},
            claims={record.id: record for record in self._records("claims.yaml", "a claim", self._claim)},
            entries={record.id: record for record in entries},
            summaries={record.id: record for record in self._records("summaries.yaml", "a summary", self._summary)},
            events=tuple(self._records("timeline.yaml", "an event", self._event, "date")),
            sources=self._sources,
            concepts=self._concepts(),
            expected=tuple(self._records(EXPECTED_FILE, "an expected reply", self._expected, "q")),
        )

    def _keys(self, listed: list[yaml_ast.Node], key: str, name: str) -> list[yaml_ast.Scalar]:
        """The scalars that stand under `key` in each mapping; one that stood before is a problem."""
        found: dict[str, yaml_ast.Scalar] = {}
        for node in listed:
            for pair, value in node.pairs if isinstance(node, yaml_ast.Mapping) else ():
                if pair.text != key or not isinstance(value, yaml_ast.Scalar):
                    continue
                if value.text in found:
                    at = f"line {found[value.text].line}"
                    self.files[name].problems.add(value.line, f"{key} '{value.text}' is taken ({at}); choose another")
                found.setdefault(value.text, value)
        return list(found.values())

    def _ids(self, *names: str) -> set[str]:
        owner: dict[str, str] = {}
        for name in names:
            file = self.files.get(name)
            for node in self._keys(_list(file), "id", name) if file else ():
                if node.text in owner:
                    sentence = f"id '{node.text}' is taken ({owner[node.text]}); choose another"
                    self.files[name].problems.add(node.line, sentence)
                owner.setdefault(node.text, f"{name}:{node.line}")
        return set(owner)

    def _top(self) -> dict[str, str]:
        file = self.files["story.yaml"]
        if file.root is None:
            return dict.fromkeys(("title", "publisher", "url", "published", "language", "disclaimer"), "")
        fields = Fields(file.root, "the story", file.problems)
        fields.nodes("paragraphs")
        self._sources = fields.each("sources", self._point)
        top = {
            "title": fields.text("title", text_limits.TITLE),
            "publisher": fields.text("publisher", text_limits.NAME),
            "url": fields.url("url"),
            "published": fields.text("published", text_limits.NAME),
            "language": fields.text("language", 10),
            "disclaimer": fields.text("disclaimer", 600),
        }
        fields.done()
        return top

    def _records(self, name: str, what: str, read_one: Callable[[Fields], T], first: str = "id") -> list[T]:
        file = self.files.get(name)
        if file is None or file.root is None:
            return []
        listed = items(file.root, f"{what.rsplit(maxsplit=1)[-1]} records", file.problems, first)
        return [self._record(node, what, name, read_one) for node in listed]

    def _record(self, node: yaml_ast.Node, what: str, name: str, read_one: Callable[[Fields], T]) -> T:
        fields = Fields(node, what, self.files[name].problems)
        record = read_one(fields)
        fields.done()
        return record

    def _paragraph(self, fields: Fields) -> Paragraph:
        return Paragraph(
            number=fields.number("number"),
            gist=fields.text("gist", text_limits.GIST),
            first_words=fields.text("first", text_limits.NAME),
            last_words=fields.text("last", text_limits.NAME),
            sha256=fields.text("sha256", 64),
            people=fields.ids("people", self.people, "the person"),
            implied_people=fields.ids("meant", self.people, "the person"),
            names=fields.texts("names", text_limits.NAME),
            numbers=fields.texts("numbers", text_limits.NAME),
            days=fields.texts("days", text_limits.NAME),
            quotes=fields.texts("quotes", text_limits.NAME),
        )

    def _person(self, fields: Fields) -> Person:
        outside = fields.flag("outside")
        return Person(
            id=fields.id(),
            name=fields.text("name", text_limits.NAME),
            kind=fields.choice("kind", PERSON_KINDS, "person"),
            aliases=fields.texts("aliases", text_limits.NAME),
            members=fields.ids("members", self.people, "the person"),
            role=fields.text("role", 400),
            cites=fields.numbers("cites", self.paragraphs, required=not outside),
            outside_article=outside,
            statements=fields.each("says", self._point),
        )

    def _point(self, fields: Fields) -> Point:
        point = self._bare_point(fields)
        fields.done()
        return point

    def _bare_point(self, fields: Fields) -> Point:
        return Point(
            text=fields.text("text", text_limits.POINT),
            cites=fields.numbers("cites", self.paragraphs),
            file=fields.problems.file,
            line=fields.line,
        )

    def _summary(self, fields: Fields) -> Summary:
        line = fields.one("line", self._point)
        return Summary(
            id=fields.id(),
            title=fields.text("title", text_limits.NAME),
            points={
                "line": (line,) if line else (),
                "short": fields.each("short", self._point, required=True),
                "full": fields.each("full", self._point, required=True),
            },
            developments=fields.ids("developments", self.developments, "the development"),
        )

    def _event(self, fields: Fields) -> Event:
        return Event(
            date=fields.date("date"),
            original_date=fields.text("said", text_limits.NAME),
            dated_by=fields.one_id("resolved", self.developments, "the development"),
            point=self._bare_point(fields),
        )

    def _claim(self, fields: Fields) -> Claim:
        return Claim(
            id=fields.id(),
            text=fields.text("text", text_limits.CLAIM),
            by=fields.ids("by", self.people, "the person", required=True),
            cites=fields.numbers("cites", self.paragraphs),
            denial=fields.text("denial", text_limits.CLAIM),
            denied_by=fields.ids("denied_by", self.people, "the person", required=True),
            denial_cites=fields.numbers("denial_cites", self.paragraphs),
            developments=fields.ids("developments", self.developments, "the development"),
        )

    def _entry(self, fields: Fields) -> Entry:
        standing = fields.choice("standing", STANDINGS, "reported")
        values = {
            field.key: self._field_value(fields, field, required=field.is_required_for(standing))
            for field in ENTRY_FIELDS
            if field.kind != "standing"
        }
        return Entry(**values, standing=standing, file=fields.problems.file, line=fields.line)

    def _field_value(self, fields: Fields, field: EntryField, *, required: bool) -> Any:
        """Return the value of one field of an entry, of the type that `Entry` declares."""
        key = field.key
        if field.kind in self._references:
            known, noun = self._references[field.kind]
            read_ids = fields.ids if field.is_list else fields.one_id
            return read_ids(key, known, noun, required=required)
        match field.kind:
            case "id":
                return fields.id()
            case "paragraphs":
                return fields.numbers(key, self.paragraphs, required=required)
            case "waivers":
                return fields.each(key, _waiver)
            case "translations":
                return fields.by_key(key, LANGUAGES, _translation)
        read_text = fields.texts if field.is_list else fields.text
        return read_text(key, field.max_length, required=required)

    def _expected(self, fields: Fields) -> ExpectedReply:
        return ExpectedReply(
            question=fields.text("q", MAX_CHARACTERS),
            context=fields.texts("context", MAX_CHARACTERS),
            entries=fields.ids("entries", self.entries, "the entry"),
            line=fields.line,
        )

    def _concepts(self) -> dict[str, tuple[str, ...]]:
        file = self.files.get("vocabulary.yaml")
        if file is None or file.root is None:
            return {}
        fields = Fields(file.root, "the vocabulary", file.problems)
        return {key: fields.texts(key, text_limits.NAME, required=True) for key in fields.free_keys()}


def _list(file: ParsedFile | None) -> list[yaml_ast.Node]:
    return file.root.items if file and isinstance(file.root, yaml_ast.Sequence) else []


def _whole(node: yaml_ast.Scalar) -> bool:
    return WHOLE.fullmatch(node.text) is not None


def _development(fields: Fields) -> Development:
    return Development(
        id=fields.id(),
        date=fields.date("date"),
        text=fields.text("text", text_limits.DEVELOPMENT),
        source=fields.text("source", 200),
        url=fields.url("url"),
    )


def _translation(fields: Fields) -> Translation:
    found = Translation(
        question=fields.text("question", text_limits.QUESTION),
        answer=fields.text("answer", text_limits.ANSWER),
    )
    fields.done()
    return found


def _waiver(fields: Fields) -> Waiver:
    waiver = Waiver(word=fields.text("what", text_limits.NAME), reason=fields.text("why", 300))
    fields.done()
    return waiver
