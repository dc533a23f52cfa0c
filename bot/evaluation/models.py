"""The two models of the matcher, fitted: the ranking (softmax over candidates), and the decision (logistic).

The signs of all weights are fixed by what the features mean, so every weight is positive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from bot.evaluation.questions import Question
from bot.matching.matcher import MIN_PROBABILITY
from bot.matching.weights import (
    BIAS,
    CANDIDATE_OBJECTIONS,
    DECISION_FEATURES,
    DECISION_SUPPORTING,
    OPPOSING,
    SUPPORTING,
    Weights,
)

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
        error = expit(logit) - right
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
        outcomes.append(Outcome(case.question, float(expit(logit)), right, offered))
    return outcomes


def to_weights(models: Models, *, answer: float, guess: float, clarify: float) -> Weights:
    """Return fitted models as the matcher reads them."""
    names = (BIAS, *DECISION_FEATURES)
    return Weights(
        rank={name: round(float(weight), 4) for name, weight in zip(RANKED, models.rank, strict=True)},
        decide={name: round(float(weight), 4) for name, weight in zip(names, models.decide, strict=True)},
        answer=round(answer, 4),
        guess=guess,
        clarify=clarify,
    )


def from_weights(weights: Weights) -> Models:
    """Return the models that the matcher's weights are of."""
    decide = [weights.decide[name] for name in (BIAS, *DECISION_FEATURES)]
    return Models(np.array([weights.rank[name] for name in RANKED]), np.array(decide))
