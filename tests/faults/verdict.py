"""Compare what people saw, and what the journal has, with what should have been. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.faults.crowd import Question

WRITE_DELAY = 1.0
"""Seconds after an answer by which the journal has what it leaves there, on a machine that has nothing else to do."""
VOTES, ALL_QUESTIONS = "(votes)", "(all questions)"


@dataclass(frozen=True)
class Outage:
    """A time in which the process of a shard, or the database (shard None), was down."""

    shard: int | None
    start: float
    end: float


@dataclass(frozen=True)
class JournalCounts:
    """What the journal has: unanswered questions with their counts, votes, and questions of any kind."""

    inbox: Mapping[str, int]
    votes: int
    questions: int


def was_up(question: Question, outages: Sequence[Outage]) -> bool:
    """Return whether the process that had to answer was up from the question to its answer."""
    end = question.given_up_at if question.answered_at is None else question.answered_at
    return not any(
        outage.shard == question.shard and question.asked_at < outage.end and end > outage.start for outage in outages
    )


def write_delay(questions: Sequence[Question], outages: Sequence[Outage]) -> float:
    """Return `WRITE_DELAY`, or twice the time of the slowest answer: a busy machine is slow with everything."""
    times = (q.answered_at - q.asked_at for q in questions if q.answered_at and was_up(q, outages))
    return max(WRITE_DELAY, 2 * max(times, default=0))


def is_certain(question: Question, outages: Sequence[Outage], delay: float) -> bool:
    """Return whether a question was answered long enough before any outage for the journal to have it."""
    return question.answered_at is not None and not any(
        outage.shard in (None, question.shard) and outage.start - delay < question.answered_at < outage.end + delay
        for outage in outages
    )


def check_answers(questions: Sequence[Question], outages: Sequence[Outage]) -> list[str]:
    """Return a problem for each wrong answer, and for each that is missing though the process was up."""
    wrong = [f"a wrong answer on shard {q.shard}: {q.text}" for q in questions if not q.correct]
    missing = [
        f"no answer on shard {q.shard}, which was up: {q.text}"
        for q in questions
        if q.answered_at is None and was_up(q, outages)
    ]
    return wrong + missing


def check_journal(questions: Sequence[Question], outages: Sequence[Outage], journal: JournalCounts) -> list[str]:
    """Return a problem for each text that the journal has too rarely or too often; what is not certain may be missing."""
    delay = write_delay(questions, outages)
    lowest = _counts([question for question in questions if is_certain(question, outages, delay)])
    highest = _counts(questions)
    counts = dict(journal.inbox) | {VOTES: journal.votes, ALL_QUESTIONS: journal.questions}
    return [
        f"{text}: the journal has {counts.get(text, 0)}, asked {highest[text]} times, {lowest[text]} of them for sure"
        for text in sorted({*highest, *counts})
        if not lowest[text] <= counts.get(text, 0) <= highest[text]
    ]


def _counts(questions: Sequence[Question]) -> Counter[str]:
    counts = Counter(question.text for question in questions if question.kind in ("unknown", "shared"))
    counts[VOTES] = sum(question.kind == "vote" for question in questions)
    counts[ALL_QUESTIONS] = sum(question.kind != "vote" for question in questions)
    return counts
