"""A card as Discord's Markdown, within Discord's limits.

Where the text is too long, what gives way is in this order: the fragments of links to paragraphs, the links to paragraphs, the
lines that may be left out, and the links to later sources. Denials and what was found later are never cut.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from bot.cards import discord_limits
from bot.cards.card import Card, Line, Span
from bot.cards.markdown import escape, link, truncate

PREFIXES = {"text": "", "quote": "> ", "small": "-# ", "heading": "", "item": "- "}
PARAGRAPH_MARK = "¶"
_Links = Literal["all", "no fragments", "sources", "none"]


class _Shortening(Struct, frozen=True):
    """How much of a card is given up. droppable: the lines that may be left out are shown."""

    links: _Links
    droppable: bool


_SHORTENINGS = (
    _Shortening("all", droppable=True),
    _Shortening("no fragments", droppable=True),
    _Shortening("sources", droppable=True),
    _Shortening("sources", droppable=False),
    _Shortening("none", droppable=False),
)
"""From the whole card to the least of it."""


def markdown_text(card: Card) -> str:
    """Return the whole card as Markdown, however long."""
    return _render(card, _SHORTENINGS[0])


def fit_text(card: Card, limit: int = discord_limits.MESSAGE_CONTENT) -> str | None:
    """Return the card as Markdown of at most `limit` characters, shortened as little as possible; None if it can't be."""
    return next((text for shortening in _SHORTENINGS if len(text := _render(card, shortening)) <= limit), None)


def split_text(card: Card, limit: int = discord_limits.MESSAGE_CONTENT) -> list[str]:
    """Return the card as one or more texts of at most `limit` characters each, cut between lines where that can be done."""
    fitting = fit_text(card, limit)
    return split_lines(_render(card, _SHORTENINGS[-1]), limit) if fitting is None else [fitting]


def split_lines(text: str, limit: int) -> list[str]:
    """Return a text as texts of at most `limit` characters each, cut between lines where that can be done."""
    texts: list[str] = []
    for line in text.split("\n"):
        for part in _cut(line, limit):
            if texts and len(texts[-1]) + 1 + len(part) <= limit:
                texts[-1] = f"{texts[-1]}\n{part}"
            else:
                texts.append(part)
    return texts


def needs_embed(card: Card) -> bool:
    """Tell whether a card is shown in an embed where that is allowed, because it always is or because of its length."""
    return card.as_embed or len(markdown_text(card)) > discord_limits.MESSAGE_CONTENT


def _cut(text: str, limit: int) -> Iterator[str]:
    """Yield a text in parts of at most `limit` characters, cut between words.

    A part begins with a letter, since '#' or '1.' would begin a heading or a list there, and never within an escape.
    """
    while len(text) > limit:
        cut = next((i for i in range(limit, 0, -1) if text[i] == " " and text[i + 1 : i + 2].isalpha()), limit)
        cut -= text[cut - 1] == "\\" and cut > 1
        yield text[:cut]
        text = text[cut:].lstrip()
    yield text


def _render(card: Card, shortening: _Shortening) -> str:
    lines = [line for line in card.lines if shortening.droppable or not line.can_drop]
    return "\n".join(_line(line, shortening.links) for line in lines)


def _line(line: Line, links: _Links) -> str:
    text = "".join(_span(span, links) for span in line.spans)
    if line.kind == "heading":
        return f"**{text}**"
    prefix = PREFIXES[line.kind]
    return "\n".join(f"{prefix}{part}" for part in text.split("\n"))


def _span(span: Span, links: _Links) -> str:
    if span.style == "badge":
        return f"`{truncate(span.text.replace('`', ''), discord_limits.MESSAGE_CONTENT)}`"
    text = escape(span.text)
    if span.style == "strong":
        text = f"**{text}**"
    is_paragraph = span.text.startswith(PARAGRAPH_MARK)
    if not span.url or links == "none" or (links == "sources" and is_paragraph):
        return text
    return link(
        text, span.url.partition("#")[0] if links == "no fragments" and is_paragraph else span.url, preview=False
    )
