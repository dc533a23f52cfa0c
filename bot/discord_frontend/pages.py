"""A Reading as cards, page by page. Pure: no request is made here.

Every line is text first, then its paragraphs as links; nothing is said by colour or by an emoji alone.
"""

from collections.abc import Iterator

from discord import Embed

from bot import limits
from bot.discord_frontend.cards import Card, Press, linked
from bot.discord_frontend.wording import cut, plain
from bot.reading import Reading, Row, Section

PAGE = 3800
"""Characters of one page as they are sent, links included; the rest of EMBED_DESCRIPTION is room for a heading."""
ROWS = 15
"""Most lines on one page: more are a wall on a phone."""
ROW = 1500
"""Characters shown of one line."""


def card(reading: Reading, number: int, footer: str) -> Card:
    """One page of a reading; the nearest there is where it has no such page (its base may have changed)."""
    pages = list(_pages(reading))
    number = max(1, min(number, len(pages)))
    title = plain(reading.title, limits.EMBED_TITLE - 20)
    if len(pages) > 1:
        title += f" ({number} of {len(pages)})"
    embed = Embed(title=title, description=pages[number - 1]).set_footer(text=footer)
    turns = []
    if number > 1:
        turns.append(_turn("Previous page", reading, number - 1))
    if number < len(pages):
        turns.append(_turn("Next page", reading, number + 1))
    return Card(embed, tuple(turns))


def _turn(label: str, reading: Reading, number: int) -> Press:
    return Press(label, "page", f"{number}:{reading.command}:{reading.about}")


def _pages(reading: Reading) -> Iterator[str]:
    """The text of each page. A section starts a new one where it fits on that, and not on the rest of this one."""
    page, rows = "", 0
    for section in reading.sections:
        lines = [_line(row) for row in section.rows]
        whole = len(_heading(section, again=False)) + sum(len(line) + 1 for line in lines)
        if page and whole <= PAGE < len(page) + whole + 2 and len(lines) <= ROWS:
            yield page
            page, rows = "", 0
        for number, line in enumerate(lines):
            head = _heading(section, again=number > 0)
            if page and (rows >= ROWS or len(page) + len(head) + len(line) + 2 > PAGE):
                yield page
                page, rows = "", 0
            start = head if not page or not number else ""
            page += ("\n\n" if page and start else "\n" if page else "") + start + line
            rows += 1
    yield page or "Nothing has been written about this yet."


def _heading(section: Section, *, again: bool) -> str:
    if not section.heading:
        return ""
    return f"**{plain(section.heading, limits.NAME)}{', continued' if again else ''}**\n"


def _line(row: Row) -> str:
    links = " ".join(linked(f"¶{citation.paragraph}", citation.url) for citation in row.citations)
    time = f"**{plain(row.time, limits.NAME)}:** " if row.time else ""
    text = plain(row.text, ROW)
    if row.source and row.source in row.text:
        text, source = linked(text, row.url), ""
    else:
        source = f"({linked(plain(row.source, limits.NAME), row.url)})" if row.source else ""
    note = f"({plain(row.note, limits.POINT)})" if row.note else ""
    link = linked("read it", row.url) if row.url and not row.source else ""
    return "- " + cut(" ".join(filter(None, (time + text, links, source, note, link))), PAGE)
