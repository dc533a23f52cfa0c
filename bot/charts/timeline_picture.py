"""The timeline as a picture, in the colours of Discord's dark and light themes, wide enough to read on a phone.

matplotlib is loaded only here and only to draw; a front end that lives long draws in another process.
"""

import textwrap
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Literal, get_args

from msgspec import Struct

from bot.answering.views import Row, Section, View
from bot.i18n.view_messages import READING

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = get_args(Theme)
ALT_TEXT = 1024
"""Characters of the text that describes a picture: Discord's limit for an attachment."""
WIDTH = 1080
"""Pixels; about three times the width of a phone's message, so that the text is sharp when it is shown smaller."""
DOTS = 100
"""Pixels to the inch, by which matplotlib counts."""
TEXT = 26.0
"""Size of the text in points; 36 pixels here, about 12 on a phone."""
LINE = 48
"""Pixels from line to line."""
COLUMNS = 48
"""Characters to a line."""
MARGIN = 56
GAP = 26
INDENT = 40
TITLE = 60
"""Characters of the text for a screen reader that are left for the title."""
TALLEST = 2200
"""Pixels of one picture in a message: a taller one is shown too small to read."""


class Colours(Struct, frozen=True):
    """What each part is drawn in; text against ground has a contrast of 7:1 or more (WCAG 2.2, 1.4.6)."""

    ground: str
    text: str
    faint: str
    told: str
    later: str


COLOURS: Mapping[Theme, Colours] = {
    "dark": Colours(ground="#1e1f22", text="#f2f3f5", faint="#b5bac1", told="#8ab4ff", later="#f0b86c"),
    "light": Colours(ground="#ffffff", text="#1e1f22", faint="#4e5058", told="#1a4fa3", later="#7a4a00"),
}


class Picture(Struct, frozen=True):
    """One picture, and what a screen reader says of it: all that is drawn."""

    png: bytes
    alt: str


class _Drawn(Struct, frozen=True):
    """One line of text to draw: what, in which colour, bold or not, and whether a mark stands beside it."""

    text: str
    colour: str
    bold: bool = False
    mark: str = ""


_SPACE, _TITLE = _Drawn("", ""), _Drawn("¶", "")


class _Block(Struct, frozen=True):
    """What belongs together on one picture, and what a screen reader says of it."""

    said: str
    lines: tuple[_Drawn, ...]


def timeline(reading: View, theme: Theme, tallest: int | None = TALLEST) -> tuple[Picture, ...]:
    """The reading as PNGs, one after another (`tallest` None: a single one).

    Each is at most `tallest` pixels high, and its text for a screen reader is no longer than Discord takes; one that
    goes on from the one before says so.
    """
    colours = COLOURS[theme]
    pages: list[list[_Block]] = [[]]
    for section in reading.sections:
        for number, row in enumerate(section.rows):
            block = _block(section, row, colours)
            start = [] if number else [_heading(section.heading, colours)]
            if tallest is not None and pages[-1] and not _fit([*pages[-1], *start, block], tallest):
                pages.append([])
                again = READING[reading.language].continued.format(section.heading)
                start = [_heading(again if number else section.heading, colours)]
            pages[-1] += [*start, block]
    many = READING[reading.language].of_pages
    drawn = []
    for number, page in enumerate(pages, 1):
        title = reading.title if len(pages) == 1 else many.format(reading.title, number, len(pages))
        blocks = [_Block(f"{title}.", (_Drawn(title, colours.text, bold=True), _SPACE)), *page]
        alt = _said(blocks)
        if tallest is not None and len(alt) > ALT_TEXT:
            alt = f"{alt[: ALT_TEXT - 1]}…"  # one row that is longer than that by itself
        drawn.append(Picture(_drawn(_lines(blocks), colours), alt))
    return tuple(drawn)


def _fit(blocks: Sequence[_Block], tallest: int) -> bool:
    """Whether these go on one picture, with room for its title."""
    return _height([_TITLE, _SPACE, *_lines(blocks)]) <= tallest and len(_said(blocks)) <= ALT_TEXT - TITLE


def _lines(blocks: Sequence[_Block]) -> Sequence[_Drawn]:
    return [line for block in blocks for line in block.lines]


def _said(blocks: Sequence[_Block]) -> str:
    return " ".join(block.said for block in blocks)


def _height(lines: Sequence[_Drawn]) -> int:
    return 2 * MARGIN + sum(LINE if line.text else GAP for line in lines)


def _drawn(lines: Sequence[_Drawn], colours: Colours) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _height(lines)
    figure = Figure(figsize=(WIDTH / DOTS, height / DOTS), dpi=DOTS, facecolor=colours.ground)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    FigureCanvasAgg(figure)
    y = MARGIN
    for line in lines:
        middle = y + LINE / 2
        if line.mark:
            axes.plot(MARGIN, middle, line.mark, color=line.colour, markersize=15)
        if line.text:
            text = line.text.replace("$", r"\$")  # matplotlib would set what is between two of them as a formula
            weight = "bold" if line.bold else "normal"
            shown = axes.text(
                MARGIN + INDENT, middle, text, color=line.colour, va="center", fontsize=TEXT, fontweight=weight
            )
            wide = shown.get_window_extent().width / (WIDTH - 2 * MARGIN - INDENT)
            if wide > 1:  # a line of wide letters
                shown.set_fontsize(TEXT / wide)
        y += LINE if line.text else GAP
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _heading(text: str, colours: Colours) -> _Block:
    lines = [_Drawn(one, colours.faint, bold=True) for one in textwrap.wrap(text, COLUMNS)]
    return _Block(f"{text}." if text else "", (*lines, _SPACE))


def _block(section: Section, row: Row, colours: Colours) -> _Block:
    paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
    text, note = f"{row.text} {paragraphs}".strip(), row.note or row.source
    # A square for what the article tells, a diamond for what came later: not by colour alone.
    colour, mark = (colours.later, "D") if section.later else (colours.told, "s")
    lines = [_Drawn(row.time, colour, bold=True, mark=mark)]
    lines += [_Drawn(one, colours.text) for one in textwrap.wrap(text, COLUMNS)]
    lines += [_Drawn(one, colours.faint) for one in textwrap.wrap(note, COLUMNS)]
    return _Block(f"{row.time}: {text}{f' ({note})' if note else ''}", (*lines, _SPACE))
