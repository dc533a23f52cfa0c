"""The views of one story: summaries, timeline, who is who, claims, paragraphs, sources, updates, and the bot's own pages.

All of it was written by people and cites its paragraphs, or its source where it became known later. Each row that rests on a
paragraph which carries a claim brings the claim's denial and what was found later, so that no page shows it without. Pure.
"""

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from bot.answering.reply import Suggestion
from bot.answering.story_lookup import StoryLookup, echo
from bot.answering.view import VIEW_KINDS, Link, NotInStory, Row, Section, View, ViewKind, ViewSettings
from bot.answering.view_rows import RowBuilder, in_order
from bot.i18n.messages import join_list, messages
from bot.nlp.languages import Language
from bot.story.models import Claim, Development, Length, Paragraph, Person, Story
from bot.story.outcomes import bears_on, concerns

FULL = "full"
"""The argument of a view whose rows are in their full wording."""
MENTIONS = "mentions"
"""After a person's id: the paragraphs that speak of them."""


class Views:
    """Builds the views of one story.

    texts: the article's own paragraphs by number, where the operator has supplied them.
    """

    def __init__(
        self,
        story: Story,
        texts: Mapping[int, str],
        settings: ViewSettings,
        *,
        language: Language = "en",
        lookup: StoryLookup | None = None,
    ) -> None:
        self.story = story
        self.language = language
        self.lookup = lookup or StoryLookup(story)
        self._texts = texts
        self._settings = settings
        self._messages = messages(language).views
        self.rows = RowBuilder(story, language)

    def in_language(self, language: Language) -> "Views":
        """Return the same views with the engine's own words in this language."""
        return Views(self.story, self._texts, self._settings, language=language, lookup=self.lookup)

    def open(self, kind: str, argument: str = "") -> View:
        """Return the view of a kind and its argument, as they stand in the view itself. Raise NotInStory."""
        if kind == "summary":
            topic, _, length = argument.partition(":")
            return self.summary(length or "short", topic)
        if kind == "who":
            name, _, part = argument.rpartition(":")
            return self.mentions(name) if part == MENTIONS else self.who(argument)
        if kind == "paragraph":
            return self.paragraph(argument)
        if kind == "claims":
            return self.claims_in_full() if argument == FULL else self.claims()
        if kind == "updates":
            return self.updates(in_full=argument == FULL)
        if kind not in VIEW_KINDS:
            raise NotInStory(self._messages.unknown_view.format(name=echo(kind), names=", ".join(VIEW_KINDS)))
        views = {
            "timeline": self.timeline,
            "sources": self.sources,
            "help": self.help,
            "about": self.about,
            "privacy": self.privacy,
        }
        return views[kind]()

    def summary(self, length: str = "short", topic: str = "") -> View:
        """Return the summary of a topic at a length; of the whole story for no topic. Raise NotInStory."""
        say = self._messages
        known_length = self.lookup.length(length, say)
        summary = self.story.summaries[self.lookup.topic(topic, say)]
        points = Section("", tuple(self.rows.point(point) for point in summary.points[known_length]))
        other: Length = "short" if known_length != "short" else "full"
        links = [Link(say.timeline_link, "timeline"), *self._claims_link()]
        if summary.points[other] != summary.points[known_length]:
            label = say.shorter if known_length == "full" else say.longer
            links = [Link(label, "summary", f"{summary.id}:{other}"), *links]
        later = [self.story.developments[id] for id in summary.developments]
        argument = f"{summary.id}:{known_length}"
        return self._view("summary", argument, summary.title, [points], developments=later, links=links)

    def timeline(self) -> View:
        """Return what happened when, oldest first; what became known later stands apart, at the end."""
        story, say, rows = self.story, self._messages, []
        for event in story.events:
            row = replace(self.rows.point(event.point), time=self.rows.date(event.date))
            if event.dated_by:
                dated_by = story.developments[event.dated_by]
                source = dated_by.source.split(",")[0]
                note = say.date_note.format(words=event.original_date, source=source)
                row = replace(row, note=note, dated_by=dated_by)
            rows.append(row)
        later = tuple(self.rows.later(development) for development in in_order(story.developments.values()))
        sections = (Section(say.in_the_article, tuple(rows)), Section(say.later, later, later=True))
        links = [Link(say.later_link.format(count=len(later)), "updates")] if later else []
        links += self._claims_link()
        return self._view("timeline", "", say.timeline_title, sections, links=links)

    def who(self, name: str) -> View:
        """Return who somebody is, by any of their names, misspelt or not: their role, what is alleged, what they say.

        Raise NotInStory.
        """
        story, say = self.story, self._messages
        person = story.people[self.lookup.person(name, say)]
        named = self.lookup.developments_naming(person.id)
        alleged = [claim for claim in story.claims.values() if person.id in (*claim.by, *claim.denied_by)]
        role = [
            self.rows.with_context(Row(person.role, self.rows.citations(person.cites)), self._behind(person, named))
        ]
        if person.outside_article:
            role = [replace(role[0], text=say.not_mentioned.format(name=person.name), citations=())]
        members = ", ".join(story.people[id].name for id in person.members)
        if members:
            role.append(Row(say.members.format(names=members)))
        sections = (
            Section("", tuple(role), style="text"),
            Section(
                "", tuple(self.rows.claim(claim, claim.label or say.alleged_label) for claim in alleged), style="text"
            ),
            Section(say.statements, tuple(self.rows.point(point) for point in person.statements)),
        )
        later = [story.developments[id] for id in named]
        links = [Link(say.mentions_link, "who", f"{person.id}:{MENTIONS}")] if self._paragraphs_on(person) else []
        links += self._claims_link() if alleged else []
        return self._view("who", person.id, _title(person), sections, developments=later, links=links)

    def mentions(self, name: str) -> View:
        """Return the paragraphs that speak of somebody. Raise NotInStory."""
        person = self.story.people[self.lookup.person(name, self._messages)]
        rows = tuple(self.rows.paragraph(paragraph) for paragraph in self._paragraphs_on(person))
        links = [Link(self._messages.back_link, "who", person.id)]
        section = Section(self._messages.mentions, rows)
        return self._view("who", f"{person.id}:{MENTIONS}", _title(person), [section], links=links)

    def claims(self) -> View:
        """Return what is alleged, who denies it in which words, and what was found later: a line each."""
        say = self._messages
        rows = tuple(
            self.rows.claim(claim, say.claim_heading.format(number=number, label=claim.label or say.alleged_label))
            for number, claim in enumerate(self.story.claims.values(), 1)
        )
        links = [Link(say.full_wording, "claims", FULL)] if rows else []
        return self._view("claims", "", say.claims_title, [Section("", rows, style="ladder")], links=links)

    def claims_in_full(self) -> View:
        """Return the same in full: each claim, its denial and each finding in all their words."""
        story, say, sections = self.story, self._messages, []
        for number, claim in enumerate(story.claims.values(), 1):
            names = join_list([story.people[id].name for id in claim.by], messages(self.language).reply.list_and)
            alleged = Row(say.alleged.format(names=names, text=claim.text), self.rows.citations(claim.cites))
            denied = Row(say.denied.format(text=claim.denial), self.rows.citations(claim.denial_cites))
            rows = [
                self.rows.with_context(alleged, [claim]),
                replace(self.rows.with_context(denied, [claim]), given_denials=(self.rows.denial(claim),)),
                *map(self.rows.later, self.rows.findings([claim])),
            ]
            heading = say.claim_heading.format(number=number, label=claim.label or say.alleged_label)
            sections.append(Section(heading, tuple(rows)))
        links = [Link(say.shorter, "claims")]
        return self._view("claims", FULL, say.claims_title, sections, links=links)

    def paragraph(self, typed: str) -> View:
        """Return what a paragraph says, its own text where we have it, and what rests on it. Raise NotInStory."""
        story, say = self.story, self._messages
        number = self.lookup.paragraph(typed, say)
        paragraph = story.paragraphs[number]
        claims = self.rows.claims_in((number,))
        gist = replace(self.rows.paragraph(paragraph), badges=tuple(claim.badge for claim in claims if claim.badge))
        own_text = (Row(self._texts[number]),) if number in self._texts else ()
        sections = (Section("", (gist,), style="text"), Section(say.own_text, own_text, style="text"))
        entries = [story.entries[id] for id in story.entries_citing[number]]
        entries.sort(key=lambda entry: entry.standing == "not_covered")
        later = [one for one in story.developments.values() if bears_on(story, one, (number,), paragraph.gist)]
        return self._view(
            "paragraph",
            str(number),
            say.paragraph_title.format(number=number),
            sections,
            developments=later,
            links=[*self._neighbours(number), *(self._claims_link() if claims else [])],
            entries=[Suggestion(entry.id, entry.question, entry.label or entry.question) for entry in entries],
        )

    def sources(self) -> View:
        """Return where the article says it got its facts, and where the later developments come from."""
        story, say = self.story, self._messages
        article = Row(f"{story.title}, {story.publisher}, {story.published}", url=story.url)
        dates: dict[tuple[str, str], list[str]] = {}
        for development in in_order(story.developments.values()):
            dates.setdefault((development.source, development.url), []).append(self.rows.date(development.date))
        later = tuple(
            Row(source, url=url, note=say.source_dates.format(dates=", ".join(dict.fromkeys(days))))
            for (source, url), days in dates.items()
        )
        sections = (
            Section(say.article, (article,)),
            Section(say.article_sources, tuple(self.rows.point(point) for point in story.sources)),
            Section(say.later, later, later=True),
        )
        return self._view("sources", "", say.sources_title, sections)

    def updates(self, *, in_full: bool = False) -> View:
        """Return what became known after the article, oldest first: who and what, or all of it with its sources."""
        say, developments = self._messages, in_order(self.story.developments.values())
        show = self.rows.later if in_full else self.rows.short_later
        rows = tuple(map(show, developments)) or (Row(say.no_updates),)
        link = Link(say.shorter, "updates") if in_full else Link(say.in_full, "updates", FULL)
        links = [link] if any(development.short for development in developments) else []
        argument = FULL if in_full else ""
        return self._view("updates", argument, say.later, [Section("", rows, later=True)], links=links)

    def help(self) -> View:
        """Return what the bot can do."""
        commands = tuple(
            Row(self._messages.command_line.format(name=name, description=description))
            for name, description in self._settings.commands[self.language]
        )
        how_to_ask = tuple(Row(line) for line in self._messages.how_to_ask_lines)
        sections = (Section("", how_to_ask), Section(self._messages.commands, commands))
        return self._view("help", "", self._messages.help_title, sections, engine_only=True)

    def about(self) -> View:
        """Return what the bot is, who wrote the answers, and how to correct them."""
        story, say = self.story, self._messages
        article = say.about_article.format(title=story.title, publisher=story.publisher, published=story.published)
        rows = (
            *([Row(story.disclaimer)] if self.language == story.language else []),
            Row(article, url=story.url),
            Row(say.about_counts.format(entries=len(story.entries), paragraphs=len(story.paragraphs))),
            *(Row(line) for line in say.about_lines),
        )
        return self._view("about", "", say.about_title, [Section("", rows)], engine_only=True)

    def privacy(self) -> View:
        """Return what is kept of what people ask."""
        days = self._settings.retention_days
        rows = tuple(Row(line.format(days=days)) for line in self._messages.privacy_lines)
        return self._view("privacy", "", self._messages.privacy_title, [Section("", rows)], engine_only=True)

    def _view(
        self,
        kind: ViewKind,
        argument: str,
        title: str,
        sections: Iterable[Section],
        *,
        developments: Iterable[Development] = (),
        links: Iterable[Link] = (),
        entries: Iterable[Suggestion] = (),
        engine_only: bool = False,
    ) -> View:
        """engine_only: all of its rows are the engine's own words, so that none is in another language."""
        foreign = not engine_only and self.language != self.story.language
        return View(
            kind,
            argument,
            title,
            tuple(section for section in sections if section.rows),
            self.language,
            self._messages.language_note if foreign else "",
            tuple(in_order(developments)),
            tuple(links),
            tuple(entries),
        )

    def _behind(self, person: Person, named: Collection[str]) -> list[Claim]:
        """Return the claims that somebody's role speaks of, and those on which the developments that name them are findings.

        Without those in which they have a part, which stand on their own beside the role.
        """
        story, in_role = self.story, self.rows.claims_in(person.cites)
        return [
            claim
            for claim in story.claims.values()
            if person.id not in (*claim.by, *claim.denied_by)
            and (
                not set(claim.developments).isdisjoint(named)
                or (claim in in_role and concerns(claim, person.role, story))
            )
        ]

    def _paragraphs_on(self, person: Person) -> list[Paragraph]:
        return [one for one in self.story.paragraphs.values() if person.id in (*one.people, *one.implied_people)]

    def _claims_link(self) -> list[Link]:
        return [Link(self._messages.claims_link, "claims")] if self.story.claims else []

    def _neighbours(self, number: int) -> list[Link]:
        """Return the paragraphs before and after this one."""
        say, numbers = self._messages, sorted(self.story.paragraphs)
        place = numbers.index(number)
        before, after = numbers[:place][-1:], numbers[place + 1 :][:1]
        return [
            *(Link(say.paragraph_before.format(number=other), "paragraph", str(other)) for other in before),
            *(Link(say.paragraph_after.format(number=other), "paragraph", str(other)) for other in after),
        ]


def _title(person: Person) -> str:
    return person.name[:1].upper() + person.name[1:]
