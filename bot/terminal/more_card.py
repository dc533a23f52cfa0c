"""Laying out More: the question as it was understood, what each paragraph says, and the later developments in full."""

from collections.abc import Iterator

from bot.answering.reply import Reply
from bot.cards.card import Card, Line, Span, line
from bot.cards.reply_card import fitting
from bot.cards.spans import short_date
from bot.story.models import Story


def more_card(reply: Reply, story: Story) -> Card:
    """Return the card of what stands behind a reply, with the next questions that its own card has no room for."""
    shown = fitting(reply.related)
    further = tuple((item.entry, item.question) for item in reply.related if item not in shown)
    return Card(tuple(_lines(reply, story)), choices=further, as_embed=True)


def _lines(reply: Reply, story: Story) -> Iterator[Line]:
    say = reply.messages
    yield line(reply.question or "", "heading")
    if reply.citations:
        yield line(say.paragraphs_say.format(publisher=story.publisher, published=story.published), "heading")
    for citation in reply.citations:
        mark = Span(say.paragraph.format(number=citation.paragraph), url=citation.url)
        yield Line((mark, Span(f" {citation.gist}")), "item")
    if reply.developments:
        yield line(say.since_in_full, "heading")
    for later in reply.developments:
        date = Span(short_date(later.date, reply.language), url=later.url)
        yield Line((date, Span(f" {later.text} ({later.source})")), "item")
