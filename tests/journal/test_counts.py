"""Counts of outcomes and of feedback."""

from __future__ import annotations

from datetime import date, timedelta

from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount

DAY = date(2026, 3, 1)


def test_outcomes_are_counted_by_day_entry_and_outcome(journal: Journal) -> None:
    """Counts of the same day, entry and outcome are added up."""
    later = DAY + timedelta(days=1)
    journal.outcomes.add([OutcomeCount(DAY, "riding", "answer", 2), OutcomeCount(DAY, "", "abstain", 1)])
    journal.outcomes.add([OutcomeCount(DAY, "riding", "answer", 3), OutcomeCount(later, "riding", "answer", 1)])
    assert journal.outcomes.all() == [
        OutcomeCount(DAY, "", "abstain", 1),
        OutcomeCount(DAY, "riding", "answer", 5),
        OutcomeCount(later, "riding", "answer", 1),
    ]


def test_feedback_is_counted_by_entry(journal: Journal) -> None:
    """Helpful and not helpful are counted apart, days are added up."""
    for helpful, day in ((True, DAY), (True, DAY), (False, DAY), (True, DAY + timedelta(days=1))):
        journal.feedback.add("riding-name", helpful=helpful, day=day)
    assert journal.feedback.totals() == {"riding-name": (3, 1)}
