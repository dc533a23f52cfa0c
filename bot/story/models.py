"""The story as frozen, typed records: the content of `knowledge/` after loading and before any matching."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, get_args
from urllib.parse import quote

from msgspec import Struct

from bot.story.entry import Entry

PersonKind = Literal["person", "group", "body", "place", "document", "event", "work"]
PERSON_KINDS: tuple[PersonKind, ...] = get_args(PersonKind)
ClaimState = Literal["unresolved", "found_false", "found_true", "disputed"]
CLAIM_STATES: tuple[ClaimState, ...] = get_args(ClaimState)
WRONG_SHARE = 0.02
"""Share of questions that may be answered wrongly, where a base says nothing else."""
Length = Literal["line", "short", "full"]
LENGTHS: tuple[Length, ...] = get_args(Length)


class Point(Struct, frozen=True):
    """A line of a summary or a statement, with the paragraphs it cites and its place in the base."""

    text: str
    cites: tuple[int, ...]
    file: str
    line: int


class Summary(Struct, frozen=True):
    """A topic at three lengths, with later developments kept apart."""

    id: str
    title: str
    points: Mapping[Length, tuple[Point, ...]]
    developments: tuple[str, ...]


class Event(Struct, frozen=True):
    """A dated event of the article."""

    date: str
    """As precise as it is known: 2023-03-22, 2021-02 or 2021."""
    original_date: str
    """The date in the article's own words."""
    dated_by: str | None
    """For a relative date: the later development whose source establishes it."""
    point: Point


class Paragraph(Struct, frozen=True):
    """A numbered paragraph of the article: never its text, only what is needed to cite and check it."""

    number: int
    gist: str
    """Its content in our own words."""
    first_words: str
    """Its first few words, which a link opens at."""
    last_words: str
    sha256: str
    """Hash of its text (see `article.paragraph_hash`)."""
    people: tuple[str, ...]
    """Ids of the people it names."""
    implied_people: tuple[str, ...]
    """Ids of the people it refers to without naming them."""
    names: tuple[str, ...]
    """Other proper names and titles that occur in it."""
    numbers: tuple[str, ...]
    days: tuple[str, ...]
    quotes: tuple[str, ...]
    """Short phrases that occur in it and that an answer may quote."""
    claims: tuple[str, ...] = ()
    """Ids of the claims it carries: whatever shows the paragraph shows their denial and outcome."""


class Person(Struct, frozen=True):
    """A person, group, body, place or document, with every name and description that readers use."""

    id: str
    name: str
    kind: PersonKind
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    """For a group: the ids of its members."""
    role: str
    cites: tuple[int, ...]
    outside_article: bool
    """Known to readers, but not in the article."""
    statements: tuple[Point, ...]
    """What they say according to the article."""


class Development(Struct, frozen=True):
    """Something that became known after the article, with its own source."""

    id: str
    date: str
    """As precise as its source: 2023-05-23, 2023-04 or 2025."""
    text: str
    source: str
    url: str
    short: str = ""
    """Who and what, in at most 12 words."""
    paragraphs: tuple[int, ...] = ()
    """Paragraphs it bears on: replies that cite one of them show it …"""
    people: tuple[str, ...] = ()
    """… if they are about one of these people, where any are named."""

    @property
    def sort_key(self) -> str:
        """Sort key by date: one that is known only to the month or year comes after those within it."""
        return self.date if len(self.date) == len("2023-05-23") else f"{self.date}~"


class Claim(Struct, frozen=True):
    """An allegation with its denial and later findings, which are always shown together."""

    id: str
    text: str
    by: tuple[str, ...]
    cites: tuple[int, ...]
    denial: str
    denied_by: tuple[str, ...]
    denial_cites: tuple[int, ...]
    developments: tuple[str, ...]
    """Ids of everything found later that bears on it, favourable or not."""
    label: str = ""
    """A few words for a list or a button."""
    short: str = ""
    """The claim in one sentence, with who makes it."""
    denial_short: str = ""
    """The denial in at most 15 words."""
    state: ClaimState = "unresolved"
    badge: str = ""
    """Its latest state in a few words, in the finder's own verb and with the year."""
    not_about: tuple[str, ...] = ()
    """Ids of people of whom its paragraphs also speak: an answer about one of them that alleges nothing does not show it."""

    @property
    def brief_denial(self) -> str:
        """The short form of the denial, or the full one if there is none."""
        return self.denial_short or self.denial


class GlossaryTerm(Struct, frozen=True):
    """A word that the article uses without explaining it, with its general meaning."""

    id: str
    term: str
    text: str
    label: str
    cites: tuple[int, ...]
    """Paragraphs that use it."""
    phrasings: tuple[str, ...]
    file: str
    line: int


class ExpectedReply(Struct, frozen=True):
    """A question with the entries that may answer it, so that its answer does not change by accident."""

    question: str
    context: tuple[str, ...]
    """The questions asked before it, oldest first."""
    entries: tuple[str, ...]
    """Ids of the entries that may answer it; if empty, it must not be answered."""
    line: int


class Story(Struct, frozen=True, dict=True):
    """The content of one `knowledge/` folder."""

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
    """In the base's order, oldest first."""
    sources: tuple[Point, ...]
    """The sources that the article names."""
    concepts: Mapping[str, tuple[str, ...]]
    """Words and phrases of the same meaning, by the concept's name."""
    expected: tuple[ExpectedReply, ...]
    glossary: tuple[GlossaryTerm, ...] = ()
    subject: str = ""
    """Whom or what it is about, in a few words."""
    wrong_share: float = WRONG_SHARE
    """Share of questions that may be answered wrongly; see `bot.matching.calibration`."""

    def paragraph_url(self, number: int) -> str:
        """Return the article's address with a text fragment that opens it at this paragraph.

        See https://wicg.github.io/scroll-to-text-fragment/: the fragment has the first and last words; `-`, `,` and `&` are
        syntax there and have to be percent-encoded.
        """
        paragraph = self.paragraphs[number]
        words = ",".join(
            quote(part, safe="").replace("-", "%2D") for part in (paragraph.first_words, paragraph.last_words) if part
        )
        return f"{self.url}#:~:text={words}" if words else self.url

    @cached_property
    def written_entries(self) -> tuple[Entry, ...]:
        """The entries that somebody wrote, without the derived ones."""
        return tuple(entry for entry in self.entries.values() if entry.is_written)

    @cached_property
    def related_from(self) -> Mapping[str, tuple[str, ...]]:
        """For each entry, the ids of the entries that name it as related."""
        ids_by_target: dict[str, list[str]] = {}
        for entry in self.entries.values():
            for id in entry.related:
                ids_by_target.setdefault(id, []).append(entry.id)
        return {id: tuple(ids) for id, ids in ids_by_target.items()}

    @cached_property
    def entries_citing(self) -> Mapping[int, tuple[str, ...]]:
        """For each paragraph, the ids of the entries that cite it, in the base's order."""
        ids: dict[int, list[str]] = {number: [] for number in self.paragraphs}
        for entry in self.entries.values():
            for number in ids.keys() & entry.cites:
                ids[number].append(entry.id)
        return {number: tuple(citing) for number, citing in ids.items()}
