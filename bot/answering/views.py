"""The story from every side, to be read and not asked: summaries, who is who, the timeline, the claims, the sources.

Everything here was written by people and names its paragraphs, or its source where it became known later. Pure: a front
end only shows what it gets. `Views.open` finds the same reading again from two words, so that a page of it can still
be turned after a restart.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy

from msgspec import Struct

from bot.answering.answerer import Citation
from bot.answering.name_lookup import Topics, bare, of_people
from bot.errors import PilcrowError
from bot.i18n import command_specs as commands
from bot.i18n.messages import PHRASES
from bot.i18n.view_messages import READING, ReadingPhrases
from bot.nlp.languages import Language
from bot.story.models import LENGTHS, Claim, Development, Length, Person, Point, Story

SHOWN = 60
"""Characters of what somebody typed that are shown back to them."""
_NUMBER = re.compile(r"(?:¶|#|p|para|paragraph|paragraphe)?\s*(\d{1,6})", re.IGNORECASE | re.ASCII)
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)


class NotInStory(PilcrowError):
    """A paragraph, a name, a topic or a length that the story does not have, with the nearest one it has."""


class Row(Struct, frozen=True):
    """One line. `time`: when, for the timeline; `source` and `url`: of what became known later; `note`: an aside."""

    text: str
    citations: tuple[Citation, ...] = ()
    time: str = ""
    source: str = ""
    url: str = ""
    note: str = ""


class Section(Struct, frozen=True):
    """Lines that belong together; the heading may be empty. `later`: they became known after the article."""

    heading: str
    rows: tuple[Row, ...]
    later: bool = False


class View(Struct, frozen=True):
    """Something to read. `command` and `about` are what `Views.open` finds it by again.

    language: of the engine's own words in it; frame: stands before the lines where they are in another language.
    """

    command: str
    about: str
    title: str
    sections: tuple[Section, ...]
    language: Language = "en"
    frame: str = ""


class Views:
    """Everything that can be read of one story.

    texts: the article's own paragraphs by number, where the operator has supplied them; kept_days: how long an
    unanswered question is kept.
    """

    def __init__(self, story: Story, texts: Mapping[int, str], kept_days: int) -> None:
        self.story = story
        self.language: Language = "en"
        self._texts = texts
        self._kept_days = kept_days
        self._people = of_people(story.people.values())
        self._inside = [id for id, person in story.people.items() if not person.outside_article]
        self._topics = Topics(story.summaries.values())

    def in_language(self, language: Language) -> "Views":
        """The same, with the engine's own words in this language."""
        other = copy(self)
        other.language = language
        return other

    @property
    def _say(self) -> ReadingPhrases:
        return READING[self.language]

    def open(self, command: str, about: str = "") -> View:
        """The reading of a command, `about` being its values joined by colons. Raises NotInStory."""
        first, _, second = about.partition(":")
        if command == commands.SUMMARY.name:
            return self.summary(second or "short", first)
        if command == commands.WHO.name:
            return self.who(about)
        if command == commands.PARAGRAPH.name:
            return self.paragraph(about)
        plain = {
            commands.TIMELINE.name: self.timeline,
            commands.CLAIMS.name: self.claims,
            commands.SOURCES.name: self.sources,
            commands.UPDATES.name: self.updates,
            commands.HELP.name: self.help,
            commands.ABOUT.name: self.about,
            commands.PRIVACY.name: self.privacy,
        }
        if command not in plain:
            raise NotInStory(
                self._say.unknown.format(_cut(command), ", ".join(one.name for one in commands.COMMANDS[1:]))
            )
        return plain[command]()

    def summary(self, length: str = "short", topic: str = "") -> View:
        """One topic at one length; the whole story for no topic. Raises NotInStory."""
        if length not in LENGTHS:
            lengths = f"{', '.join(LENGTHS[:-1])} {self._say.either} {LENGTHS[-1]}"
            raise NotInStory(self._say.length.format(lengths, _cut(length)))
        wanted: Length = next(one for one in LENGTHS if one == length)
        found = self.story.summaries[self._topic(topic)]
        told = Section("", tuple(self._row(point) for point in found.points[wanted]))
        sections = (told, self._known_later(found.developments))
        return self._reading(commands.SUMMARY, f"{found.id}:{length}", found.title, sections)

    def timeline(self) -> View:
        """What happened when, oldest first; what became known later at the end, apart."""
        story = self.story
        told = []
        for event in story.events:
            note = ""
            if event.dated_by:
                source = story.developments[event.dated_by].source.split(",")[0]
                note = self._say.resolved.format(event.original_date, source)
            told.append(Row(event.point.text, self.cited(event.point.cites), time=self._date(event.date), note=note))
        sections = (Section(self._say.in_the_article, tuple(told)), self._known_later(story.developments))
        return self._reading(commands.TIMELINE, "", self._say.timeline, sections)

    def who(self, name: str) -> View:
        """Who somebody is, by any of their names, misspelt or not. Raises NotInStory.

        Where a paragraph shown here alleges something, its denial stands here too, and what was found later.
        """
        story = self.story
        person = story.people[self._person(name)]
        about = [Row(person.role, self.cited(person.cites))]
        if person.outside_article:
            about = [Row(self._say.outside.format(person.name))]
        members = ", ".join(story.people[id].name for id in person.members)
        if members:
            about.append(Row(self._say.members.format(members)))
        mentioned = [p for p in story.paragraphs.values() if person.id in (*p.people, *p.implied_people)]
        claims = self._claims_in({p.number for p in mentioned})
        later = [id for id, one in story.developments.items() if _names(one, person)]
        later += [id for claim in claims for id in claim.developments]
        gists = tuple(Row(p.gist, self.cited((p.number,))) for p in mentioned)
        sections = (
            Section("", tuple(about)),
            Section(self._say.says, tuple(self._row(point) for point in person.statements)),
            Section(self._say.mentioned, gists),
            self._denials(claims),
            self._known_later(later),
        )
        return self._reading(commands.WHO, person.id, _capital(person.name), sections)

    def claims(self) -> View:
        """What is alleged, who says so, who denies it and in what words, and what was found later."""
        story = self.story
        sections = []
        for number, claim in enumerate(story.claims.values(), 1):
            alleged = self._say.alleged.format(self._listed(claim.by), claim.text)
            rows = [Row(alleged, self.cited(claim.cites)), self._denial(claim)]
            rows += self._later(claim.developments, self._say.found_later)
            sections.append(Section(self._say.claim.format(number, len(story.claims)), tuple(rows)))
        return self._reading(commands.CLAIMS, "", self._say.claims, sections)

    def paragraph(self, number: str) -> View:
        """One paragraph: what it says, its own text where we have it, and what rests on it. Raises NotInStory.

        Where it alleges something, the denial stands here too, and what was found later.
        """
        story = self.story
        known = self._number(number)
        paragraph = story.paragraphs[known]
        text = [Row(self._texts[known])] if known in self._texts else []
        entries = [story.entries[id] for id in story.entries_citing[known]]
        claims = self._claims_in({known})
        gist = Row(paragraph.gist, self.cited((known,)), url=story.paragraph_url(known))
        sections = (
            Section(self._say.gist, (gist,)),
            Section(self._say.own_text, tuple(text)),
            self._denials(claims),
            self._known_later(id for claim in claims for id in claim.developments),
            Section(self._say.answered, tuple(Row(e.question) for e in entries if e.standing != "not_covered")),
            Section(self._say.left_open, tuple(Row(e.question) for e in entries if e.standing == "not_covered")),
        )
        return self._reading(commands.PARAGRAPH, str(known), self._say.paragraph.format(known), sections)

    def sources(self) -> View:
        """Where the article says it got its facts, and where the later developments come from."""
        story = self.story
        article = Row(f"{story.title}, {story.publisher}, {story.published}", url=story.url, source=story.publisher)
        told: dict[tuple[str, str], list[str]] = {}
        for one in sorted(story.developments.values(), key=lambda one: one.sort_key):
            told.setdefault((one.source, one.url), []).append(self._date(one.date))
        later = tuple(
            Row(source, url=url, source=source, note=self._say.known_for.format(", ".join(dict.fromkeys(days))))
            for (source, url), days in told.items()
        )
        sections = (
            Section(self._say.article, (article,)),
            Section(self._say.got_facts, tuple(self._row(point) for point in story.sources)),
            Section(self._say.later, later, later=True),
        )
        return self._reading(commands.SOURCES, "", self._say.sources, sections)

    def updates(self) -> View:
        """What became known after the article, oldest first."""
        rows = tuple(self._later(self.story.developments)) or (Row(self._say.nothing_later),)
        return self._reading(commands.UPDATES, "", self._say.later, [Section("", rows, later=True)])

    def help(self) -> View:
        """What the bot can do."""
        say, rows = self._say, []
        for one in commands.COMMANDS:
            name, description = one.french if self.language == "fr" else (one.name, one.description)
            rows.append(Row(say.listed.format(name, description)))
        sections = (Section(say.ask, tuple(Row(way) for way in say.ways)), Section(say.commands, tuple(rows)))
        return self._reading(commands.HELP, "", say.help, sections, ours=True)

    def about(self) -> View:
        """What the bot is, who wrote the answers, and how to correct them."""
        story, say = self.story, self._say
        rows = (
            *([Row(story.disclaimer)] if self.language == story.language else []),
            Row(say.about_article.format(story.title, story.publisher, story.published), url=story.url),
            Row(say.about_count.format(len(story.entries), len(story.paragraphs))),
            *(Row(text) for text in say.about_rows),
        )
        return self._reading(commands.ABOUT, "", say.about, [Section("", rows)], ours=True)

    def privacy(self) -> View:
        """What is kept of what people ask."""
        rows = tuple(Row(text.format(self._kept_days)) for text in self._say.kept)
        return self._reading(commands.PRIVACY, "", self._say.privacy, [Section("", rows)], ours=True)

    def topics(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, title) of the topics that may be meant by what has been typed so far; all in order for no text."""
        summaries = self.story.summaries
        ids = self._topics.like(typed) if bare(typed) else list(summaries)
        return [(id, summaries[id].title) for id in ids[:limit]]

    def people(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, name) of the people who may be meant by what has been typed so far; the first ones for no text."""
        ids = self._people.closest(typed, limit) if bare(typed) else self._inside[:limit]
        return [(id, self.story.people[id].name) for id in ids]

    def cited(self, numbers: Sequence[int]) -> tuple[Citation, ...]:
        """Citations of these paragraphs."""
        story = self.story
        return tuple(Citation(number, story.paragraphs[number].gist, story.paragraph_url(number)) for number in numbers)

    def _reading(
        self, command: commands.Command, about: str, title: str, sections: Iterable[Section], *, ours: bool = False
    ) -> View:
        """`ours`: its lines are the engine's own, so that nothing in it is in another language."""
        filled = tuple(section for section in sections if section.rows)
        frame = "" if ours or self.language == self.story.language else self._say.frame
        return View(command.name, about, title, filled, self.language, frame)

    def _row(self, point: Point) -> Row:
        return Row(point.text, self.cited(point.cites))

    def _later(self, ids: Iterable[str], time: str = "{}") -> list[Row]:
        found = sorted((self.story.developments[id] for id in dict.fromkeys(ids)), key=lambda one: one.sort_key)
        return [Row(one.text, time=time.format(self._date(one.date)), source=one.source, url=one.url) for one in found]

    def _known_later(self, ids: Iterable[str]) -> Section:
        return Section(self._say.later, tuple(self._later(ids)), later=True)

    def _claims_in(self, numbers: Collection[int]) -> list[Claim]:
        """The claims that any of these paragraphs makes."""
        return [claim for claim in self.story.claims.values() if not set(claim.cites).isdisjoint(numbers)]

    def _denial(self, claim: Claim) -> Row:
        return Row(self._say.denied.format(claim.denial), self.cited(claim.denial_cites))

    def _denials(self, claims: Iterable[Claim]) -> Section:
        rows = tuple(Row(claim.denial, self.cited(claim.denial_cites)) for claim in claims)
        return Section(self._say.denials, rows)

    def _listed(self, ids: Iterable[str]) -> str:
        return f" {PHRASES[self.language].joined} ".join(self.story.people[id].name for id in ids)

    def _topic(self, typed: str) -> str:
        summaries = self.story.summaries
        if not summaries:
            raise NotInStory(self._say.no_summaries)
        found = self._topics.find(typed) if typed.strip() else next(iter(summaries))
        if found is not None:
            return found
        say, near, titles = self._say, self._topics.like(typed), [one.title for one in summaries.values()]
        asked = say.meant_topic.format(summaries[near[0]].title) if near else say.topics.format("; ".join(titles))
        raise NotInStory(f"{say.no_topic.format(_cut(typed))} {asked}")

    def _person(self, typed: str) -> str:
        found = self._people.find(typed)
        if found is not None:
            return found
        say, people = self._say, self.story.people
        if not bare(typed):
            raise NotInStory(say.no_name.format(people[self._inside[0]].name))
        several = self._people.sharing(typed, self._inside)
        if len(several) > 1:
            raise NotInStory(say.which_name.format(_cut(typed), "; ".join(people[id].name for id in several)))
        near = self._people.closest(typed, 1, self._inside, finished=True)
        asked = [say.meant_name.format(people[id].name) for id in near]
        raise NotInStory(" ".join([say.nobody.format(_cut(typed)), *asked]))

    def _number(self, typed: str) -> int:
        """The paragraph that is meant: 4, ¶4, p4 or paragraph 4."""
        known = self.story.paragraphs
        whole, digits = _NUMBER.fullmatch(typed.strip()), _DIGITS.search(typed)
        if whole and int(whole[1]) in known:
            return int(whole[1])
        wanted = int(digits[0]) if digits else 0
        near = min(known, key=lambda one: abs(one - wanted))
        raise NotInStory(self._say.no_paragraph.format(_cut(typed), min(known), max(known), near))

    def _date(self, date: str) -> str:
        """A date as it is read: 22 March 2023, May 2023 or 2023."""
        year, *rest = date.split("-")
        month = self._say.months[int(rest[0]) - 1] if rest else ""
        day = str(int(rest[1])) if len(rest) > 1 else ""
        return " ".join(filter(None, (self._say.first if day == "1" else day, month, year)))


def _names(one: Development, person: Person) -> bool:
    """Whether a development speaks of somebody by name: a description may mean somebody else there."""
    names = [person.name, *(name for name in person.aliases if name[:1].isupper() and " " not in name)]
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", one.text) for name in names)


def _cut(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
