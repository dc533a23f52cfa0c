"""The statistics as a picture: questions over time by outcome, and the entries that answered most.

Each outcome has a hatch pattern of its own, so that nothing rests on colour alone.
"""

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.charts.picture import PALETTES, Palette, Picture, Theme, escape_math, new_figure, to_png, truncate_alt
from bot.journal.stats import EntryStats, Stats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ENTRIES = 8
"""Entries in the picture."""
MAX_ALT_ENTRIES = 4
"""Entries in its alt text."""
HEIGHT = 1200
FONT_SIZE = 22.0
LABEL_COLUMNS = 34
"""Characters of a question to a line."""
MAX_TICKS = 6
"""Dates below the bars."""


def draw_stats(stats: Stats, theme: Theme) -> Picture:
    """Return the statistics as a picture."""
    palette = PALETTES[theme]
    figure = new_figure(HEIGHT, palette)
    above, below = figure.subplots(2, 1, height_ratios=(5, 6))
    _draw_periods(above, stats, palette)
    _draw_entries(below, [entry for entry in stats.entries if entry.answered][:MAX_ENTRIES], palette)
    figure.subplots_adjust(left=0.1, right=0.96, top=0.93, bottom=0.04, hspace=0.34)
    below.set_position((0.5, 0.04, 0.44, 0.41))
    return Picture(to_png(figure), alt_text(stats))


def alt_text(stats: Stats) -> str:
    """Return the statistics in words, cut to the limit."""
    total = stats.total
    text = (
        f"Questions from {stats.first} to {stats.last}: {total.asked} asked, {total.answered} answered, "
        f"{total.offered} offered a choice, {total.missed} missed."
    )
    top = [f"{entry.question} {entry.answered}" for entry in stats.entries if entry.answered][:MAX_ALT_ENTRIES]
    return truncate_alt(text + (f" Most answered: {'; '.join(top)}." if top else ""))


def _draw_periods(axes: "Axes", stats: Stats, palette: Palette) -> None:
    """Draw a stacked bar for each day or week."""
    from matplotlib.ticker import MaxNLocator

    days, totals = list(stats.periods), list(stats.periods.values())
    outcomes: Sequence[tuple[str, list[int], str, str]] = (
        ("answered", [total.answered for total in totals], palette.accent, ""),
        ("offered a choice", [total.offered for total in totals], palette.muted, ".."),
        ("missed", [total.missed for total in totals], palette.later, "//"),
    )
    bottom = [0] * len(days)
    for name, heights, colour, hatch in outcomes:
        label = f"{name} {sum(heights)}"
        x = range(len(days))
        axes.bar(x, heights, bottom=bottom, label=label, color=colour, hatch=hatch, edgecolor=palette.background)
        bottom = [low + high for low, high in zip(bottom, heights, strict=True)]
    step = -(-len(days) // MAX_TICKS)
    axes.set_xticks(range(0, len(days), step), [_date_label(day) for day in days[::step]])
    axes.set_ylim(0, max(*bottom, 1) * 1.3)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    title = f"Asked: {stats.total.asked}, by {'week' if stats.weekly else 'day'}"
    axes.set_title(title, color=palette.text, fontsize=FONT_SIZE + 2, fontweight="bold", loc="left", pad=14)
    axes.legend(
        loc="upper left", ncols=3, frameon=False, fontsize=FONT_SIZE - 4, labelcolor=palette.text, columnspacing=1.0
    )
    _style(axes, palette)


def _draw_entries(axes: "Axes", entries: Sequence[EntryStats], palette: Palette) -> None:
    """Draw a horizontal bar for each entry."""
    rows, counts = range(len(entries)), [entry.answered for entry in entries]
    bars = axes.barh(rows, counts, color=palette.accent)
    axes.bar_label(bars, list(map(str, counts)), padding=6, color=palette.text, fontsize=FONT_SIZE - 2)
    labels = [textwrap.fill(entry.question, LABEL_COLUMNS, max_lines=2, placeholder="…") for entry in entries]
    axes.set_yticks(rows, list(map(escape_math, labels)))
    axes.set_ylim(max(len(entries), 3) - 0.4, -0.6)
    axes.set_xlim(0, max(counts, default=1) * 1.15)
    title = "Answered most" if entries else "Nothing was answered"
    position = axes.figure.transFigure
    axes.text(0.1, 0.455, title, color=palette.text, fontsize=FONT_SIZE + 2, fontweight="bold", transform=position)
    _style(axes, palette)
    axes.tick_params(axis="y", labelsize=FONT_SIZE - 6)
    axes.xaxis.set_visible(False)


def _style(axes: "Axes", palette: Palette) -> None:
    axes.set_facecolor(palette.background)
    axes.tick_params(colors=palette.text, labelsize=FONT_SIZE - 4, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _date_label(day: date) -> str:
    return f"{day.day} {day:%b}"
