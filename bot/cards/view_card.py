"""Laying out a View in lines, and in pages of one phone screen each.

Every page that shows a row which carries a claim shows the claim's denial and what was found later too, in their short forms.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from bot.answering.reply import Citation, Denial
from bot.answering.view import Row, Section, View
from bot.cards import discord_limits
from bot.cards.card import Button, Card, Line, LineKind, Span, line
from bot.cards.line_cutting import cut_lines
from bot.cards.markdown import truncate
from bot.cards.message_text import markdown_text
from bot.cards.phone_height import SCREEN, card_height
from bot.cards.spans import citation_spans, denial_lines, later_lines
from bot.i18n.messages import ViewMessages, messages
from bot.story.models import Development

SPARE = 18
"""Pixels of a screen that are left over: a line, by which a height may be estimated wrongly."""
TITLE = 24
"""Letters of a title that fit on a line with the number of a page."""
SPARE_PAGE_NUMBER = 98
"""Stands in for the number of pages while that is not known."""


class _Placed(Struct, frozen=True):
    """A row with the section it belongs to. first: it starts the section."""

    row: Row
    section: Section
    first: bool


def view_lines(view: View) -> tuple[Line, ...]:
    """Return all lines of a view, the title first; what has to be shown beside its rows once, at the end."""
    return (line(view.title, "heading"), *_note(view), *_body(view, _placed(view), view.developments))


def view_page(view: View, number: int) -> Card:
    """Return one page of a view, or the nearest page if there is no such page any more."""
    pages = view_pages(view)
    return pages[max(1, min(number, len(pages))) - 1]


def view_pages(view: View) -> tuple[Card, ...]:
    """Return the pages of a view, at least one, each no taller than a phone's screen where its rows can be parted."""
    whole = _card(view, view_lines(view), 1, 1)
    if _fits(whole):
        return (whole,)
    bodies = list(_cut_pages(view, _paginate(view, _note(view))))
    pages = []
    for number, body in enumerate(bodies, 1):
        card = _page(view, body, number, len(bodies))
        pages.append(card if _fits(card, SCREEN) else _page(replace(view, links=()), body, number, len(bodies)))
    return tuple(pages)


def _placed(view: View) -> tuple[_Placed, ...]:
    # What became known since has its own button under the timeline; only its picture has room for both.
    sections: Sequence[Section] = view.sections
    if view.kind == "timeline":
        sections = [replace(section, heading="") for section in sections if not section.later]
    return tuple(_Placed(row, section, i == 0) for section in sections for i, row in enumerate(section.rows))


