"""The story from every side, to be read and not asked: summaries, who is who, the timeline, the claims, the sources.

Everything here was written by people and names its paragraphs, or its source where it became known later. Pure: a front
end only shows what it gets. `Readings.open` finds the same reading again from two words, so that a page of it can still
be turned after a restart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot import command_list as commands
from bot.answering import Citation
from bot.errors import PilcrowError
from bot.language.text import normalise, words
from bot.story.records import LENGTHS, Development, Length, Person, Point, Story

CLOSE = 75
"""Similarity, of 100, from which a name is taken for a misspelt one."""
SHOWN = 60
"""Characters of what somebody typed that are shown back to them."""
ARTICLES = frozenset(("the", "a", "an"))
LATER = "Known later (not in the article)"
_MONTHS = "January February March April May June July August September October November December".split()


class NotThere(PilcrowError):
    """A paragraph, a name, a topic or a length that the story does not have, with the nearest one it has."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `time`: when, for the timeline; `source` and `url`: of what became known later; `note`: an aside."""

    text: str
    citations: tuple[Citation, ...] = ()
    time: str = ""
    source: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together; the heading may be empty."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Something to read. `command` and `about` are what `Readings.open` finds it by again."""

    command: str
    about: str
    title: str
    sections: tuple[Section, ...]


