"""The parts that cards have in common: citations, the standing, the denial, and what was found later."""

from collections.abc import Iterable, Iterator, Sequence

from bot.answering.reply import Citation, Denial
from bot.cards.card import Line, Span
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.story.models import Development

MAX_PARAGRAPHS = 4
"""Paragraphs shown of a line's citations; how many more there are follows as a number."""


def citation_spans(citations: Sequence[Citation], limit: int = MAX_PARAGRAPHS) -> Iterator[Span]:
    """Yield ' ¶4 ¶8 +1', in the article's order, each a link that opens the article there."""
    for citation in sorted(citations[:limit], key=lambda citation: citation.paragraph):
        yield Span(" ")
        yield Span(f"¶{citation.paragraph}", url=citation.url)
    if len(citations) > limit:
        yield Span(f" +{len(citations) - limit}")


def standing_line(badge: str, sources: Iterable[Span], *, plain: bool) -> Line:
    """Return the line that says how certain an answer is and where it stands. plain: it needs no badge."""
    first = Span(badge) if plain else Span(badge, "badge")
    shown = tuple(sources)
    return Line((first, Span(" · "), *shown), "small") if shown else Line((first,), "small")


def denial_lines(denials: Iterable[Denial], language: Language) -> Iterator[Line]:
    """Yield the line that says who denies it in which words, if anybody does; never to be left out."""
    spans: list[Span] = []
    for denial in denials:
        spans += [Span(f" {denial.text}"), *citation_spans(denial.citations)]
    if spans:
        yield Line((Span(messages(language).reply.denied, "strong"), *spans), "quote")


def later_lines(developments: Iterable[Development], language: Language, heading: str = "") -> Iterator[Line]:
    """Yield the line of what became known since, each date the link to its source; never to be left out.

    heading: stands before it in place of 'Since the article:'.
    """
    spans: list[Span] = []
    for later in developments:
        link = Span(short_date(later.date, language), url=later.url)
        spans += [Span(" "), link, Span(f", {later.short or f'{later.text} ({later.source})'}")]
    if spans:
        yield Line((Span(heading or messages(language).reply.since, "strong"), *spans), "quote")


def short_date(date: str, language: Language) -> str:
    """Return the month and year of an ISO date as people write them, or the year alone if that is all that is known."""
    year, *rest = date.split("-")
    return f"{messages(language).views.short_months[int(rest[0]) - 1]} {year}" if rest else year
