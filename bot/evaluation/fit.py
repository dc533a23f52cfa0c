"""Fit the matcher's weights and thresholds from labelled questions, and report how they do on unseen writers.

    python -m bot.evaluation.fit tests/questions/manifest.yaml [FILE …] [--write] [--wrong 0.02]

Two models are fitted, both with signs fixed: the ranking (softmax over a question's candidates) and the decision (logistic,
over the first candidate). They are judged by leaving out one writer at a time. A writer's questions that are phrasings of the
base are taken out of it while that writer is asked, so that they can be judged as a stranger's. That does not quite make them
strangers: entries were written because of what those writers asked. So the questions of files whose use is 'fitting', none of
which is a phrasing, count several times; and the threshold is the lowest at which the share of wrong answers, each writer left
out in turn, stays under `--wrong`, which should be half of what strangers may get. Files whose use is 'unseen' or 'retired' are
left out.
"""

import argparse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.answering.answerer import Answerer
from bot.evaluation.metrics import MAX_CITATIONS, judge
from bot.evaluation.questions import Question, load_all
from bot.matching.matcher import MIN_PROBABILITY
from bot.matching.weights import (
    BIAS,
    CANDIDATE_OBJECTIONS,
    DECISION_FEATURES,
    DECISION_SUPPORTING,
    OPPOSING,
    SUPPORTING,
    WEIGHTS_FILE,
    Weights,
    load_weights,
)
from bot.nlp.normalize import normalize, tokenize
from bot.story import loader
from bot.story.models import Story

Floats = NDArray[np.float64]
RANKED = (*SUPPORTING, *OPPOSING)
RANK_SIGNS = np.array([1.0] * len(SUPPORTING) + [-1.0] * len(OPPOSING))
DECISION_SIGNS = np.array(
    [1.0] * len(DECISION_SUPPORTING) + [-1.0] * (len(DECISION_FEATURES) - len(DECISION_SUPPORTING))
)
RANK_RIDGE, DECISION_RIDGE = 0.02, 1.0
"""The factors of the squared weights that are added to each model's loss."""
MAX_RANK_WEIGHT, MAX_DECISION_WEIGHT = 30.0, 40.0
MIN_WEIGHTS = {"unknown_number": 1.0, "unknown_person": 0.5, "roles_swapped": 0.5}
"""The least weight of a number, a person or a direction that nothing in the entry has: too few labelled questions turn on one
for its weight to be left to the fit."""
STRANGER_WEIGHT = 3
"""How many times a stranger's question counts."""
NOT_ANSWERABLE_WEIGHT = 0.3
"""What a question that is not answerable counts for the ranking: which of the entries that hold is best is not labelled."""
OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its candidates, judged.

    features: candidates × features, in the order of `RANKED`; right: which candidates would be right, or hold; cited: which
    cite an accepted paragraph; interchangeable: candidates × candidates, see `Document.is_interchangeable_with`; objections:
    of each candidate, see `Matcher.candidate_objections`.
    """

    question: Question
    features: Floats
    right: NDArray[np.bool_]
    cited: NDArray[np.bool_]
    interchangeable: NDArray[np.bool_]
    objections: tuple[Mapping[str, float], ...]
    brevity: float
    unknown_words: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's first candidate with its confidence, by models that have not seen the question's writer."""

    question: Question
    confidence: float
    right: bool
    offered: bool


@dataclass(frozen=True, slots=True)
class Models:
    """The weights of the ranking, in the order of `RANKED`, and bias and weights of the decision, of `DECISION_FEATURES`."""

    rank: Floats
    decide: Floats


def is_stranger(question: Question) -> bool:
    """Return whether none of its writer's questions is a phrasing of the base."""
    return question.use == "fitting"


def remove_phrasings(story: Story, texts: Collection[str]) -> Story:
    """Return the story without those phrasings that are, token for token, one of `texts`."""
    removed = {tokenize(normalize(text)) for text in texts}
    entries = {
        id: replace(entry, phrasings=tuple(t for t in entry.phrasings if tokenize(normalize(t)) not in removed))
        for id, entry in story.entries.items()
    }
    return replace(story, entries=entries)


def build_cases(questions: Sequence[Question], story: Story) -> tuple[list[Case], int]:
    """Return the cases of all questions, each writer's from a base without that writer, and how many have no candidate."""
    cases: list[Case] = []
    silent = 0
    whole = Answerer(story, load_weights())
    for writer in sorted({question.writer for question in questions}):
        own = [question for question in questions if question.writer == writer]
        answerer = whole.updated(remove_phrasings(story, {question.text for question in own}))
        for question in own:
            case = build_case(question, answerer)
            if case is not None:
                cases.append(case)
            silent += case is None and question.kind == "answerable"
    return cases, silent


