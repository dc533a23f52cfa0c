"""The inbox: questions that had no good answer, cleaned, counted and limited."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from bot.journal import inbox
from bot.journal.journal import Journal
from bot.journal.records import InboxQuestion

DAY = date(2026, 3, 1)


def test_questions_that_differ_only_in_spelling_are_counted_as_one(journal: Journal) -> None:
    """Case, accents, spaces and punctuation make no new question; the dates are those of the first and the last time."""
    journal.inbox.add("Who paid  for it?", "11", DAY)
    journal.inbox.add("who paid for ít", "dm", DAY + timedelta(days=2), "none_of_these")
    journal.inbox.add("who owns it", "dm", DAY)
    assert journal.inbox.questions(10) == [
        InboxQuestion("Who paid for it?", 2, DAY, DAY + timedelta(days=2), "dm", "none_of_these", id=1),
        InboxQuestion("who owns it", 1, DAY, DAY, "dm", "abstain", id=2),
    ]
    assert len(journal.inbox.questions(1)) == 1


def test_a_question_that_was_answered_badly_stands_apart(journal: Journal) -> None:
    """The same words without an answer, and with one that did not help, are two questions."""
    journal.inbox.add("who paid", "dm", DAY)
    journal.inbox.add("Who paid?", "dm", DAY, "not_helpful", "payer")
    journal.inbox.add("who paid", "dm", DAY, "not_helpful", "payer")
    questions = [(question.text, question.entry, question.count) for question in journal.inbox.questions(9)]
    assert questions == [("Who paid?", "payer", 2), ("who paid", "", 1)]


def test_reasons_are_counted_with_the_question_that_the_answer_did_not_help_with(journal: Journal) -> None:
    """However it was typed, and apart from the same question without an answer."""
    journal.inbox.add("who paid", "dm", DAY)
    for _ in range(2):
        journal.inbox.add("Who paid?", "dm", DAY, "not_helpful", "payer")
        journal.inbox.add_reason("who PAID", "11", DAY, "payer", "outdated")
    journal.inbox.add_reason("Who paid?", "11", DAY, "payer", "wrong_source")
    rated, unanswered = journal.inbox.questions(9)
    assert (rated.text, rated.count, rated.place) == ("Who paid?", 2, "dm")
    assert rated.reasons == {"wrong_subject": 0, "wrong_source": 1, "outdated": 2, "not_asked": 0}
    assert set(unanswered.reasons.values()) == {0}


def test_a_settled_question_comes_back_when_its_change_is_undone(journal: Journal) -> None:
    """Or when it is asked in vain again, and is counted anew then."""
    for text in ("who paid", "who paid", "who owns it"):
        journal.inbox.add(text, "dm", DAY)
    assert journal.inbox.settle([1, 2], 7) == 2
    assert journal.inbox.questions(9) == []
    journal.inbox.add("who paid", "dm", DAY)
    assert [(question.text, question.count) for question in journal.inbox.questions(9)] == [("who paid", 1)]
    assert journal.inbox.reopen(7) == 1
    assert journal.inbox.reopen(0) == 0
    assert [question.text for question in journal.inbox.questions(9)] == ["who owns it", "who paid"]


def test_a_dismissed_question_can_be_restored(journal: Journal) -> None:
    """The one that was asked last comes first."""
    journal.inbox.add("who paid", "dm", DAY)
    journal.inbox.add("who owns it", "dm", DAY + timedelta(days=1))
    journal.inbox.dismiss([1, 2])
    assert [question.text for question in journal.inbox.dismissed(9)] == ["who owns it", "who paid"]
    assert journal.inbox.restore([1, 77]) == 1
    assert [question.text for question in journal.inbox.questions(9)] == ["who paid"]


def test_a_reason_brings_its_question_along(journal: Journal) -> None:
    """If it is not in the inbox: it was answered or it expired. A dismissed one stays hidden; no word, no question."""
    journal.inbox.add_reason("Who paid?", "11", DAY, "payer", "not_asked")
    journal.inbox.add_reason("?!", "11", DAY, "payer", "not_asked")
    assert journal.inbox.questions(9) == [
        InboxQuestion("Who paid?", 1, DAY, DAY, "11", "not_helpful", "payer", id=1, not_asked=1)
    ]
    journal.inbox.dismiss([1])
    journal.inbox.add_reason("Who paid?", "11", DAY, "payer", "not_asked")
    assert journal.inbox.questions(9) == []


def test_dismissed_questions_stay_hidden_and_deleted_ones_may_come_back(journal: Journal) -> None:
    """A dismissed question stays hidden when it is asked again; a deleted one comes back under a new id."""
    for text in ("lol", "who paid"):
        journal.inbox.add(text, "dm", DAY)
    assert journal.inbox.dismiss([1]) == 1
    assert journal.inbox.dismiss([1, 77]) == 0
    assert journal.inbox.delete([2, 77]) == 1
    for text in ("LOL", "who paid"):
        journal.inbox.add(text, "dm", DAY)
    assert [(question.text, question.id) for question in journal.inbox.questions(9)] == [("who paid", 3)]


@pytest.mark.parametrize(
    "typed",
    [
        "<@123456789012345678>",
        "<@!1>",
        "123456789012345678",
        "123456789\u200b012345678",
        "123456789\u00ad012345678",
        "<@\u200b123456789012345678>",
        "123456789012345678123456789012345678",
        "000123456789012345678",
        "123,456,789,012,345,678",
        "1234_5678_9012_345678",
        "1\u03012345678901234567",
        "１２３４５６７８９０１２３４５６７８",
        "¹²³⁴⁵⁶⁷⁸⁹⁰¹²³⁴⁵⁶⁷⁸",
    ],
)
def test_ids_of_people_are_removed(journal: Journal, typed: str) -> None:
    """A mention or a bare id would say who is meant, whatever stands before or between its digits."""
    journal.inbox.add(f"ask {typed} why", "dm", DAY)
    assert [question.text for question in journal.inbox.questions(9)] == ["ask @someone why"]


@pytest.mark.parametrize("typed", ["in 2019 2020 2021 2022 2023", "call 0123-456-7890"])
def test_other_numbers_stay(journal: Journal, typed: str) -> None:
    """Years and short numbers are part of the question."""
    journal.inbox.add(typed, "dm", DAY)
    assert [question.text for question in journal.inbox.questions(9)] == [typed]


@pytest.mark.parametrize("typed", ["", "?!", "\x00", "😀"])
def test_a_question_needs_a_word(journal: Journal, typed: str) -> None:
    """Nothing is kept that nobody could answer."""
    journal.inbox.add(typed, "dm", DAY)
    assert journal.inbox.questions(9) == []


@pytest.mark.parametrize("typed", ["你好吗", "\ud800 why", "why " * 3000, "'; drop table unanswered; --"])
def test_any_text_can_be_stored(journal: Journal, typed: str) -> None:
    """Other scripts, lone surrogates, 12,000 characters and SQL are stored as text, cut to 500 characters."""
    journal.inbox.add(typed, "dm", DAY)
    assert 0 < len(journal.inbox.questions(9)[0].text) <= 500


def test_hidden_characters_are_removed(journal: Journal) -> None:
    """A question may become part of the base, which accepts none."""
    journal.inbox.add("who \u202epaid\x1b[2J Z" + "\u0301" * 9, "dm", DAY)
    assert [question.text for question in journal.inbox.questions(9)] == ["who paid [2J Z" + "\u0301" * 4]


def test_null_characters_are_replaced(journal: Journal) -> None:
    """PostgreSQL refuses them."""
    journal.inbox.add("why\x00not", "dm", DAY)
    assert [question.text for question in journal.inbox.questions(9)] == ["why not"]


def test_the_number_of_questions_is_limited(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit those asked longest ago are deleted among equally frequent ones, so that nobody can fill the disk."""
    monkeypatch.setattr(inbox, "MAX_QUESTIONS", 2)
    for number, word in enumerate(("one", "two", "three")):
        journal.inbox.add(word, "dm", DAY + timedelta(days=number))
    assert sorted(question.text for question in journal.inbox.questions(9)) == ["three", "two"]


def test_a_flood_of_new_questions_does_not_displace_the_frequent_ones(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long ago a question was asked last: what is asked once goes first."""
    monkeypatch.setattr(inbox, "MAX_QUESTIONS", 3)
    for _ in range(2):
        journal.inbox.add("who paid", "dm", DAY)
    for number in range(9):
        journal.inbox.add(f"flood {number}", "dm", DAY + timedelta(days=1))
    assert [question.text for question in journal.inbox.questions(9)] == ["who paid", "flood 7", "flood 8"]


def test_threads_lose_no_count(journal: Journal) -> None:
    """The front end writes from several threads."""
    threads = [threading.Thread(target=journal.inbox.add, args=("who paid", "dm", DAY)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.inbox.questions(1)[0].count == 20
    journal.close()
