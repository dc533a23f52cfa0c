"""The views of one story: summaries, timeline, who is who, claims, paragraphs, sources, updates, and the bot's own pages.

All of it was written by people and cites its paragraphs, or its source where it became known later. Pure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from bot.answering.reply import Citation
from bot.answering.story_lookup import StoryLookup, echo
from bot.answering.view import VIEW_KINDS, NotInStory, Row, Section, View, ViewKind, ViewSettings
from bot.i18n.messages import join_list, messages
from bot.nlp.languages import Language
from bot.story.models import Claim, Development, Point, Story
from bot.story.outcomes import claims_carried


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

    def in_language(self, language: Language) -> "Views":
        """Return the same views with the engine's own words in this language."""
        return Views(self.story, self._texts, self._settings, language=language, lookup=self.lookup)

    def open(self, kind: str, argument: str = "") -> View:
        """Return the view of a kind and its argument, as they stand in the view itself. Raise NotInStory."""
        if kind == "summary":
            topic, _, length = argument.partition(":")
            return self.summary(length or "short", topic)
        if kind == "who":
            return self.who(argument)
        if kind == "paragraph":
            return self.paragraph(argument)
        if kind not in VIEW_KINDS:
            raise NotInStory(self._messages.unknown_view.format(name=echo(kind), names=", ".join(VIEW_KINDS)))
        views = {
            "timeline": self.timeline,
            "claims": self.claims,
            "sources": self.sources,
            "updates": self.updates,
            "help": self.help,
            "about": self.about,
            "privacy": self.privacy,
        }
        return views[kind]()

    def summary(self, length: str = "short", topic: str = "") -> View:
        """Return the summary of a topic at a length; of the whole story for no topic. Raise NotInStory."""
        known_length = self.lookup.length(length, self._messages)
        summary = self.story.summaries[self.lookup.topic(topic, self._messages)]
        points = Section("", tuple(self._row(point) for point in summary.points[known_length]))
        sections = (points, self._later_section(summary.developments))
        return self._view("summary", f"{summary.id}:{known_length}", summary.title, sections)

    def timeline(self) -> View:
        """Return what happened when, oldest first; what became known later stands apart, at the end."""
        story, rows = self.story, []
        for event in story.events:
            note = ""
            if event.dated_by:
                source = story.developments[event.dated_by].source.split(",")[0]
                note = self._messages.date_note.format(words=event.original_date, source=source)
            citations = self.citations(event.point.cites)
            rows.append(Row(event.point.text, citations, time=self._date(event.date), note=note))
        sections = (Section(self._messages.in_the_article, tuple(rows)), self._later_section(story.developments))
        return self._view("timeline", "", self._messages.timeline_title, sections)

    def who(self, name: str) -> View:
        """Return who somebody is, by any of their names, misspelt or not. Raise NotInStory.

        Where a paragraph shown here alleges something, its denial and what was found later are shown too.
        """
        story = self.story
        person = story.people[self.lookup.person(name, self._messages)]
        role = [Row(person.role, self.citations(person.cites))]
        if person.outside_article:
            role = [Row(self._messages.not_mentioned.format(name=person.name))]
        members = ", ".join(story.people[id].name for id in person.members)
        if members:
            role.append(Row(self._messages.members.format(names=members)))
        paragraphs = [p for p in story.paragraphs.values() if person.id in (*p.people, *p.implied_people)]
        claims = self._claims_in({p.number for p in paragraphs})
        later = [*self.lookup.developments_naming(person.id), *(id for claim in claims for id in claim.developments)]
        sections = (
            Section("", tuple(role)),
            Section(self._messages.statements, tuple(self._row(point) for point in person.statements)),
            Section(self._messages.mentions, tuple(Row(p.gist, self.citations((p.number,))) for p in paragraphs)),
            self._denials_section(claims),
            self._later_section(later),
        )
        return self._view("who", person.id, person.name[:1].upper() + person.name[1:], sections)

    def claims(self) -> View:
        """Return what is alleged, by whom, who denies it in which words, and what was found later."""
        story, sections = self.story, []
        for number, claim in enumerate(story.claims.values(), 1):
            names = join_list([story.people[id].name for id in claim.by], messages(self.language).reply.list_and)
            rows = [
                Row(self._messages.alleged.format(names=names, text=claim.text), self.citations(claim.cites)),
                Row(self._messages.denied.format(text=claim.denial), self.citations(claim.denial_cites)),
                *self._later_rows(claim.developments, self._messages.found_later),
            ]
            heading = self._messages.claim_heading.format(number=number, count=len(story.claims))
            sections.append(Section(heading, tuple(rows)))
        return self._view("claims", "", self._messages.claims_title, sections)

    def paragraph(self, typed: str) -> View:
        """Return what a paragraph says, its own text where we have it, and what rests on it. Raise NotInStory.

        Where it alleges something, the denial and what was found later are shown too.
        """
        story = self.story
        number = self.lookup.paragraph(typed, self._messages)
        paragraph = story.paragraphs[number]
        claims = self._claims_in({number})
        own_text = (Row(self._texts[number]),) if number in self._texts else ()
        entries = [story.entries[id] for id in story.entries_citing[number]]
        answered = tuple(Row(entry.question) for entry in entries if entry.standing != "not_covered")
        left_open = tuple(Row(entry.question) for entry in entries if entry.standing == "not_covered")
        sections = (
            Section(
                self._messages.gist, (Row(paragraph.gist, self.citations((number,)), url=story.paragraph_url(number)),)
            ),
            Section(self._messages.own_text, own_text),
            self._denials_section(claims),
            self._later_section(id for claim in claims for id in claim.developments),
            Section(self._messages.answered_questions, answered),
            Section(self._messages.open_questions, left_open),
        )
        return self._view("paragraph", str(number), self._messages.paragraph_title.format(number=number), sections)

    def sources(self) -> View:
        """Return where the article says it got its facts, and where the later developments come from."""
        story = self.story
        article = Row(f"{story.title}, {story.publisher}, {story.published}", url=story.url, source=story.publisher)
        dates: dict[tuple[str, str], list[str]] = {}
        for development in _in_order(story.developments.values()):
            dates.setdefault((development.source, development.url), []).append(self._date(development.date))
        later = tuple(
            Row(
                source,
                url=url,
                source=source,
                note=self._messages.source_dates.format(dates=", ".join(dict.fromkeys(days))),
            )
            for (source, url), days in dates.items()
        )
        sections = (
            Section(self._messages.article, (article,)),
            Section(self._messages.article_sources, tuple(self._row(point) for point in story.sources)),
            Section(self._messages.later, later, later=True),
        )
        return self._view("sources", "", self._messages.sources_title, sections)

    def updates(self) -> View:
        """Return what became known after the article, oldest first."""
        rows = tuple(self._later_rows(self.story.developments)) or (Row(self._messages.no_updates),)
        return self._view("updates", "", self._messages.later, [Section("", rows, later=True)])

    def help(self) -> View:
        """Return what the bot can do."""
        commands = tuple(
            Row(self._messages.command_line.format(name=name, description=description))
            for name, description in self._settings.commands[self.language]
        )
        how_to_ask = tuple(Row(line) for line in self._messages.how_to_ask_lines)
        sections = (Section(self._messages.how_to_ask, how_to_ask), Section(self._messages.commands, commands))
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

    def citations(self, numbers: Sequence[int]) -> tuple[Citation, ...]:
        """Return citations of these paragraphs."""
        story = self.story
        return tuple(Citation(number, story.paragraphs[number].gist, story.paragraph_url(number)) for number in numbers)

    def _view(
        self, kind: ViewKind, argument: str, title: str, sections: Iterable[Section], *, engine_only: bool = False
    ) -> View:
        """engine_only: all of its rows are the engine's own words, so that none is in another language."""
        filled = tuple(section for section in sections if section.rows)
        foreign = not engine_only and self.language != self.story.language
        note = self._messages.language_note if foreign else ""
        return View(kind, argument, title, filled, self.language, note)

    def _row(self, point: Point) -> Row:
        return Row(point.text, self.citations(point.cites))

    def _later_rows(self, ids: Iterable[str], time: str = "{date}") -> list[Row]:
        developments = _in_order(self.story.developments[id] for id in dict.fromkeys(ids))
        return [
            Row(
                development.text,
                time=time.format(date=self._date(development.date)),
                source=development.source,
                url=development.url,
            )
            for development in developments
        ]

    def _later_section(self, ids: Iterable[str]) -> Section:
        return Section(self._messages.later, tuple(self._later_rows(ids)), later=True)

    def _claims_in(self, numbers: Collection[int]) -> list[Claim]:
        """Return the claims that any of these paragraphs makes."""
        carried = claims_carried(self.story, numbers)
        return [
            claim
            for claim in self.story.claims.values()
            if claim in carried or not set(claim.cites).isdisjoint(numbers)
        ]

    def _denials_section(self, claims: Iterable[Claim]) -> Section:
        rows = tuple(Row(claim.denial, self.citations(claim.denial_cites)) for claim in claims)
        return Section(self._messages.denials, rows)

    def _date(self, date: str) -> str:
        """Return an ISO date, which may lack day or month, as readers write it: 22 March 2023, May 2023 or 2023."""
        year, *rest = date.split("-")
        month = self._messages.months[int(rest[0]) - 1] if rest else ""
        day = str(int(rest[1])) if len(rest) > 1 else ""
        return " ".join(filter(None, (self._messages.first_day if day == "1" else day, month, year)))


def _in_order(developments: Iterable[Development]) -> list[Development]:
    return sorted(developments, key=lambda development: development.sort_key)
