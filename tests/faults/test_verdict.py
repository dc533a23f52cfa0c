"""The verdict on a run with killed processes: lost, doubled and wrong answers are problems."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.crowd import UNANSWERABLE, Question
from tests.faults.verdict import JournalCounts, Outage, check_answers, check_journal

UNKNOWN = Question(0, "unknown", "pizza 1", asked_at=10.0, answered_at=10.1)
BOTH = [replace(UNKNOWN, text=UNANSWERABLE, kind="shared", shard=shard) for shard in (0, 1)]
VOTE = Question(1, "vote", "keeper-left", asked_at=10.0, answered_at=10.1)
QUESTIONS = [UNKNOWN, *BOTH, VOTE, Question(1, "known", "where", asked_at=10.0, answered_at=10.1)]
COMPLETE = JournalCounts({"pizza 1": 1, UNANSWERABLE: 2}, votes=1, questions=4)
KILL = Outage(0, 10.5, 14.0)


def test_a_complete_run_has_no_problem() -> None:
    """Every question is answered, and counted as often as it was asked."""
    assert check_answers(QUESTIONS, []) == []
    assert check_journal(QUESTIONS, [], COMPLETE) == []


def test_missing_answer_of_a_process_that_was_up_is_a_problem() -> None:
    """An answer may be missing where the process was down when the question was asked, or before its answer."""
    missing = replace(UNKNOWN, answered_at=None, given_up_at=13.0)
    assert check_answers([missing], []) == ["no answer on shard 0, which was up: pizza 1"]
    assert check_answers([missing], [KILL]) == []
    assert check_answers([missing], [replace(KILL, shard=1)]) == ["no answer on shard 0, which was up: pizza 1"]
    assert check_answers([replace(missing, asked_at=15.0, given_up_at=18.0)], [KILL]) == [
        "no answer on shard 0, which was up: pizza 1"
    ]
    assert check_answers([missing], [replace(KILL, shard=None)]) == ["no answer on shard 0, which was up: pizza 1"]


def test_wrong_answer_is_a_problem() -> None:
    """An outage is no excuse."""
    assert check_answers([replace(UNKNOWN, correct=False)], [KILL]) == ["a wrong answer on shard 0: pizza 1"]


@pytest.mark.parametrize(
    ("journal", "problem"),
    [
        (replace(COMPLETE, inbox={UNANSWERABLE: 2}), "pizza 1: the journal has 0, asked 1 times, 1 of them for sure"),
        (
            replace(COMPLETE, inbox={"pizza 1": 2, UNANSWERABLE: 2}),
            "pizza 1: the journal has 2, asked 1 times, 1 of them for sure",
        ),
        (
            replace(COMPLETE, inbox={"pizza 1": 1, UNANSWERABLE: 1}),
            f"{UNANSWERABLE}: the journal has 1, asked 2 times, 2 of them for sure",
        ),
        (
            replace(COMPLETE, inbox={**COMPLETE.inbox, "what": 1}),
            "what: the journal has 1, asked 0 times, 0 of them for sure",
        ),
        (replace(COMPLETE, votes=0), "(votes): the journal has 0, asked 1 times, 1 of them for sure"),
        (replace(COMPLETE, questions=5), "(all questions): the journal has 5, asked 4 times, 4 of them for sure"),
    ],
)
def test_wrong_count_is_a_problem(journal: JournalCounts, problem: str) -> None:
    """The problem says what the count is, and what it should be."""
    assert check_journal(QUESTIONS, [], journal) == [problem]


def test_question_during_an_outage_may_be_counted_or_not() -> None:
    """It may not be counted twice, and that of the other process has to be there."""
    for count in (0, 1):
        assert check_journal([UNKNOWN], [KILL], JournalCounts({"pizza 1": count}, 0, count)) == []
    assert len(check_journal([UNKNOWN], [KILL], JournalCounts({"pizza 1": 2}, 0, 2))) == 2
    assert len(check_journal([replace(UNKNOWN, shard=1)], [KILL], JournalCounts({}, 0, 0))) == 2
    assert check_journal([replace(UNKNOWN, shard=1)], [replace(KILL, shard=None)], JournalCounts({}, 0, 0)) == []


def test_slow_machine_has_more_time() -> None:
    """The journal may take twice as long as the slowest answer."""
    slow = replace(UNKNOWN, shard=1, asked_at=0.0, answered_at=3.0)
    early = replace(UNKNOWN, asked_at=5.0, answered_at=5.1)
    assert check_journal([early], [KILL], JournalCounts({}, 0, 0)) != []
    assert check_journal([early, slow], [KILL], JournalCounts({"pizza 1": 1}, 0, 1)) == []
