"""What all pictures share: their format, the themes they are drawn in, and how a matplotlib figure becomes a PNG.

matplotlib is imported only to draw; a front end that runs for long draws in another process (see `renderer`).
"""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from bot.errors import shorten

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = get_args(Theme)
MAX_ALT_TEXT = 1024
"""Characters of a picture's alt text: Discord's limit for an attachment."""
WIDTH = 1080
"""Pixels; three times the width of a message on a phone, so that text is sharp when scaled down."""
DPI = 100
"""Pixels to the inch; matplotlib measures figures in inches."""


class Palette(Struct, frozen=True):
    """The colours of a theme; text against the background has a contrast of 7:1 or more (WCAG 2.2, 1.4.6)."""

    background: str
    text: str
    muted: str
    accent: str
    later: str
    """For what happened after the article."""


PALETTES: Mapping[Theme, Palette] = {
    "dark": Palette(background="#1e1f22", text="#f2f3f5", muted="#b5bac1", accent="#8ab4ff", later="#f0b86c"),
    "light": Palette(background="#ffffff", text="#1e1f22", muted="#4e5058", accent="#1a4fa3", later="#7a4a00"),
}
"""By theme, in the colours of Discord's own themes."""


class Picture(Struct, frozen=True):
    """A PNG and its alt text."""

    png: bytes
    alt: str


def new_figure(height: int, palette: Palette) -> "Figure":
    """Return an empty figure, WIDTH by `height` pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=palette.background)
    FigureCanvasAgg(figure)
    return figure


def to_png(figure: "Figure") -> bytes:
    """Return a figure as a PNG file."""
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def truncate_alt(text: str) -> str:
    """Return an alt text cut to the limit."""
    return shorten(text, MAX_ALT_TEXT)


def escape_math(text: str) -> str:
    """Return text with dollar signs escaped: matplotlib typesets what stands between two of them as a formula."""
    return text.replace("$", r"\$")
