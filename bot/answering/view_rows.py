"""The rows of views. Each that rests on a paragraph which carries a claim brings the claim's denial and what was found later. Pure."""

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from bot.answering.reply import Citation, Denial
from bot.answering.view import Row
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.story.models import Claim, Development, Paragraph, Point, Story
from bot.story.outcomes import claims_carried


class RowBuilder:
    """Builds the rows of one story, with dates as a language writes them."""

    def __init__(self, story: Story, language: Language) -> None:
        self._story = story
        self._messages = messages(language).views

    def point(self, point: Point) -> Row:
        """Return a line that somebody wrote."""
        return self.with_context(Row(point.text, self.citations(point.cites)), self.claims_in(point.cites))

    def paragraph(self, paragraph: Paragraph) -> Row:
        """Return what a paragraph says."""
        numbers = (paragraph.number,)
        return self.with_context(Row(paragraph.gist, self.citations(numbers)), self.claims_in(numbers))

    def claim(self, claim: Claim, label: str) -> Row:
        """Return what is alleged, by whom, and its latest state."""
        badges = (claim.badge,) if claim.badge else ()
        row = Row(claim.short or claim.text, self.citations(claim.cites), label=label, badges=badges)
        return self.with_context(row, [claim])

    def with_context(self, row: Row, claims: Sequence[Claim]) -> Row:
        """Return a row with what has to be shown beside it, because it carries these claims."""
        return replace(row, denials=tuple(map(self.denial, claims)), developments=self.findings(claims))

    def denial(self, claim: Claim) -> Denial:
        """Return the denial of a claim in its short form."""
        return Denial(claim.brief_denial, self.citations(claim.denial_cites))

    def findings(self, claims: Iterable[Claim]) -> tuple[Development, ...]:
        """Return what was found later on any of these claims, oldest first."""
        ids = dict.fromkeys(id for claim in claims for id in claim.developments)
        return tuple(in_order(self._story.developments[id] for id in ids))

    def later(self, later: Development) -> Row:
        """Return a development in full, with its source."""
        return Row(
            later.text, time=self.date(later.date), source=later.source, url=later.url, given_developments=(later,)
        )

    def short_later(self, later: Development) -> Row:
        """Return who and what of a development; all of it where it has no short form."""
        return Row(later.short, time=self.date(later.date), url=later.url) if later.short else self.later(later)

    def claims_in(self, numbers: Collection[int]) -> list[Claim]:
        """Return the claims that any of these paragraphs makes."""
        carried = claims_carried(self._story, numbers)
        return [
            claim
            for claim in self._story.claims.values()
            if claim in carried or not set(claim.cites).isdisjoint(numbers)
        ]

    def citations(self, numbers: Sequence[int]) -> tuple[Citation, ...]:
        """Return citations of these paragraphs."""
        story = self._story
        return tuple(Citation(number, story.paragraphs[number].gist, story.paragraph_url(number)) for number in numbers)

    def date(self, date: str) -> str:
        """Return an ISO date, which may lack day or month, as readers write it: 22 Mar 2023, May 2023 or 2023."""
        year, *rest = date.split("-")
        month = self._messages.short_months[int(rest[0]) - 1] if rest else ""
        day = str(int(rest[1])) if len(rest) > 1 else ""
        return " ".join(filter(None, (self._messages.first_day if day == "1" else day, month, year)))


def in_order(developments: Iterable[Development]) -> list[Development]:
    """Return developments oldest first."""
    return sorted(developments, key=lambda development: development.sort_key)
