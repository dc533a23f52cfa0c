"""Laying out what stands behind an answer: what its paragraphs say, what is denied, and what was found later, in full."""

from collections.abc import Iterable, Iterator, Mapping

from bot.answering.reply import Citation, Denial, Reply
from bot.cards import discord_limits
from bot.cards.card import Button, Card, Line, Span, line
from bot.cards.reply_card import fitting
from bot.cards.spans import denial_lines, short_date
from bot.errors import shorten
from bot.story.derived import shown_entry
from bot.story.models import Claim, Development, Story
from bot.story.outcomes import claims_carried, claims_of, developments_of

EXCERPTS = 2_000
"""Characters of the paragraphs' own texts, all together."""


def more_card(reply: Reply, story: Story, texts: Mapping[int, str]) -> Card:
    """Return the card of what stands behind the reply that shows an entry. texts: the article's paragraphs, as far as known.

    Every claim that a paragraph shown here carries is shown with its denial and what was found later.
    """
    entry = shown_entry(story, reply.entry or "")
    if entry is None:
        raise KeyError(reply.entry)
    shown = [entry, story.entries[entry.nearest]] if entry.nearest else [entry]
    carried = claims_carried(story, (citation.paragraph for citation in reply.citations))
    claims = tuple(dict.fromkeys([*claims_of(story, shown), *carried]))
    lines = (
        line(reply.question or entry.question, "heading"),
        *([line(reply.language_note, "small")] if reply.language_note else []),
        *_paragraph_lines(reply, story, texts),
        *denial_lines(_denials(claims, reply, story), reply.language),
        *_later_lines(reply, developments_of(story, shown, claims)),
    )
    say, choices = reply.messages, _choices(reply)
    label = say.one_more_question if len(choices) == 1 else say.more_questions.format(count=len(choices))
    return Card(lines, (Button(say.copy, "copy", entry.id),), choices, label if choices else "", as_embed=True)


def _paragraph_lines(reply: Reply, story: Story, texts: Mapping[int, str]) -> Iterator[Line]:
    if not reply.citations:
        return
    published = story.published.partition(" (")[0]  # 'March 2023 (the day is not known)'
    yield line(reply.messages.paragraphs_say.format(publisher=story.publisher, published=published), "heading")
    length = EXCERPTS // len(reply.citations)
    for citation in reply.citations:
        yield Line((Span(f"¶{citation.paragraph}", url=citation.url), Span(f" {citation.gist}")), "item")
        if text := texts.get(citation.paragraph, "").strip():
            yield Line((Span(shorten(text, length)),), "quote", can_drop=True)


def _denials(claims: Iterable[Claim], reply: Reply, story: Story) -> list[Denial]:
    """Return the denials in full; claims that are denied in the same words are denied once."""
    numbers: dict[str, dict[int, None]] = {}
    for claim in claims:
        numbers.setdefault(claim.denial, {}).update(dict.fromkeys(claim.denial_cites))
    gists = {citation.paragraph: citation for citation in reply.citations}
    return [
        Denial(text, tuple(gists.get(number) or _cite(number, story) for number in cites))
        for text, cites in numbers.items()
    ]


def _cite(number: int, story: Story) -> Citation:
    return Citation(number, story.paragraphs[number].gist, story.paragraph_url(number))


def _later_lines(reply: Reply, developments: Iterable[Development]) -> Iterator[Line]:
    items = [
        Line(
            (Span(short_date(later.date, reply.language), url=later.url), Span(f" {later.text} ({later.source})")),
            "item",
        )
        for later in developments
    ]
    if items:
        yield line(reply.messages.since_in_full, "heading")
    yield from items


def _choices(reply: Reply) -> tuple[tuple[str, str], ...]:
    """Return the related questions that are no buttons under the answer."""
    buttons = {item.entry for item in fitting(reply.related)}
    others = [(item.entry, item.question) for item in reply.related if item.entry not in buttons]
    return tuple(others[: discord_limits.SELECT_OPTIONS])
