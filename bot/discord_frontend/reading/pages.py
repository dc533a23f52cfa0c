"""A View as cards, page by page. Pure: no request is made here.

Every line is text first, then its paragraphs as links; nothing is said by colour or by an emoji alone.
"""

from collections.abc import Iterator, Sequence

from discord import Embed
from msgspec import Struct

from bot.answering.view import Row, Section, View
from bot.discord_frontend.asking.cards import Card, Press, linked, packed
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut, plain
from bot.i18n.messages import ViewMessages, messages
from bot.story import text_limits

PAGE = 3800
"""Characters of one page as they are sent, links included; the rest of EMBED_DESCRIPTION is room for headings."""
ROWS = 15
"""Most lines on one page: more are a wall on a phone."""
ROW = 1500
"""Characters shown of one line."""


class _Page(Struct, frozen=True):
    """What stands on one page. `later`: something that became known later does; `told`: something else does."""

    text: str = ""
    rows: int = 0
    told: bool = False
    later: bool = False


def card(reading: View, number: int, footer: str) -> Card:
    """One page of a reading; the nearest there is where it has no such page (its base may have changed)."""
    say = messages(reading.language).views
    pages = list(_pages(reading, say))
    embed = Embed(title=plain(reading.title, discord_limits.EMBED_TITLE - 20)).set_footer(text=footer)
    if _together(embed, pages):
        return Card(embed)
    number = max(1, min(number, len(pages)))
    page = pages[number - 1]
    embed.description = page.text
    turns = []
    if len(pages) > 1:
        embed.title = say.page_title.format(title=embed.title, page=number, pages=len(pages))
    found = next((n for n, one in enumerate(pages, 1) if one.later), 0)
    if number < found:  # what is alleged on a page never stands there as if nothing were known of it
        embed.description += f"\n\n**{plain(say.later)}:** {say.later_on_page.format(page=found)}"
    if number > 1:
        turns.append(_turn(say.previous_page, reading, number - 1))
    if number < len(pages):
        turns.append(_turn(say.next_page, reading, number + 1))
    return Card(embed, tuple(turns))


def _turn(label: str, reading: View, number: int) -> Press:
    return Press(label, "page", f"{number}:{reading.kind}:{reading.argument}")


def _together(embed: Embed, pages: Sequence[_Page]) -> bool:
    """Puts two pages on one card, the second as its fields, where it is all that became known later and fits."""
    if len(pages) != 2 or pages[0].later or pages[1].told:
        return False
    heading, *lines = pages[1].text.split("\n")
    room = discord_limits.EMBED_TOTAL - len(embed) - len(pages[0].text)
    fields, whole = packed(heading.strip("*"), lines, room)
    if (
        not whole
        or len(fields) > discord_limits.EMBED_FIELDS
        or any(len(line) > discord_limits.EMBED_FIELD_VALUE for line in lines)
    ):
        return False
    embed.description = pages[0].text
    for name, value in fields:
        embed.add_field(name=name, value=value, inline=False)
    return True


def _pages(reading: View, say: ViewMessages) -> Iterator[_Page]:
    """The pages. A section starts a new one where it fits on that, and not on the rest of this one."""
    page = _Page(f"*{plain(reading.language_note)}*\n\n" if reading.language_note else "")
    for section in reading.sections:
        lines = [_line(row, say) for row in section.rows]
        whole = len(_heading(section, say)) + sum(len(line) + 1 for line in lines)
        if page.rows and whole <= PAGE < len(page.text) + whole + 2 and len(lines) <= ROWS:
            yield page
            page = _Page()
        for number, line in enumerate(lines):
            head = _heading(section, say, again=number > 0)
            if page.rows and (page.rows >= ROWS or len(page.text) + len(head) + len(line) + 2 > PAGE):
                yield page
                page = _Page()
            start = head if not page.rows or not number else ""
            between = ("\n\n" if start else "\n") if page.rows else ""
            text = f"{page.text}{between}{start}{line}"
            page = _Page(text, page.rows + 1, page.told or not section.later, page.later or section.later)
    yield page if page.rows else _Page(page.text + say.empty)


def _heading(section: Section, say: ViewMessages, *, again: bool = False) -> str:
    if not section.heading:
        return ""
    heading = plain(section.heading, text_limits.NAME)
    return f"**{say.continued.format(heading=heading) if again else heading}**\n"


def _line(row: Row, say: ViewMessages) -> str:
    links = " ".join(linked(f"¶{citation.paragraph}", citation.url) for citation in row.citations)
    time = f"**{plain(row.time, text_limits.NAME)}:** " if row.time else ""
    text = plain(row.text, ROW)
    if row.source and row.source in row.text:
        text, source = linked(text, row.url), ""
    else:
        source = f"({linked(plain(row.source, text_limits.NAME), row.url)})" if row.source else ""
    note = f"({plain(row.note, text_limits.POINT)})" if row.note else ""
    link = linked(say.read_link, row.url) if row.url and not row.source else ""
    return "- " + cut(" ".join(filter(None, (time + text, links, source, note, link))), PAGE)
