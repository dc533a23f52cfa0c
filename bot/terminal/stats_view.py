"""`pilcrow kb stats`: the statistics as tables, or as a chart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.table import Table

from bot.charts.picture import Theme
from bot.errors import EditError
from bot.journal.journal import Journal
from bot.journal.stats import Stats, Totals, compute_stats
from bot.story.models import Story
from bot.terminal import user_files
from bot.terminal.console import rich_console, write_line

MAX_DAYS = 3650
ENTRIES_LISTED = 25
BAR_WIDTH = 30
"""Characters of the longest bar."""


def show(journal: Journal, story: Story, *, days: int, plot: Path | None, theme: Theme) -> None:
    """Print the statistics of the last `days` days, or save them as a chart. Raise EditError, JournalError."""
    if not 1 <= days <= MAX_DAYS:
        raise EditError(f"--days has to be a number from 1 to {MAX_DAYS}")
    last = datetime.now(UTC).date()
    first = last - timedelta(days=days - 1)
    stats = compute_stats(journal.outcomes.all(), journal.feedback.totals(first), story, first, last)
    if plot:
        from bot.charts import stats_chart

        chart = stats_chart.draw_stats(stats, theme)
        user_files.write(plot, chart.png)
        write_line(f"{plot}: {chart.alt}")
        return
    console = rich_console()
    console.print(_time_table(stats))
    if stats.entries:
        console.print(_entry_table(stats))


def _time_table(stats: Stats) -> Table:
    table = Table("week of" if stats.weekly else "day", title=f"Questions from {stats.first} to {stats.last}")
    for name in ("asked", "answered", "offered", "missed"):
        table.add_column(name, justify="right")
    table.add_column("")
    highest = max((counts.asked for counts in stats.periods.values()), default=0)
    for day, counts in stats.periods.items():
        if counts.asked:
            bar = "█" * max(1, round(BAR_WIDTH * counts.asked / highest))
            table.add_row(str(day), *_cells(counts), bar)
    table.add_section()
    table.add_row("total", *_cells(stats.total), "")
    return table


def _cells(counts: Totals) -> tuple[str, ...]:
    return tuple(map(str, (counts.asked, counts.answered, counts.offered, counts.missed)))


def _entry_table(stats: Stats) -> Table:
    table = Table("entry", "question", title="By entry")
    for name in ("answered", "helpful", "not helpful"):
        table.add_column(name, justify="right")
    for entry in stats.entries[:ENTRIES_LISTED]:
        table.add_row(entry.id, entry.question, *map(str, (entry.answered, entry.helpful, entry.unhelpful)))
    if len(stats.entries) > ENTRIES_LISTED:
        table.caption = f"and {len(stats.entries) - ENTRIES_LISTED} more"
    return table
