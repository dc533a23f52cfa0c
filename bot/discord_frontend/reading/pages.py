"""Laying out a View as cards, page by page. Pure: no request is made here.

Every line is text first, then its paragraphs as links; nothing is conveyed by colour or emoji alone.
"""

from collections.abc import Iterator, Sequence

from discord import Embed
from msgspec import Struct

from bot.answering.view import Row, Section, View
from bot.cards import discord_limits
from bot.cards.markdown import escape, link, truncate
from bot.discord_frontend.common.card import Card, CardButton
from bot.discord_frontend.common.embed_fields import pack_fields
from bot.i18n.messages import ViewMessages, messages
from bot.story import field_lengths

PAGE_LENGTH = 3800
"""Characters of one page as sent, links included; the rest of EMBED_DESCRIPTION is left for headings."""
MAX_ROWS = 15
"""Rows on one page: more would be a wall of text on a phone."""
ROW_LENGTH = 1500
"""Characters of one row's text."""
PAGE_NUMBER_LENGTH = 20
"""Characters of the title that are left for the page number."""


class _Page(Struct, frozen=True):
    """One page. `has_later`: it has rows that became known later; `has_article`: it has others."""

    text: str = ""
    rows: int = 0
    has_article: bool = False
    has_later: bool = False


def page_card(view: View, number: int, footer: str) -> Card:
    """Return one page of a view, or the nearest page if there is no such page any more."""
    texts = messages(view.language).views
    pages = list(_pages(view, texts))
    embed = Embed(title=escape(view.title, discord_limits.EMBED_TITLE - PAGE_NUMBER_LENGTH)).set_footer(text=footer)
    if _merge_pages(embed, pages):
        return Card(embed)
    number = max(1, min(number, len(pages)))
    embed.description = pages[number - 1].text
    if len(pages) > 1:
        embed.title = texts.page_title.format(title=embed.title, page=number, pages=len(pages))
    first_later = next((n for n, page in enumerate(pages, 1) if page.has_later), 0)
    if number < first_later:  # a page with allegations never stands there as if nothing had become known since
        embed.description += f"\n\n**{escape(texts.later)}:** {texts.later_on_page.format(page=first_later)}"
    buttons = []
    if number > 1:
        buttons.append(_page_button(texts.previous_page, view, number - 1))
    if number < len(pages):
        buttons.append(_page_button(texts.next_page, view, number + 1))
    return Card(embed, tuple(buttons))


def _page_button(label: str, view: View, number: int) -> CardButton:
    return CardButton(label, "page", f"{number}:{view.kind}:{view.argument}")


def _merge_pages(embed: Embed, pages: Sequence[_Page]) -> bool:
    """Merge two pages into one card if the second has only later developments and fits as fields; return whether so."""
    if len(pages) != 2 or pages[0].has_later or pages[1].has_article:
        return False
    heading, *lines = pages[1].text.split("\n")
    budget = discord_limits.EMBED_TOTAL - len(embed) - len(pages[0].text)
    fields, complete = pack_fields(heading.strip("*"), lines, budget)
    if (
        not complete
        or len(fields) > discord_limits.EMBED_FIELDS
        or any(len(line) > discord_limits.EMBED_FIELD_VALUE for line in lines)
    ):
        return False
    embed.description = pages[0].text
    for name, value in fields:
        embed.add_field(name=name, value=value, inline=False)
    return True


def _pages(view: View, texts: ViewMessages) -> Iterator[_Page]:
    """Yield the pages. A section starts a new page if it fits on that but not on the rest of the current one."""
    page = _Page(f"*{escape(view.language_note)}*\n\n" if view.language_note else "")
    for section in view.sections:
        lines = [_line(row, texts) for row in section.rows]
        length = len(_heading(section, texts)) + sum(len(line) + 1 for line in lines)
        if page.rows and length <= PAGE_LENGTH < len(page.text) + length + 2 and len(lines) <= MAX_ROWS:
            yield page
            page = _Page()
        for i, line in enumerate(lines):
            heading = _heading(section, texts, continued=i > 0)
            if page.rows and (page.rows >= MAX_ROWS or len(page.text) + len(heading) + len(line) + 2 > PAGE_LENGTH):
                yield page
                page = _Page()
            shown_heading = heading if not page.rows or not i else ""
            separator = ("\n\n" if shown_heading else "\n") if page.rows else ""
            page = _Page(
                f"{page.text}{separator}{shown_heading}{line}",
                page.rows + 1,
                page.has_article or not section.later,
                page.has_later or section.later,
            )
    yield page if page.rows else _Page(page.text + texts.empty)


def _heading(section: Section, texts: ViewMessages, *, continued: bool = False) -> str:
    if not section.heading:
        return ""
    heading = escape(section.heading, field_lengths.NAME)
    return f"**{texts.continued.format(heading=heading) if continued else heading}**\n"


def _line(row: Row, texts: ViewMessages) -> str:
    citations = " ".join(link(f"¶{citation.paragraph}", citation.url) for citation in row.citations)
    time = f"**{escape(row.time, field_lengths.NAME)}:** " if row.time else ""
    text = escape(row.text, ROW_LENGTH)
    if row.source and row.source in row.text:
        text, source = link(text, row.url), ""
    else:
        source = f"({link(escape(row.source, field_lengths.NAME), row.url)})" if row.source else ""
    note = f"({escape(row.note, field_lengths.POINT)})" if row.note else ""
    read_link = link(texts.read_link, row.url) if row.url and not row.source else ""
    return "- " + truncate(" ".join(filter(None, (time + text, citations, source, note, read_link))), PAGE_LENGTH)
