"""The timeline as pictures, large enough to read on a phone."""

import textwrap
from collections.abc import Sequence

from msgspec import Struct

from bot.answering.view import Row, Section, View
from bot.charts.picture import (
    MAX_ALT_TEXT,
    PALETTES,
    WIDTH,
    Palette,
    Picture,
    Theme,
    escape_math,
    new_figure,
    to_png,
    truncate_alt,
)
from bot.i18n.messages import messages

FONT_SIZE = 26.0
"""Points; 36 pixels here, about 12 on a phone."""
LINE_HEIGHT = 48
COLUMNS = 48
"""Characters to a line."""
MARGIN = 56
GAP = 26
INDENT = 40
TITLE_ALT = 60
"""Characters of the alt text that are left for the title."""
MAX_HEIGHT = 2200
"""Pixels of one picture in a message: a taller one is shown too small to read."""


class _Line(Struct, frozen=True):
    """One line of text, with a matplotlib marker beside it; a gap where the text is empty."""

    text: str
    colour: str
    bold: bool = False
    marker: str = ""


_GAP, _TITLE = _Line("", ""), _Line("¶", "")


class _Block(Struct, frozen=True):
    """Lines that stay together on one picture, and their alt text."""

    alt: str
    lines: tuple[_Line, ...]


def draw_timeline(view: View, theme: Theme, max_height: int | None = MAX_HEIGHT) -> tuple[Picture, ...]:
    """Return the view as pictures of at most `max_height` pixels, or as a single one for None.

    Each alt text keeps to the limit. A heading that goes on from the picture before says so.
    """
    palette = PALETTES[theme]
    texts = messages(view.language).views
    pages: list[list[_Block]] = [[]]
    for section in view.sections:
        for number, row in enumerate(section.rows):
            block = _row_block(section, row, palette)
            heading = [] if number else [_heading_block(section.heading, palette)]
            if max_height is not None and pages[-1] and not _fits([*pages[-1], *heading, block], max_height):
                pages.append([])
                continued = texts.continued.format(heading=section.heading)
                heading = [_heading_block(continued if number else section.heading, palette)]
            pages[-1] += [*heading, block]
    pictures = []
    for number, page in enumerate(pages, 1):
        title = (
            view.title if len(pages) == 1 else texts.page_title.format(title=view.title, page=number, pages=len(pages))
        )
        blocks = [_Block(f"{title}.", (_Line(title, palette.text, bold=True), _GAP)), *page]
        alt = _alt(blocks)
        if max_height is not None:
            alt = truncate_alt(alt)  # a single row may be longer than the limit
        pictures.append(Picture(_draw(_lines(blocks), palette), alt))
    return tuple(pictures)


def _fits(blocks: Sequence[_Block], max_height: int) -> bool:
    """Return whether these go on one picture, with room for its title."""
    height = _height([_TITLE, _GAP, *_lines(blocks)])
    return height <= max_height and len(_alt(blocks)) <= MAX_ALT_TEXT - TITLE_ALT


def _lines(blocks: Sequence[_Block]) -> Sequence[_Line]:
    return [line for block in blocks for line in block.lines]


def _alt(blocks: Sequence[_Block]) -> str:
    return " ".join(block.alt for block in blocks)


def _height(lines: Sequence[_Line]) -> int:
    return 2 * MARGIN + sum(LINE_HEIGHT if line.text else GAP for line in lines)


def _draw(lines: Sequence[_Line], palette: Palette) -> bytes:
    """Return the lines as a PNG."""
    height = _height(lines)
    figure = new_figure(height, palette)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    y = MARGIN
    for line in lines:
        middle = y + LINE_HEIGHT / 2
        if line.marker:
            axes.plot(MARGIN, middle, line.marker, color=line.colour, markersize=15)
        if line.text:
            weight = "bold" if line.bold else "normal"
            text = axes.text(
                MARGIN + INDENT,
                middle,
                escape_math(line.text),
                color=line.colour,
                va="center",
                fontsize=FONT_SIZE,
                fontweight=weight,
            )
            overflow = text.get_window_extent().width / (WIDTH - 2 * MARGIN - INDENT)
            if overflow > 1:  # a line of wide letters
                text.set_fontsize(FONT_SIZE / overflow)
        y += LINE_HEIGHT if line.text else GAP
    return to_png(figure)


def _heading_block(text: str, palette: Palette) -> _Block:
    lines = [_Line(line, palette.muted, bold=True) for line in textwrap.wrap(text, COLUMNS)]
    return _Block(f"{text}." if text else "", (*lines, _GAP))


def _row_block(section: Section, row: Row, palette: Palette) -> _Block:
    paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
    text, note = f"{row.text} {paragraphs}".strip(), row.note or row.source
    # A square for the article's events, a diamond for later ones: not by colour alone.
    colour, marker = (palette.later, "D") if section.later else (palette.accent, "s")
    lines = [_Line(row.time, colour, bold=True, marker=marker)]
    lines += [_Line(line, palette.text) for line in textwrap.wrap(text, COLUMNS)]
    lines += [_Line(line, palette.muted) for line in textwrap.wrap(note, COLUMNS)]
    return _Block(f"{row.time}: {text}{f' ({note})' if note else ''}", (*lines, _GAP))
