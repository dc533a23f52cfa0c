"""The story as frozen, typed records: what `knowledge/` says, after reading and before any matching."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, get_args
from urllib.parse import quote

from msgspec import Struct

from bot.story.entry import Entry

PersonKind = Literal["person", "group", "body", "place", "document"]
PERSON_KINDS: tuple[PersonKind, ...] = get_args(PersonKind)


Length = Literal["line", "short", "full"]
LENGTHS: tuple[Length, ...] = get_args(Length)


class Point(Struct, frozen=True):
    """One line of a summary, or one thing that somebody says, with the paragraphs it rests on."""

    text: str
    cites: tuple[int, ...]
    file: str
    line: int


class Summary(Struct, frozen=True):
    """One topic at a glance, at three lengths, with what became known later kept apart."""

    id: str
    title: str
    points: Mapping[Length, tuple[Point, ...]]
    developments: tuple[str, ...]


class Event(Struct, frozen=True):
    """Something of the article's that happened at some time."""

    date: str
    """As precise as it is known: 2023-03-22, 2021-02 or 2021."""
    original_date: str
    """The article's own words for the time."""
    dated_by: str | None
    """For a relative day: the later development from whose source its date is known."""
    point: Point


class Paragraph(Struct, frozen=True):
    """One numbered paragraph of the article: never its text, only what is needed to cite and to check it."""

    number: int
    gist: str
    """What it says, in our own words."""
    first_words: str
    """Its first few words, for the link."""
    last_words: str
    sha256: str
    """Hash of its text, white space folded (see `article.paragraph_hash`)."""
    people: tuple[str, ...]
    """Ids of those it names."""
    implied_people: tuple[str, ...]
    """Ids of those it means without naming them."""
    names: tuple[str, ...]
    """Other proper names and titles that occur in it."""
    numbers: tuple[str, ...]
    days: tuple[str, ...]
    quotes: tuple[str, ...]
    """Short phrases that occur in it and that an answer may quote."""


class Person(Struct, frozen=True):
    """A person, group, body, place or document, with every name and description readers use."""

    id: str
    name: str
    kind: PersonKind
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    """For a group: the ids it stands for."""
    role: str
    cites: tuple[int, ...]
    outside_article: bool
    """Known to readers, but not in the article."""
    statements: tuple[Point, ...]
    """What the article has them say, or let know."""


class Development(Struct, frozen=True):
    """Something that became known after the article, with its own source."""

    id: str
    date: str
    """As precise as the source: 2023-05-23, 2023-04 or 2025."""
    text: str
    source: str
    url: str

    @property
    def sort_key(self) -> str:
        """For sorting by date: one that is only known to the month or the year comes after those within it."""
        return self.date if len(self.date) == len("2023-05-23") else f"{self.date}~"


class Claim(Struct, frozen=True):
    """Something alleged, with its denial and what was found later: they are shown together, always."""

    id: str
    text: str
    by: tuple[str, ...]
    cites: tuple[int, ...]
    denial: str
    denied_by: tuple[str, ...]
    denial_cites: tuple[int, ...]
    developments: tuple[str, ...]


class ExpectedReply(Struct, frozen=True):
    """A question whose answer must not change by accident."""

    question: str
    context: tuple[str, ...]
    """The questions asked before it."""
    entries: tuple[str, ...]
    """Ids of the entries that may answer it; none: it must not be answered at all."""
    line: int


class Story(Struct, frozen=True, dict=True):
    """Everything in one `knowledge/` folder."""

    title: str
    publisher: str
    url: str
    published: str
    language: str
    disclaimer: str
    paragraphs: Mapping[int, Paragraph]
    people: Mapping[str, Person]
    developments: Mapping[str, Development]
    claims: Mapping[str, Claim]
    entries: Mapping[str, Entry]
    summaries: Mapping[str, Summary]
    """By topic; the first is the whole story."""
    events: tuple[Event, ...]
    """As the base lists them, oldest first."""
    sources: tuple[Point, ...]
    """Where the article says it got its facts."""
    concepts: Mapping[str, tuple[str, ...]]
    """Words and phrases that mean the same, by the concept's name."""
    expected: tuple[ExpectedReply, ...]

    def paragraph_url(self, number: int) -> str:
        """The article's address, opening at that paragraph.

        A text fragment as in https://wicg.github.io/scroll-to-text-fragment/ (first and last words; `-`, `,` and `&` are
        syntax there, so they are percent-encoded).
        """
        paragraph = self.paragraphs[number]
        words = ",".join(
            quote(part, safe="").replace("-", "%2D") for part in (paragraph.first_words, paragraph.last_words) if part
        )
        return f"{self.url}#:~:text={words}" if words else self.url

    @cached_property
    def related_from(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the entries that name each entry as related, where any does."""
        found: dict[str, list[str]] = {}
        for entry in self.entries.values():
            for id in entry.related:
                found.setdefault(id, []).append(entry.id)
        return {id: tuple(ids) for id, ids in found.items()}

    @cached_property
    def entries_citing(self) -> Mapping[int, tuple[str, ...]]:
        """Ids of the entries that cite each paragraph, in the base's order."""
        return {n: tuple(e.id for e in self.entries.values() if n in e.cites) for n in self.paragraphs}