def build_case(question: Question, answerer: Answerer) -> Case | None:
    """Return the case of one question; None where it has no candidates.

    Every document retrieved is a candidate, so that what is fitted does not rest on earlier weights; only whether a follow-up
    is resolved by the question before still does.
    """
    matcher = answerer.matcher
    match = matcher.match(question.text, question.context)
    candidates = matcher.rank(match.question, include_all=True)
    if not candidates:
        return None
    documents = [matcher.index.document(candidate.document) for candidate in candidates]
    replies = [answerer.entry_reply(candidate.entry) for candidate in candidates]
    right = [judge(question, reply) in ("right", "held") and question.kind != "offtopic" for reply in replies]
    paragraphs = [{citation.paragraph for citation in reply.citations[:MAX_CITATIONS]} for reply in replies]
    return Case(
        question=question,
        features=np.array([[candidate.features[name] for name in RANKED] for candidate in candidates]),
        right=np.array(right),
        cited=np.array([bool(question.paragraphs & cited) for cited in paragraphs]),
        interchangeable=np.array([[a is b or a.is_interchangeable_with(b) for b in documents] for a in documents]),
        objections=tuple(matcher.candidate_objections(match.question, candidate) for candidate in candidates),
        brevity=match.features["brevity"],
        unknown_words=match.features["unknown_words"],
    )


def fit_rank(cases: Sequence[Case]) -> Floats:
    """Return the weights, all positive, that minimize the softmax loss of the right candidates, with a ridge."""
    usable = [case for case in cases if case.right.any() and not case.right.all()]
    amounts = np.array([1.0 if case.question.kind == "answerable" else NOT_ANSWERABLE_WEIGHT for case in usable])
    # All questions at once: questions × candidates × features, masked where there are fewer candidates.
    width = max(len(case.right) for case in usable)
    signed = np.zeros((len(usable), width, len(RANKED)))
    present, right = np.zeros((len(usable), width), dtype=bool), np.zeros((len(usable), width))
    for number, case in enumerate(usable):
        count = len(case.right)
        signed[number, :count] = case.features * RANK_SIGNS
        present[number, :count], right[number, :count] = True, case.right

    def loss(weights: Floats) -> tuple[float, Floats]:
        """Return the loss and its gradient."""
        scores = np.where(present, signed @ weights, -np.inf)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        right_odds = odds * right
        total, right_total = odds.sum(axis=1), right_odds.sum(axis=1) + 1e-12
        value = RANK_RIDGE * float(weights @ weights) - float(amounts @ (np.log(right_total) - np.log(total)))
        pull = amounts[:, None] * (right_odds / right_total[:, None] - odds / total[:, None])
        return value, 2 * RANK_RIDGE * weights - np.einsum("ck,ckf->f", pull, signed)

    bounds = [(0, MAX_RANK_WEIGHT)] * len(RANKED)
    return np.asarray(minimize(loss, np.ones(len(RANKED)), jac=True, method="L-BFGS-B", bounds=bounds).x)


def decision_row(case: Case, rank: Floats) -> tuple[Floats, list[int]]:
    """Return the `DECISION_FEATURES` of the first candidate, and the candidates in order.

    As `Matcher.decision_features`, but an exact phrasing is no exception, and the probability is among all candidates.
    """
    scores = (case.features * RANK_SIGNS) @ rank
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    first = order[0]
    odds = np.exp(scores - scores[first])
    probability = float(odds[case.interchangeable[first]].sum() / odds.sum())
    objections = [case.objections[first][name] for name in CANDIDATE_OBJECTIONS]
    log_probability = np.log(max(MIN_PROBABILITY, probability))
    return np.array([scores[first], log_probability, *objections, case.brevity, case.unknown_words]), order


def fit_decide(cases: Sequence[Case], rank: Floats) -> Floats:
    """Return bias and weights of the logistic model of whether the first candidate is right, with a ridge."""
    rows = [decision_row(case, rank) for case in cases]
    inputs = np.array([row for row, _ in rows]) * DECISION_SIGNS
    spread = np.maximum(inputs.std(axis=0), 1e-9)  # so that the ridge weighs all features alike, whatever their scale
    scaled = inputs / spread
    right = np.array([case.right[order[0]] for case, (_, order) in zip(cases, rows, strict=True)], dtype=float)

    def loss(model: Floats) -> tuple[float, Floats]:
        """Return the loss and its gradient."""
        bias, weights = model[0], model[1:]
        logit = bias + scaled @ weights
        value = float(np.sum(np.logaddexp(0, logit) - right * logit)) + DECISION_RIDGE * float(weights @ weights)
        error = 1 / (1 + np.exp(-logit)) - right
        return value, np.concatenate(([error.sum()], scaled.T @ error + 2 * DECISION_RIDGE * weights))

    lowest = [MIN_WEIGHTS.get(name, 0.0) * scale for name, scale in zip(DECISION_FEATURES, spread, strict=True)]
    bounds = [(-MAX_DECISION_WEIGHT, MAX_DECISION_WEIGHT), *((low, MAX_DECISION_WEIGHT) for low in lowest)]
    start = np.concatenate(([-3.0], np.ones(len(DECISION_FEATURES))))
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.concatenate((fitted[:1], fitted[1:] / spread))


