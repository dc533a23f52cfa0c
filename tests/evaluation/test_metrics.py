"""Judging replies, and the figures."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.reply import Citation, Option, Reply
from bot.evaluation.metrics import JudgedReply, compute_figures, count_guesses, figures_by_group, judge, judge_replies
from bot.evaluation.questions import Question, load_questions
from bot.matching.weights import load_weights
from tests.support.small_story import small_story

QUESTIONS = """\
- {id: x1, q: what day did the keeper quit, kind: answerable, paragraphs: [1], must: ['(?i)friday']}
- {id: x2, q: where is the lighthouse, kind: answerable, paragraphs: [2], must: []}
- {id: x3, q: how old is the keeper, kind: unanswerable, paragraphs: []}
- {id: x4, q: napoli pizza, kind: offtopic, paragraphs: []}
- {id: x5, q: and where was she working, context: who is the keeper, kind: answerable, paragraphs: [1]}
"""


def question(kind: str, paragraphs: set[int], *must: str) -> Question:
    patterns = tuple(re.compile(pattern) for pattern in must)
    return Question("x1", "q", kind, frozenset(paragraphs), patterns, (), "x.yaml")  # type: ignore[arg-type]


def cites(*numbers: int) -> tuple[Citation, ...]:
    return tuple(Citation(number, "gist", "https://x.example") for number in numbers)


ANSWER = Reply("answer", "In May.", "", 1.0, entry="e", question="When?", standing="reported", sources=cites(2))
OFFER = Reply("clarify", "?", "", 0.3, options=(Option("e", "When?", "When?", "In May.", cites(2)),))
SILENT = Reply("abstain", "no", "", 0.0)


@pytest.mark.parametrize(
    ("asked", "reply", "verdict"),
    [
        (question("answerable", {2}, "May"), ANSWER, "right"),
        (question("answerable", {2}, "June"), ANSWER, "wrong"),
        (question("answerable", {3}), ANSWER, "wrong"),
        (question("answerable", {9}), replace(ANSWER, sources=cites(1, 2, 3, 4, 5, 9)), "wrong"),
        (question("answerable", {2}), OFFER, "offered"),
        (question("answerable", {3}), OFFER, "missed"),
        (question("answerable", {2}), SILENT, "missed"),
        (question("unanswerable", set()), ANSWER, "wrong"),
        (question("unanswerable", set()), replace(ANSWER, standing="not_covered"), "held"),
        (question("unanswerable", set()), SILENT, "held"),
        (question("offtopic", set()), OFFER, "held"),
        (question("false_premise", {2}), ANSWER, "held"),
        (question("false_premise", {3}), ANSWER, "wrong"),
    ],
)
def test_verdicts(asked: Question, reply: Reply, verdict: str) -> None:
    """Each verdict is given exactly where the rules say so; only the first five citations count."""
    assert judge(asked, reply) == verdict


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(QUESTIONS)
    return path


def test_figures_are_shares_of_their_own_kind(file: Path) -> None:
    """Right and offered are shares of the answerable, wrong of all, held of those that are not answerable."""
    judged = judge_replies(load_questions(file), Answerer(small_story(), load_weights()))
    assert [item.verdict for item in judged] == ["right", "wrong", "held", "held", "right"]
    figures = compute_figures(judged)
    assert (figures.answered_right, figures.right_or_offered) == (2 / 3, 2 / 3)
    assert (figures.wrong_share, figures.held_share) == (1 / 5, 1.0)
    assert {"all", "kind answerable", "file x.yaml", "follow-ups", "single questions", "¶1", "¶2"} <= set(
        figures_by_group(judged)
    )


@pytest.mark.parametrize(
    ("asked", "is_right"),
    [
        (question("answerable", {2}, "May"), True),
        (question("answerable", {2}, "June"), False),
        (question("answerable", {3}), False),
        (question("false_premise", {2}), True),
        (question("false_premise", {3}), False),
        (question("unanswerable", set()), False),
        (question("offtopic", set()), False),
    ],
)
def test_guesses_are_counted_by_themselves(asked: Question, *, is_right: bool) -> None:
    """A guess is judged as if it were the answer, and changes no verdict; to what has no answer none is right."""
    guessed = replace(OFFER, guess=ANSWER)
    assert judge(asked, guessed) == judge(asked, OFFER)
    judged = [JudgedReply(asked, reply, judge(asked, reply)) for reply in (guessed, OFFER, ANSWER)]
    counts = {"shown": 1, "right": int(is_right), "wrong": int(not is_right)}
    assert count_guesses(judged).as_json() == counts


def test_a_definition_is_no_right_guess_to_what_is_about_something_else() -> None:
    """It would not be a wrong answer, and so be held; as a guess it is beside the point."""
    guessed = replace(OFFER, guess=replace(ANSWER, standing="defined"))
    asked = question("offtopic", set())
    assert count_guesses([JudgedReply(asked, guessed, judge(asked, guessed))]).right == 0


def test_right_answers_that_say_the_nearest_are_counted_apart() -> None:
    """Only what is right counts, and only where the article does not say what was asked."""
    asked = question("answerable", {2}, "May")
    replies = (ANSWER, replace(ANSWER, standing="not_covered"), replace(ANSWER, standing="not_covered", answer="June."))
    judged = [JudgedReply(asked, reply, judge(asked, reply)) for reply in replies]
    figures = compute_figures(judged)
    assert (figures.verdicts["right"], figures.right_by_nearest) == (2, 1)
    assert figures.as_json()["right_by_nearest"] == 1
