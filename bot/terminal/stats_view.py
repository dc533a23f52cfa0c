"""`pilcrow kb stats`: the figures as a table, or drawn."""

import argparse
from datetime import UTC, datetime, timedelta

from rich.markup import escape
from rich.table import Table

from bot.errors import EditError
from bot.journal import stats
from bot.journal.journal import Journal
from bot.journal.stats import Stats
from bot.story.models import Story
from bot.terminal import confirm
from bot.terminal.console import console, say

ROWS = 25
"""Entries listed."""
BAR = 30
"""Characters of the longest bar."""


def show(journal: Journal, story: Story, options: argparse.Namespace) -> None:
    """Prints the figures of the days asked for, or draws them. Raises EditError, JournalError."""
    if not 1 <= options.days <= 3650:
        raise EditError("--days has to be a number from 1 to 3650")
    last = datetime.now(UTC).date()
    first = last - timedelta(days=options.days - 1)
    figures = stats.compute(journal.outcomes.all(), journal.feedback.totals(first), story, first, last)
    if options.plot:
        from bot.charts import stats_chart

        drawn = stats_chart.draw_stats(figures, options.theme)
        confirm.write(options.plot, drawn.png)
        say(f"{options.plot}: {drawn.alt}")
        return
    screen = console()
    screen.print(_times(figures))
    if figures.entries:
        screen.print(_entries(figures))


def _times(figures: Stats) -> Table:
    table = Table("week of" if figures.weekly else "day", title=f"Asked from {figures.first} to {figures.last}")
    for name in ("asked", "answered", "offered", "missed"):
        table.add_column(name, justify="right")
    table.add_column("")
    most = max((one.asked for one in figures.periods.values()), default=0)
    for time, one in figures.periods.items():
        if one.asked:
            bar = "█" * max(1, round(BAR * one.asked / most))
            table.add_row(str(time), *map(str, (one.asked, one.answered, one.offered, one.missed)), bar)
    total = figures.total
    table.add_section()
    table.add_row("in all", *map(str, (total.asked, total.answered, total.offered, total.missed)), "")
    return table


def _entries(figures: Stats) -> Table:
    table = Table("entry", "question", title="By entry")
    for name in ("answered", "helpful", "not"):
        table.add_column(name, justify="right")
    for one in figures.entries[:ROWS]:
        table.add_row(one.id, escape(one.question), *map(str, (one.answered, one.helpful, one.unhelpful)))
    if len(figures.entries) > ROWS:
        table.caption = f"and {len(figures.entries) - ROWS} more"
    return table
