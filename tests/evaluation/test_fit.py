"""Fitting the weights."""

from pathlib import Path

import pytest

from bot.answering.answerer import Answerer
from bot.evaluation.fit import build_cases, choose_threshold, cross_validate, remove_phrasings
from bot.evaluation.models import MIN_WEIGHTS, Outcome, fit_models, from_weights, to_weights
from bot.evaluation.questions import Question, load_questions
from bot.matching.weights import load_weights
from tests.support.small_story import small_story

QUESTIONS = """\
- {id: x1, q: what day did the keeper quit, kind: answerable, paragraphs: [1], must: ['(?i)friday']}
- {id: x2, q: where is the lighthouse, kind: answerable, paragraphs: [2], must: []}
- {id: y1, q: how old is the keeper, kind: unanswerable, paragraphs: []}
- {id: y2, q: who took the lamp, kind: answerable, paragraphs: [2]}
- {id: y3, q: napoli pizza, kind: offtopic, paragraphs: []}
"""


@pytest.fixture
def questions(tmp_path: Path) -> list[Question]:
    """Return questions by two writers."""
    path = tmp_path / "x.yaml"
    path.write_text(QUESTIONS)
    return load_questions(path)


def test_fitted_weights_are_those_that_the_matcher_reads(questions: list[Question]) -> None:
    """There is one for every feature, none is negative, and some have a least weight."""
    cases, _ = build_cases(questions, small_story())
    weights, shipped = to_weights(fit_models(cases), answer=0.8, guess=0.7, clarify=0.1), load_weights()
    assert to_weights(from_weights(weights), answer=0.8, guess=0.7, clarify=0.1) == weights
    assert (weights.rank.keys(), weights.decide.keys()) == (shipped.rank.keys(), shipped.decide.keys())
    assert min(*weights.rank.values(), *(weight for name, weight in weights.decide.items() if name != "bias")) >= 0
    assert all(weights.decide[name] >= least - 1e-4 for name, least in MIN_WEIGHTS.items())
    assert Answerer(small_story(), weights).reply("where is the lighthouse").entry == "keeper-place"


def test_every_question_is_judged_by_models_that_have_not_seen_its_writer(questions: list[Question]) -> None:
    """Those without a candidate have no outcome."""
    cases, _ = build_cases(questions, small_story())
    outcomes = cross_validate(cases)
    assert {outcome.question.id for outcome in outcomes} <= {question.id for question in questions}
    assert len(outcomes) == len(cases)


def test_phrasings_are_removed_token_for_token() -> None:
    """So that a question that became a phrasing is judged as a stranger's."""
    story = small_story()
    entry = next(entry for entry in story.entries.values() if entry.phrasings)
    shorter = remove_phrasings(story, [entry.phrasings[0].upper() + "??"])
    assert shorter.entries[entry.id].phrasings == entry.phrasings[1:]


def test_threshold_is_the_lowest_that_keeps_wrong_answers_rare() -> None:
    """Of four questions one in four may be wrong."""
    question = Question("x1", "q", "answerable", frozenset({1}), (), (), "x.yaml")
    outcomes = [
        Outcome(question, confidence, right, offered=False)
        for confidence, right in ((0.9, True), (0.8, False), (0.7, True), (0.6, False))
    ]
    assert choose_threshold(outcomes, max_wrong=0.25) == 0.7
    assert choose_threshold(outcomes, max_wrong=0.0) == 0.9
    assert choose_threshold([], max_wrong=0.0) == 1.0
