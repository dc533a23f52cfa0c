"""The program that kills processes notices what is lost, doubled or wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.crowd import SHARED, Asked
from tests.faults.verdict import Away, Held, of_answers, of_journal

UNKNOWN = Asked(0, "unknown", "pizza 1", at=10.0, answered=10.1)
BOTH = [replace(UNKNOWN, text=SHARED, kind="shared", shard=shard) for shard in (0, 1)]
VOTE = Asked(1, "vote", "keeper-left", at=10.0, answered=10.1)
ASKED = [UNKNOWN, *BOTH, VOTE, Asked(1, "known", "where", at=10.0, answered=10.1)]
WHOLE = Held({"pizza 1": 1, SHARED: 2}, votes=1, questions=4)
KILL = Away(0, 10.5, 14.0)


def test_all_is_well() -> None:
    """Every question is answered and kept as often as it was asked."""
    assert of_answers(ASKED, []) == []
    assert of_journal(ASKED, [], WHOLE) == []


def test_no_answer_of_a_process_that_was_there_is_a_problem() -> None:
    """One whose process is away, at the time of the question or while somebody waits, may be missing."""
    missing = replace(UNKNOWN, answered=None, gave_up=13.0)
    assert of_answers([missing], []) == ["no answer on shard 0, which was there: pizza 1"]
    assert of_answers([missing], [KILL]) == []
    assert of_answers([missing], [replace(KILL, shard=1)]) == ["no answer on shard 0, which was there: pizza 1"]
    assert of_answers([replace(missing, at=15.0, gave_up=18.0)], [KILL]) == [
        "no answer on shard 0, which was there: pizza 1"
    ]
    assert of_answers([missing], [replace(KILL, shard=None)]) == ["no answer on shard 0, which was there: pizza 1"]


def test_another_answer_is_a_problem() -> None:
    """Whenever it came."""
    assert of_answers([replace(UNKNOWN, right=False)], [KILL]) == ["a wrong answer on shard 0: pizza 1"]


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        (replace(WHOLE, inbox={SHARED: 2}), "pizza 1: the journal has 0, asked 1 times, 1 of them for sure"),
        (
            replace(WHOLE, inbox={"pizza 1": 2, SHARED: 2}),
            "pizza 1: the journal has 2, asked 1 times, 1 of them for sure",
        ),
        (
            replace(WHOLE, inbox={"pizza 1": 1, SHARED: 1}),
            f"{SHARED}: the journal has 1, asked 2 times, 2 of them for sure",
        ),
        (
            replace(WHOLE, inbox={**WHOLE.inbox, "what": 1}),
            "what: the journal has 1, asked 0 times, 0 of them for sure",
        ),
        (replace(WHOLE, votes=0), "(votes): the journal has 0, asked 1 times, 1 of them for sure"),
        (replace(WHOLE, questions=5), "(all questions): the journal has 5, asked 4 times, 4 of them for sure"),
    ],
)
def test_what_is_lost_or_doubled_is_a_problem(held: Held, problem: str) -> None:
    """One line each, with what there should be."""
    assert of_journal(ASKED, [], held) == [problem]


def test_what_fell_into_a_kill_may_be_there_or_not() -> None:
    """But never twice, and that of the other process has to be there."""
    for count in (0, 1):
        assert of_journal([UNKNOWN], [KILL], Held({"pizza 1": count}, 0, count)) == []
    assert len(of_journal([UNKNOWN], [KILL], Held({"pizza 1": 2}, 0, 2))) == 2
    assert len(of_journal([replace(UNKNOWN, shard=1)], [KILL], Held({}, 0, 0))) == 2
    assert of_journal([replace(UNKNOWN, shard=1)], [replace(KILL, shard=None)], Held({}, 0, 0)) == []


def test_a_slow_machine_is_given_more_time() -> None:
    """What an answer leaves in the journal may take as long as answers take, twice."""
    slow = replace(UNKNOWN, shard=1, at=0.0, answered=3.0)
    early = replace(UNKNOWN, at=5.0, answered=5.1)
    assert of_journal([early], [KILL], Held({}, 0, 0)) != []
    assert of_journal([early, slow], [KILL], Held({"pizza 1": 1}, 0, 1)) == []
