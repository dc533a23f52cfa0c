"""The figures as a picture: what was asked over time and how it came out, and which answers were given most.

In the colours of Discord's themes, as `bot.charts.timeline_picture`; each outcome has a pattern of its own too, so that nothing rests on
colour alone.
"""

import textwrap
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

from bot.charts.timeline_picture import ALT_TEXT, COLOURS, DOTS, WIDTH, Colours, Picture, Theme
from bot.journal.stats import EntryStats, Stats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP = 8
"""Entries that are drawn."""
NAMED = 4
"""Entries that the picture's description names."""
HEIGHT = 1200
TEXT = 22.0
LABEL = 34
"""Characters of a question to a line."""
TICKS = 6
"""Days that are named below the bars."""


def stats(figures: Stats, theme: Theme) -> Picture:
    """The picture of some figures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    colours = COLOURS[theme]
    figure = Figure(figsize=(WIDTH / DOTS, HEIGHT / DOTS), dpi=DOTS, facecolor=colours.ground)
    above, below = figure.subplots(2, 1, height_ratios=(5, 6))
    _times(above, figures, colours)
    _entries(below, [one for one in figures.entries if one.answered][:TOP], colours)
    figure.subplots_adjust(left=0.1, right=0.96, top=0.93, bottom=0.04, hspace=0.34)
    below.set_position((0.5, 0.04, 0.44, 0.41))
    file = BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(file, format="png")
    return Picture(file.getvalue(), description(figures))


def description(figures: Stats) -> str:
    """What a screen reader says of it, cut to Discord's limit."""
    total = figures.total
    text = (
        f"Questions from {figures.first} to {figures.last}: {total.asked} asked, {total.answered} answered, "
        f"{total.offered} offered a choice, {total.missed} missed."
    )
    top = [f"{one.question} {one.answered}" for one in figures.entries if one.answered][:NAMED]
    text += f" Most answered: {'; '.join(top)}." if top else ""
    return text if len(text) <= ALT_TEXT else f"{text[: ALT_TEXT - 1]}…"


def _times(axes: "Axes", figures: Stats, colours: Colours) -> None:
    from matplotlib.ticker import MaxNLocator

    days = list(figures.periods)
    rows = list(figures.periods.values())
    kinds: Sequence[tuple[str, list[int], str, str]] = (
        ("answered", [one.answered for one in rows], colours.told, ""),
        ("offered a choice", [one.offered for one in rows], colours.faint, ".."),
        ("missed", [one.missed for one in rows], colours.later, "//"),
    )
    below = [0] * len(days)
    for label, heights, colour, pattern in kinds:
        named = f"{label} {sum(heights)}"
        axes.bar(
            range(len(days)), heights, bottom=below, label=named, color=colour, hatch=pattern, edgecolor=colours.ground
        )
        below = [low + high for low, high in zip(below, heights, strict=True)]
    each = -(-len(days) // TICKS)
    axes.set_xticks(range(0, len(days), each), [_named(day) for day in days[::each]])
    axes.set_ylim(0, max(*below, 1) * 1.3)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    title = f"Asked: {figures.total.asked}, by {'week' if figures.weekly else 'day'}"
    axes.set_title(title, color=colours.text, fontsize=TEXT + 2, fontweight="bold", loc="left", pad=14)
    axes.legend(loc="upper left", ncols=3, frameon=False, fontsize=TEXT - 4, labelcolor=colours.text, columnspacing=1.0)
    _plain(axes, colours)


def _entries(axes: "Axes", listed: Sequence[EntryStats], colours: Colours) -> None:
    names = [textwrap.fill(one.question, LABEL, max_lines=2, placeholder="…") for one in listed]
    bars = axes.barh(range(len(listed)), [one.answered for one in listed], color=colours.told)
    axes.bar_label(bars, [str(one.answered) for one in listed], padding=6, color=colours.text, fontsize=TEXT - 2)
    # matplotlib would set what is between two of these signs as a formula
    axes.set_yticks(range(len(listed)), [name.replace("$", r"\$") for name in names])
    axes.set_ylim(max(len(listed), 3) - 0.4, -0.6)
    axes.set_xlim(0, max([one.answered for one in listed], default=1) * 1.15)
    title = "Answered most" if listed else "Nothing was answered"
    axes.text(
        0.1, 0.455, title, color=colours.text, fontsize=TEXT + 2, fontweight="bold", transform=axes.figure.transFigure
    )
    _plain(axes, colours)
    axes.tick_params(axis="y", labelsize=TEXT - 6)
    axes.xaxis.set_visible(False)


def _plain(axes: "Axes", colours: Colours) -> None:
    axes.set_facecolor(colours.ground)
    axes.tick_params(colors=colours.text, labelsize=TEXT - 4, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _named(day: date) -> str:
    return f"{day.day} {day:%b}"