class Readings:
    """Everything that can be read of one story.

    texts: the article's own paragraphs by number, where the operator has supplied them; kept_days: how long an
    unanswered question is kept.
    """

    def __init__(self, story: Story, texts: Mapping[int, str], kept_days: int) -> None:
        self.story = story
        self._texts = texts
        self._kept_days = kept_days
        self._names: dict[str, str] = {}
        for person in story.people.values():
            for name in (person.name, person.id, *person.aliases):
                self._names.setdefault(_plain(name), person.id)

    def open(self, command: str, about: str = "") -> Reading:
        """The reading of a command, `about` being its values joined by colons. Raises NotThere."""
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
            raise NotThere(f"There is nothing to read called ‘{_cut(command)}’.")
        return plain[command]()

    def summary(self, length: str = "short", topic: str = "") -> Reading:
        """One topic at one length; the whole story for no topic. Raises NotThere."""
        if length not in LENGTHS:
            raise NotThere(f"A summary is {', '.join(LENGTHS[:-1])} or {LENGTHS[-1]}, not ‘{_cut(length)}’.")
        wanted: Length = next(one for one in LENGTHS if one == length)
        found = self.story.summaries.get(self._topic(topic))
        if found is None:
            raise NotThere("This story has no summaries yet.")
        sections = [Section("", tuple(self._row(point) for point in found.points[wanted]))]
        if found.developments:
            later = [self.story.developments[id] for id in found.developments]
            sections.append(Section(LATER, tuple(_later(one) for one in sorted(later, key=lambda one: one.order))))
        return Reading(commands.SUMMARY.name, f"{found.id}:{length}", found.title, tuple(sections))

    def timeline(self) -> Reading:
        """What happened when, oldest first; what became known later at the end, apart."""
        story = self.story
        told = []
        for event in story.events:
            note = ""
            if event.resolved:
                source = story.developments[event.resolved].source.split(",")[0]
                note = f"the article says ‘{event.said}’; the date follows from {source}"
            told.append(Row(event.point.text, self.cited(event.point.cites), time=_shown(event.date), note=note))
        sections = (Section("In the article", tuple(told)), Section(LATER, self._later()))
        return Reading(commands.TIMELINE.name, "", "What happened when", _filled(sections))

    def who(self, name: str) -> Reading:
        """Who somebody is, by any of their names, misspelt or not. Raises NotThere."""
        person = self.story.people[self._person(name)]
        about = [Row(person.role, self.cited(person.cites))]
        if person.outside:
            about = [Row(f"The article does not mention {person.name}.")]
        members = ", ".join(self.story.people[id].name for id in person.members)
        if members:
            about.append(Row(f"That is: {members}."))
        mentioned = [p for p in self.story.paragraphs.values() if person.id in (*p.people, *p.meant)]
        sections = (
            Section("", tuple(about)),
            Section("What they say, by the article", tuple(self._row(point) for point in person.says)),
            Section("Where the article speaks of them", tuple(Row(p.gist, self.cited((p.number,))) for p in mentioned)),
            Section(LATER, tuple(_later(one) for one in self._bearing_on(person))),
        )
        return Reading(commands.WHO.name, person.id, _capital(person.name), _filled(sections))

    def claims(self) -> Reading:
        """What is alleged, who says so, who denies it and in what words, and what was found later."""
        story = self.story
        sections = []
        for number, claim in enumerate(story.claims.values(), 1):
            rows = [
                Row(f"Alleged by {self._listed(claim.by)}: {claim.text}", self.cited(claim.cites)),
                Row(f"Denied: {claim.denial}", self.cited(claim.denial_cites)),
            ]
            later = sorted((story.developments[id] for id in claim.developments), key=lambda one: one.order)
            rows += [_later(one, "Found later, ") for one in later]
            sections.append(Section(f"Claim {number} of {len(story.claims)}", tuple(rows)))
        return Reading(commands.CLAIMS.name, "", "What is alleged, denied and found", tuple(sections))

    def paragraph(self, number: str) -> Reading:
        """One paragraph: what it says, its own text where we have it, and what rests on it. Raises NotThere."""
        story = self.story
        wanted = number.strip().lstrip("¶").strip()
        known = int(wanted) if re.fullmatch(r"\d{1,6}", wanted, re.ASCII) else 0
        if known not in story.paragraphs:
            near = min(story.paragraphs, key=lambda one: abs(one - known))
            raise NotThere(
                f"There is no paragraph ‘{_cut(number)}’: the article has {min(story.paragraphs)} to "
                f"{max(story.paragraphs)}. The nearest is {near}."
            )
        paragraph = story.paragraphs[known]
        text = [Row(self._texts[known])] if known in self._texts else []
        entries = [story.entries[id] for id in story.citing[known]]
        said = [Row(entry.question) for entry in entries if entry.standing != "not_covered"]
        open_ = [Row(entry.question) for entry in entries if entry.standing == "not_covered"]
        sections = (
            Section("What it says, in our words", (Row(paragraph.gist, self.cited((known,))),)),
            Section("The article's own text", tuple(text)),
            Section("Questions answered from it", tuple(said)),
            Section("Questions it leaves open", tuple(open_)),
        )
        return Reading(commands.PARAGRAPH.name, str(known), f"Paragraph {known}", _filled(sections))

    def sources(self) -> Reading:
        """Where the article says it got its facts, and where the later developments come from."""
        story = self.story
        article = Row(f"{story.title}, {story.publisher}, {story.published}", url=story.url, source=story.publisher)
        named: dict[str, str] = {}
        for one in story.developments.values():
            named.setdefault(one.source, one.url)
        sections = (
            Section("The article", (article,)),
            Section("Where it says it got its facts", tuple(self._row(point) for point in story.sources)),
            Section(LATER, tuple(Row(source, url=url, source=source) for source, url in named.items())),
        )
        return Reading(commands.SOURCES.name, "", "Sources", _filled(sections))

    def updates(self) -> Reading:
        """What became known after the article, oldest first."""
        rows = self._later() or (Row("Nothing has been added since the article."),)
        return Reading(commands.UPDATES.name, "", LATER, (Section("", rows),))

    def help(self) -> Reading:
        """What the bot can do."""
        asking = (
            Row("Mention me, or reply to one of my messages, with your question in your own words."),
            Row("In a message's menu, under Apps, ‘Answer this’ answers that message."),
            Row("Every answer names the paragraphs it rests on. Where the article does not say, I say so."),
        )
        listed = tuple(Row(f"/{one.name}: {one.description}") for one in commands.COMMANDS)
        sections = (Section("Ask", asking), Section("Commands", listed))
        return Reading(commands.HELP.name, "", "What I can do", sections)

    def about(self) -> Reading:
        """What the bot is, who wrote the answers, and how to correct them."""
        story = self.story
        rows = (
            Row(story.disclaimer),
            Row(f"The article: {story.title} ({story.publisher}, {story.published}).", url=story.url),
            Row("Nothing is generated: I look for the answer that somebody wrote and checked, and show it as it is."),
            Row(
                f"There are {len(story.entries)} answers, over {len(story.paragraphs)} paragraphs. "
                "What is alleged is shown as alleged, with its denial and what was found later."
            ),
            Row("An answer is wrong? Press ‘Not helpful’ under it, or tell a moderator of this server."),
        )
        return Reading(commands.ABOUT.name, "", "What I am", (Section("", rows),))

    def privacy(self) -> Reading:
        """What is kept of what people ask."""
        rows = (
            Row("I keep nothing about who you are: no name, no id, no profile."),
            Row(
                "A question that I cannot answer, or whose answer was ‘Not helpful’, is kept as text, with the server it "
                f"came from, so that moderators can answer it. After {self._kept_days} days it is deleted."
            ),
            Row(
                "How often each answer is given, and found helpful or not, is counted by day, without a name or a question."
            ),
            Row("What you asked last is remembered for follow-up questions, in memory only, until I restart."),
            Row("To have a question deleted earlier, tell the people who run this bot."),
        )
        return Reading(commands.PRIVACY.name, "", "What is kept", (Section("", rows),))

    def topics(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """(id, title) of the topics closest to what has been typed so far."""
        titles = {id: one.title for id, one in self.story.summaries.items()}
        return [(id, titles[id]) for id in _closest(typed, titles, limit)]

    def people(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """(id, name) of the people closest to what has been typed so far; in the base's order for no text."""
        inside = {id: one for id, one in self.story.people.items() if not one.outside}
        if not typed.strip():
            return [(id, one.name) for id, one in list(inside.items())[:limit]]
        found = process.extract(_plain(typed), list(self._names), scorer=fuzz.WRatio, limit=limit * 4)
        ids = dict.fromkeys(self._names[name] for name, _, _ in found)
        return [(id, self.story.people[id].name) for id in list(ids)[:limit]]

    def cited(self, numbers: Sequence[int]) -> tuple[Citation, ...]:
        """Citations of these paragraphs."""
        story = self.story
        return tuple(Citation(number, story.paragraphs[number].gist, story.link(number)) for number in numbers)

    def _row(self, point: Point) -> Row:
        return Row(point.text, self.cited(point.cites))

    def _later(self) -> tuple[Row, ...]:
        return tuple(_later(one) for one in sorted(self.story.developments.values(), key=lambda one: one.order))

    def _listed(self, ids: Iterable[str]) -> str:
        return " and ".join(self.story.people[id].name for id in ids)

    def _bearing_on(self, person: Person) -> list[Development]:
        """The later developments of the claims that somebody makes or denies."""
        concerned = [c for c in self.story.claims.values() if person.id in (*c.by, *c.denied_by)]
        ids = dict.fromkeys(id for claim in concerned for id in claim.developments)
        return sorted((self.story.developments[id] for id in ids), key=lambda one: one.order)

    def _topic(self, typed: str) -> str:
        summaries = self.story.summaries
        if not typed.strip():
            return next(iter(summaries), "")
        titles = {id: one.title for id, one in summaries.items()}
        exact = next((id for id in titles if _plain(typed) in (_plain(id), _plain(titles[id]))), None)
        if exact is not None:
            return exact
        plain = {id: _plain(title) for id, title in titles.items()}
        found = process.extractOne(_plain(typed), plain, scorer=fuzz.WRatio)
        near = f" The nearest topic: {titles[found[2]]}." if found else ""
        if found and found[1] >= CLOSE:
            return str(found[2])
        raise NotThere(f"There is no topic ‘{_cut(typed)}’.{near}")

    def _person(self, typed: str) -> str:
        wanted = _plain(typed)
        if wanted in self._names:
            return self._names[wanted]
        found = process.extractOne(wanted, list(self._names), scorer=fuzz.ratio) if wanted else None
        if found and found[1] >= CLOSE:
            return self._names[found[0]]
        near = f" The nearest name: {self.story.people[self._names[found[0]]].name}." if found else ""
        raise NotThere(f"The article has nobody called ‘{_cut(typed)}’.{near}")


def _later(one: Development, before: str = "") -> Row:
    return Row(one.text, time=f"{before}{_shown(one.date)}", source=one.source, url=one.url)


def _shown(date: str) -> str:
    """A date as it is read: 22 March 2023, May 2023 or 2023."""
    year, *rest = date.split("-")
    month = _MONTHS[int(rest[0]) - 1] if rest else ""
    day = str(int(rest[1])) if len(rest) > 1 else ""
    return " ".join(filter(None, (day, month, year)))


def _filled(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(section for section in sections if section.rows)


def _closest(typed: str, titles: Mapping[str, str], limit: int) -> list[str]:
    if not typed.strip():
        return list(titles)[:limit]
    found = process.extract(_plain(typed), {id: _plain(one) for id, one in titles.items()}, scorer=fuzz.WRatio)
    return [str(id) for _, _, id in found[:limit]]


def _plain(text: str) -> str:
    return " ".join(word for word in words(normalise(text[:200])) if word not in ARTICLES)


def _cut(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 1]}…"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
