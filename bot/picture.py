"""The timeline as a picture, in the colours of Discord's dark and light themes, wide enough to read on a phone.

matplotlib is loaded only here and only to draw; a front end that lives long draws in another process.
"""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Literal, get_args

from bot.limits import ALT_TEXT
from bot.reading import LATER, Reading, Row

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = get_args(Theme)
WIDTH = 1080
"""Pixels; about three times the width of a phone's message, so that the text is sharp when it is shown smaller."""
DOTS = 100
"""Pixels to the inch, by which matplotlib counts."""
TEXT = 26.0
"""Size of the text in points; 36 pixels here, about 12 on a phone."""
LINE = 48
"""Pixels from line to line."""
COLUMNS = 50
"""Characters to a line."""
MARGIN = 56
GAP = 26
INDENT = 40
TALLEST = 2200
"""Pixels of one picture in a message: a taller one is shown too small to read."""


@dataclass(frozen=True, slots=True)
class Colours:
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


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, and what a screen reader says of it, cut to Discord's limit."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One line of text to draw: what, in which colour, bold or not, and whether a mark stands beside it."""

    text: str
    colour: str
    bold: bool = False
    mark: str = ""


def timeline(reading: Reading, theme: Theme, tallest: int | None = TALLEST) -> tuple[Picture, ...]:
    """The reading as PNGs, one after another, each at most `tallest` pixels high (None: a single one)."""
    colours = COLOURS[theme]
    pages: list[list[_Drawn]] = [[]]
    spoken: list[list[str]] = [[]]
    for text, block in _blocks(reading, colours):
        if tallest is not None and pages[-1] and _height([*pages[-1], *block]) > tallest:
            pages.append([])
            spoken.append([])
        pages[-1] += block
        spoken[-1].append(text)
    return tuple(Picture(_drawn(page, colours), _alt(said)) for page, said in zip(pages, spoken, strict=True))


def _alt(spoken: Sequence[str]) -> str:
    text = " ".join(spoken)
    return text if len(text) <= ALT_TEXT else f"{text[: ALT_TEXT - 1]}…"


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
    y = MARGIN
    for line in lines:
        middle = y + LINE / 2
        if line.mark:
            axes.plot(MARGIN, middle, line.mark, color=line.colour, markersize=15)
        if line.text:
            text = line.text.replace("$", r"\$")  # matplotlib would set what is between two of them as a formula
            weight = "bold" if line.bold else "normal"
            axes.text(MARGIN + INDENT, middle, text, color=line.colour, va="center", fontsize=TEXT, fontweight=weight)
        y += LINE if line.text else GAP
    file = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png")
    return file.getvalue()


def _blocks(reading: Reading, colours: Colours) -> Iterator[tuple[str, Sequence[_Drawn]]]:
    """What belongs together on one picture, with what is said of it: the title, and each row, the first with its heading."""
    yield f"{reading.title}.", [_Drawn(reading.title, colours.text, bold=True), _Drawn("", "")]
    for section in reading.sections:
        head = [_Drawn(text, colours.faint, bold=True) for text in textwrap.wrap(section.heading, COLUMNS)]
        for number, row in enumerate(section.rows):
            start = [] if number else [*head, _Drawn("", "")]
            said = f"{row.time}: {row.text}" if number else f"{section.heading}. {row.time}: {row.text}"
            yield said, [*start, *_row(row, colours, later=section.heading == LATER)]


def _row(row: Row, colours: Colours, *, later: bool) -> Sequence[_Drawn]:
    paragraphs = " ".join(f"¶{citation.paragraph}" for citation in row.citations)
    # A square for what the article tells, a diamond for what came later: not by colour alone.
    head = _Drawn(row.time, colours.later if later else colours.told, bold=True, mark="D" if later else "s")
    text = [_Drawn(one, colours.text) for one in textwrap.wrap(f"{row.text} {paragraphs}".strip(), COLUMNS)]
    note = [_Drawn(one, colours.faint) for one in textwrap.wrap(row.note or row.source, COLUMNS)]
    return [head, *text, *note, _Drawn("", "")]
