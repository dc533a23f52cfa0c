"""Statistics of what was asked and how it came out: in total, by day or week, and by entry."""

from datetime import date, timedelta

from bot.journal.records import OutcomeCount
from bot.journal.stats import EntryStats, Totals, compute_stats
from tests.support.small_story import small_story

DAY = date(2026, 3, 1)
COUNTS = (
    OutcomeCount(DAY - timedelta(days=1), "keeper-place", "answer", 7),
    OutcomeCount(DAY, "keeper-place", "answer", 2),
    OutcomeCount(DAY, "keeper-left", "answer", 5),
    OutcomeCount(DAY, "", "abstain", 1),
    OutcomeCount(DAY + timedelta(days=2), "", "clarify", 3),
    OutcomeCount(DAY + timedelta(days=2), "gone", "answer", 1),
)


def test_totals_by_day_and_by_entry() -> None:
    """Days have no gaps; entries come busiest first, a removed one by its id."""
    stats = compute_stats(
        COUNTS, {"keeper-left": (2, 1), "lamp-taken": (0, 4)}, small_story(), DAY, DAY + timedelta(days=2)
    )
    assert (stats.total, stats.total.asked) == (Totals(answered=8, offered=3, missed=1), 12)
    assert dict(stats.periods) == {
        DAY: Totals(answered=7, missed=1),
        DAY + timedelta(days=1): Totals(),
        DAY + timedelta(days=2): Totals(answered=1, offered=3),
    }
    assert stats.entries == (
        EntryStats("keeper-left", "When did Ada Quill leave the lighthouse?", 5, 2, 1),
        EntryStats("keeper-place", "Where is the lighthouse?", 2, 0, 0),
        EntryStats("gone", "gone", 1, 0, 0),
        EntryStats("lamp-taken", "What is Ada Quill accused of?", 0, 0, 4),
    )
    assert not stats.weekly


def test_many_days_are_grouped_by_week() -> None:
    """Only whole weeks, up to the last day: part of a week would look like a slump."""
    stats = compute_stats(COUNTS, {}, small_story(), DAY - timedelta(days=99), DAY)
    assert stats.weekly
    assert list(stats.periods)[-1] == DAY - timedelta(days=6)
    assert stats.first == next(iter(stats.periods)) == DAY - timedelta(days=97)
    assert stats.periods[DAY - timedelta(days=6)] == Totals(answered=14, missed=1)