def fit_models(cases: Sequence[Case]) -> Models:
    """Fit both models, with strangers' questions counted `STRANGER_WEIGHT` times."""
    strangers = [case for case in cases if is_stranger(case.question)]
    weighted = [*cases, *strangers * (STRANGER_WEIGHT - 1)]
    rank = fit_rank(weighted)
    return Models(rank, fit_decide(weighted, rank))


def predict(cases: Sequence[Case], models: Models) -> list[Outcome]:
    """Return the outcomes of some questions."""
    outcomes = []
    for case in cases:
        row, order = decision_row(case, models.rank)
        logit = float(models.decide[0] + (row * DECISION_SIGNS) @ models.decide[1:])
        right, offered = bool(case.right[order[0]]), bool(case.cited[order[:OPTIONS]].any())
        outcomes.append(Outcome(case.question, float(1 / (1 + np.exp(-logit))), right, offered))
    return outcomes


def cross_validate(cases: Sequence[Case]) -> list[Outcome]:
    """Return the outcomes of all questions, each writer's by models that have not seen that writer."""
    outcomes: list[Outcome] = []
    for writer in sorted({case.question.writer for case in cases}):
        models = fit_models([case for case in cases if case.question.writer != writer])
        outcomes += predict([case for case in cases if case.question.writer == writer], models)
    return outcomes


def choose_threshold(outcomes: Sequence[Outcome], max_wrong: float) -> float:
    """Return the lowest threshold at which wrong answers are at most a share of `max_wrong` of all."""
    for threshold in sorted({outcome.confidence for outcome in outcomes}):
        wrong = sum(not outcome.right and outcome.confidence >= threshold for outcome in outcomes)
        if wrong <= max_wrong * len(outcomes):
            return threshold
    return 1.0


def report(outcomes: Sequence[Outcome], silent: int, answer: float, clarify: float) -> dict[str, float]:
    """Return the figures at two thresholds; `silent`: answerable questions without any candidate."""
    answerable = [o for o in outcomes if o.question.kind == "answerable"]
    not_answerable = [o for o in outcomes if o.question.kind != "answerable"]
    right = sum(o.right and o.confidence >= answer for o in answerable)
    offered = sum(o.offered and clarify <= o.confidence < answer for o in answerable)
    wrong = sum(not o.right and o.confidence >= answer for o in outcomes)
    wrong_of_others = sum(not o.right and o.confidence >= answer for o in not_answerable)
    return {
        "threshold": round(answer, 3),
        "answered_right": round(right / max(1, len(answerable) + silent), 4),
        "right_or_offered": round((right + offered) / max(1, len(answerable) + silent), 4),
        "wrong": round(wrong / max(1, len(outcomes) + silent), 4),
        "held": round(1 - wrong_of_others / max(1, len(not_answerable)), 4),
    }


def print_report(outcomes: Sequence[Outcome], silent: int, answer: float, clarify: float) -> None:
    """Print the figures of unseen writers: all, the strangers, and each."""
    first = np.mean([o.right for o in outcomes if o.question.kind == "answerable"])
    print(f"{len(outcomes)} questions; first candidate right {first:.3f} (unseen writers)")
    print("unseen writers", report(outcomes, silent, answer, clarify))
    strangers = [o for o in outcomes if is_stranger(o.question)]
    if strangers:
        print("strangers", report(strangers, silent, answer, clarify))
    for writer in sorted({o.question.writer for o in outcomes}):
        own = [o for o in outcomes if o.question.writer == writer]
        print("  writer", writer, report(own, 0, answer, clarify))


def to_weights(models: Models, answer: float, clarify: float) -> Weights:
    """Return fitted models as the matcher reads them."""
    names = (BIAS, *DECISION_FEATURES)
    return Weights(
        rank={name: round(float(weight), 4) for name, weight in zip(RANKED, models.rank, strict=True)},
        decide={name: round(float(weight), 4) for name, weight in zip(names, models.decide, strict=True)},
        answer=round(answer, 4),
        clarify=clarify,
    )


def main() -> None:
    """Fit, cross-validate over writers, print, and with --write replace the weights shipped with the matcher."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="manifests or files of labelled questions")
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--wrong", type=float, default=0.02, help="share of wrong answers allowed, 0 to 1")
    parser.add_argument("--clarify", type=float, default=0.12, help="confidence from which entries are offered")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    questions = [question for question in load_all(options.files) if question.use not in ("unseen", "retired")]
    cases, silent = build_cases(questions, loader.load_story(options.knowledge))
    outcomes = cross_validate(cases)
    answer = choose_threshold(outcomes, options.wrong)
    print_report(outcomes, silent, answer, options.clarify)
    weights = msgspec.json.format(msgspec.json.encode(to_weights(fit_models(cases), answer, options.clarify))).decode()
    print(weights)
    if options.write:
        WEIGHTS_FILE.write_text(weights + "\n", "utf-8")


if __name__ == "__main__":
    main()