def _paginate(view: View, opening: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each page, below its title: as many rows as fit on a screen with what belongs beside them.

    opening: stands first on the first page. What became known about the whole of the view comes last, unless an earlier page
    shows it already.
    """
    page: list[_Placed] = []
    shown: set[Development] = set()
    for placed in _placed(view):
        shown.update(placed.row.developments)
        if page and not _fits_page(view, (*opening, *_body(view, [*page, placed]))):
            yield (*opening, *_body(view, page))
            page, opening = [], ()
        page.append(placed)
    left = [later for later in view.developments if later not in shown]
    ending = (*opening, *_body(view, page, left))
    if not left or _fits_page(view, ending):
        yield ending
    else:
        yield (*opening, *_body(view, page))
        yield tuple(later_lines(left, view.language))


def _cut_pages(view: View, bodies: Iterable[Sequence[Line]]) -> Iterator[Sequence[Line]]:
    """Yield the same pages, those that are still too tall in several: a single row may be longer than a screen.

    A row with much beside it goes without the buttons that lead elsewhere before it is parted from any of that.
    """
    bare = replace(view, links=())
    for body in bodies:
        if _fits_page(view, body) or _fits_page(bare, body, SCREEN):
            yield body
            continue
        page: list[Line] = []
        for part in cut_lines(body):
            if page and not _fits_page(view, [*page, part]):
                yield page
                page = []
            page.append(part)
        yield page


def _fits_page(view: View, body: Iterable[Line], screen: int = SCREEN - SPARE) -> bool:
    """Tell whether lines fit on one of several pages, with its title and all its buttons."""
    return _fits(_page(view, body, SPARE_PAGE_NUMBER, SPARE_PAGE_NUMBER + 1), screen)


def _fits(card: Card, screen: int = SCREEN - SPARE) -> bool:
    return card_height(card) <= screen and len(markdown_text(card)) <= discord_limits.EMBED_DESCRIPTION


def _page(view: View, body: Iterable[Line], number: int, pages: int) -> Card:
    """Return one of several pages; a long title is shortened to a line where it is not read for the first time."""
    title = view.title if number == 1 else truncate(view.title, TITLE)
    heading = _messages(view).page_title.format(title=title, page=number, pages=pages)
    return _card(view, (line(heading, "heading"), *body), number, pages)


def _note(view: View) -> tuple[Line, ...]:
    return (line(view.language_note, "small"),) if view.language_note else ()


def _messages(view: View) -> ViewMessages:
    return messages(view.language).views


def _card(view: View, lines: Sequence[Line], number: int, pages: int) -> Card:
    """Return a page: buttons that turn it, then what else can be opened, and the entries to pick from."""
    say = _messages(view)
    turns = [(say.previous_page, number - 1)] if number > 1 else []
    turns += [(say.next_page, number + 1)] if number < pages else []
    buttons = [Button(label, "page", f"{other}:{view.kind}:{view.argument}") for label, other in turns]
    buttons += [Button(link.label, "page", f"1:{link.kind}:{link.argument}") for link in view.links]
    choices = tuple((entry.entry, entry.label) for entry in view.entries[: discord_limits.SELECT_OPTIONS])
    label = say.resting.format(count=len(view.entries)) if choices else ""
    return Card(tuple(lines), tuple(buttons), choices, label, as_embed=True)


def _body(view: View, page: Sequence[_Placed], more: Sequence[Development] = ()) -> Iterator[Line]:
    """Yield the lines of a page below its title. more: what became known later besides what its rows need."""
    say, above = _messages(view), dict[tuple[Development, ...], str]()
    if not page:
        yield line(say.empty)
    for i, placed in enumerate(page):
        heading = placed.section.heading
        if heading and (placed.first or i == 0):
            yield line(heading if placed.first else say.continued.format(heading=heading), "heading")
        yield from _row_lines(placed.row, placed.section)
        if placed.section.style == "ladder":
            yield from _rungs(view, placed.row, above)
    beside = [placed.row for placed in page if placed.section.style != "ladder"]
    yield from _context_lines(view, beside, more)
    yield from _dated_by(view, beside)


def _row_lines(row: Row, section: Section) -> Iterator[Line]:
    kind: LineKind = "item" if section.style == "list" else "text"
    yield Line(tuple(_spans(row)), kind)
    yield from (Line((Span(badge, "badge"),), "small") for badge in row.badges)


def _spans(row: Row) -> Iterator[Span]:
    """Yield the parts of a row. Its address is that of its source; else of its time, or of its text."""
    if row.time:
        time = f"{row.time}*" if row.dated_by else row.time
        yield Span(time, "strong") if row.source or not row.url else Span(time, url=row.url)
        yield Span(" ")
    if row.label:
        yield Span(f"{row.label}.", "strong")
        yield Span(" ")
    yield Span(row.text, url="" if row.source or row.time else row.url)
    yield from citation_spans(row.citations)
    if row.source:
        yield Span(" (")
        yield Span(row.source, url=row.url)
        yield Span(")")
    if row.note and not row.dated_by:
        yield Span(f" ({row.note})")


def _rungs(view: View, row: Row, above: dict[tuple[Development, ...], str]) -> Iterator[Line]:
    """Yield who denies a claim and what was found. above: what was found on the claims above it on this page, and their labels."""
    say = _messages(view)
    yield from denial_lines(row.denials, view.language)
    if row.developments in above:
        as_above = say.found_as.format(number=above[row.developments])
        yield Line((Span(say.found, "strong"), Span(f" {as_above}")), "quote")
    else:
        yield from later_lines(row.developments, view.language, say.found)
        above[row.developments] = row.label.partition(".")[0]


def _context_lines(view: View, rows: Sequence[Row], more: Sequence[Development]) -> Iterator[Line]:
    """Yield the denials and what was found later that rows need, but for what they give in full themselves."""
    said = {denial for row in rows for denial in row.given_denials}
    told = {later for row in rows for later in row.given_developments}
    numbers: dict[str, dict[Citation, None]] = {}
    for denial in (denial for row in rows for denial in row.denials if denial not in said):
        numbers.setdefault(denial.text, {}).update(dict.fromkeys(denial.citations))
    yield from denial_lines((Denial(text, tuple(cites)) for text, cites in numbers.items()), view.language)
    later = dict.fromkeys([*(one for row in rows for one in row.developments), *more])
    shown = sorted((one for one in later if one not in told), key=lambda one: one.sort_key)
    yield from later_lines(shown, view.language)


def _dated_by(view: View, rows: Iterable[Row]) -> Iterator[Line]:
    """Yield the line that says where days with an asterisk are known from."""
    sources = dict.fromkeys((row.dated_by.source.split(",")[0], row.dated_by.url) for row in rows if row.dated_by)
    if sources:
        before, _, after = _messages(view).dated_by.partition("{source}")
        links = [span for name, url in sources for span in (Span(", "), Span(name, url=url))]
        yield Line((Span(before), *links[1:], Span(after)), "small")
