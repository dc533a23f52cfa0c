"""What is asked in a trial."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.journal import collected
from bot.journal.journal import Journal
from bot.journal.records import CollectedQuestion

if TYPE_CHECKING:
    import pytest

DAY = date(2026, 3, 1)


def test_questions_are_counted_by_their_answer_and_what_was_said_of_it(journal: Journal) -> None:
    """Spelling aside; the most frequent come first."""
    journal.collected.add("Who paid?", DAY)
    journal.collected.add("where is it", DAY, "place", "right")
    journal.collected.add("WHERE is it?", DAY + timedelta(days=1), "place", "right")
    journal.collected.add("where is it", DAY, "place", "wrong")
    journal.collected.add("?!", DAY)
    assert journal.collected.questions(9) == [
        CollectedQuestion("where is it", 2, DAY + timedelta(days=1), "place", "right", 2),
        CollectedQuestion("Who paid?", 1, DAY, "", "none", 1),
        CollectedQuestion("where is it", 1, DAY, "place", "wrong", journal.collected.questions(9)[2].id),
    ]


def test_dismissed_questions_stay_hidden_and_deleted_ones_may_come_back(journal: Journal) -> None:
    """As in the inbox."""
    for text in ("who paid", "who owns it"):
        journal.collected.add(text, DAY)
    paid, owns = journal.collected.questions(9)
    assert (journal.collected.dismiss([paid.id]), journal.collected.dismiss([paid.id])) == (1, 0)
    assert journal.collected.delete([owns.id]) == 1
    for text in ("who paid", "who owns it"):
        journal.collected.add(text, DAY)
    assert [question.text for question in journal.collected.questions(9)] == ["who owns it"]


def test_old_questions_are_deleted_with_those_of_the_inbox(journal: Journal) -> None:
    """The bot's daily clean-up takes both."""
    journal.collected.add("who paid", DAY)
    journal.collected.add("who owns it", DAY + timedelta(days=9))
    assert journal.delete_before(DAY + timedelta(days=1), DAY, DAY) == 1
    assert [question.text for question in journal.collected.questions(9)] == ["who owns it"]


def test_nobody_is_named(journal: Journal) -> None:
    """Ids of people are left out, as in the inbox."""
    journal.collected.add("did <@123456789012345678> pay", DAY)
    assert [question.text for question in journal.collected.questions(9)] == ["did @someone pay"]


def test_the_number_of_questions_is_limited(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those asked longest ago go first."""
    monkeypatch.setattr(collected, "MAX_QUESTIONS", 2)
    for day in range(3):
        journal.collected.add(f"question {'abc'[day]}", DAY + timedelta(days=day))
    assert [question.text for question in journal.collected.questions(9)] == ["question c", "question b"]
