"""Fits the matcher's weights and thresholds from labelled questions, and says how they do on writers they have not seen.

    python -m bot.evaluation.fit ../shared/eval/dev.yaml tests/questions/[d-hj-lo-z].yaml \
        tests/questions/{aa,bb,cc,gg,kk,ll,nn,qq,rr}.yaml --strangers OPQRST [--write] [--wrong 0.02]

Two small models, both with signs fixed by sense: a ranking (softmax over a question's candidates) and a decision
(logistic, over the first candidate). Judged by leaving out one writer at a time: the letter that a question's id starts
with names its writer. A writer's questions that have become phrasings of the base are taken out of it while that writer is
asked, so that what they wrote can serve as phrasings and still be judged as the questions of a stranger. It does not make
them strangers quite: entries were written because of what those writers asked. So the questions of `--strangers`, writers
whose questions have not become phrasings, count several times; and the threshold is the lowest at which the wrong answers,
each writer left out in turn, stay under `--wrong`, which is to be half of what strangers may get.
"""

import argparse
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize

from bot.answering.answerer import Answerer
from bot.evaluation.metrics import judge
from bot.evaluation.questions import Question, load_questions
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
SIGN = np.array([1.0] * len(SUPPORTING) + [-1.0] * len(OPPOSING))
DECIDED = DECISION_FEATURES
DECIDED_SIGN = np.array([1.0] * len(DECISION_SUPPORTING) + [-1.0] * (len(DECIDED) - len(DECISION_SUPPORTING)))
RIDGE = 1.0
GUARDS = {"unknown_number": 1.0, "unknown_person": 0.5, "roles_swapped": 0.5}
"""The least that a number, a person or a direction which nothing in the entry accounts for weighs against answering: too few
labelled questions turn on one for their weight to be left to the fit."""
STRANGER = 3
"""How many times the question of a stranger counts."""
UNCOVERED_SHARE = 0.3
"""How much a question that should be held counts for the ranking: which of the silent entries is best is not labelled."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its candidates: `features` (candidates x features), and which of them would be right."""

    question: Question
    features: Floats
    right: NDArray[np.bool_]
    offered: NDArray[np.bool_]
    entries: tuple[str, ...]
    alike: NDArray[np.bool_]
    """Which candidates count as the same answer as each (candidates x candidates); see `Matcher.deciding`."""
    against: tuple[Mapping[str, float], ...]
    """What speaks against answering with each candidate; see `Matcher.deciding`."""
    thin: float
    unknown: float


def without(story: Story, texts: Collection[str]) -> Story:
    """The base without those phrasings that are, word for word, one of `texts`."""
    known = {tokenize(normalize(text)) for text in texts}
    entries = {
        id: replace(entry, phrasings=tuple(text for text in entry.phrasings if tokenize(normalize(text)) not in known))
        for id, entry in story.entries.items()
    }
    return replace(story, entries=entries)


def build(questions: Sequence[Question], story: Story) -> tuple[list[Case], int]:
    """The cases of all questions, each writer's from a base without that writer; and how many have no candidate."""
    cases: list[Case] = []
    silent = 0
    whole = Answerer(story, load_weights())
    for writer in sorted({question.id[0] for question in questions}):
        asked = [question for question in questions if question.id[0] == writer]
        answerer = whole.updated(without(story, {question.text for question in asked}))
        for question in asked:
            found = case(question, answerer)
            if found is not None:
                cases.append(found)
            silent += found is None and question.kind == "answerable"
    return cases, silent


def case(question: Question, answerer: Answerer) -> Case | None:
    """The candidates of one question, judged one by one; None where there are none.

    Every entry nominated is one, so that what is fitted does not rest on what was fitted before; only whether a follow-up
    leans on the question before still does.
    """
    matcher = answerer.matcher
    match = matcher.match(question.text, question.context)
    candidates = matcher.rank(match.question, include_all=True)
    if not candidates:
        return None
    found = [matcher.index.document(candidate.document) for candidate in candidates]
    replies = [answerer.entry(candidate.entry) for candidate in candidates]
    right = [judge(question, reply) in ("right", "held") and question.kind != "offtopic" for reply in replies]
    cited = [bool(question.paragraphs & {c.paragraph for c in reply.citations[:5]}) for reply in replies]
    return Case(
        question,
        np.array([[candidate.features[name] for name in RANKED] for candidate in candidates]),
        np.array(right),
        np.array(cited),
        tuple(candidate.entry for candidate in candidates),
        np.array([[one is other or one.is_interchangeable_with(other) for other in found] for one in found]),
        tuple(matcher.candidate_objections(match.question, one) for one in candidates),
        match.features["brevity"],
        match.features["unknown_words"],
    )


def fit_rank(cases: Sequence[Case]) -> Floats:
    """Weights, all positive, under which right candidates come first."""
    usable = [c for c in cases if c.right.any() and not c.right.all()]
    amount = np.array([1.0 if c.question.kind == "answerable" else UNCOVERED_SHARE for c in usable])
    # All questions at once: questions x candidates x features, with rows of no weight where there are fewer candidates.
    most = max(len(c.right) for c in usable)
    signed = np.zeros((len(usable), most, len(RANKED)))
    there, right = np.zeros((len(usable), most), dtype=bool), np.zeros((len(usable), most))
    for number, one in enumerate(usable):
        count = len(one.right)
        signed[number, :count], there[number, :count], right[number, :count] = one.features * SIGN, True, one.right

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = np.where(there, signed @ weights, -np.inf)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        right_odds = odds * right
        total, right_total = odds.sum(axis=1), right_odds.sum(axis=1) + 1e-12
        value = 0.02 * RIDGE * float(weights @ weights) - float(amount @ (np.log(right_total) - np.log(total)))
        pull = amount[:, None] * (right_odds / right_total[:, None] - odds / total[:, None])
        return value, 0.04 * RIDGE * weights - np.einsum("ck,ckf->f", pull, signed)

    found = minimize(loss, np.ones(len(RANKED)), jac=True, method="L-BFGS-B", bounds=[(0, 30)] * len(RANKED))
    return np.asarray(found.x)


def deciding(one: Case, weights: Floats) -> tuple[Floats, list[int]]:
    """What the decision rests on, and the candidates in order: as Matcher.deciding, but that a phrasing asked word for
    word is no exception here, and that the chance is among all that were nominated.
    """
    scores = (one.features * SIGN) @ weights
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    first = order[0]
    odds = np.exp(scores - scores[first])
    chance = np.log(max(MIN_PROBABILITY, float(odds[one.alike[first]].sum() / odds.sum())))
    against = [one.against[first][name] for name in CANDIDATE_OBJECTIONS]
    return np.array([scores[first], chance, *against, one.thin, one.unknown]), order


def fit_decide(cases: Sequence[Case], weights: Floats) -> Floats:
    """Bias and weights of the chance that the first candidate is right."""
    rows = [deciding(one, weights) for one in cases]
    inputs = np.array([row for row, _ in rows]) * DECIDED_SIGN
    spread = np.maximum(inputs.std(axis=0), 1e-9)  # so that the ridge weighs all alike, whatever their scale
    scaled = inputs / spread
    right = np.array([one.right[order[0]] for one, (_, order) in zip(cases, rows, strict=True)], dtype=float)

    def loss(model: Floats) -> tuple[float, Floats]:
        logit = model[0] + scaled @ model[1:]
        chance = 1 / (1 + np.exp(-logit))
        value = float(np.sum(np.logaddexp(0, logit) - right * logit)) + RIDGE * float(model[1:] @ model[1:])
        error = chance - right
        return value, np.concatenate(([error.sum()], scaled.T @ error + 2 * RIDGE * model[1:]))

    bounds = [(-40.0, 40.0)] + [(GUARDS.get(n, 0.0) * s, 40.0) for n, s in zip(DECIDED, spread, strict=True)]
    found = minimize(loss, np.concatenate(([-3.0], np.ones(len(DECIDED)))), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.concatenate((found.x[:1], found.x[1:] / spread))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's first candidate with the chance that it is right, by a model that has not seen its writer."""

    question: Question
    confidence: float
    right: bool
    offered: bool


def outcomes(cases: Sequence[Case], rank: Floats, decide: Floats) -> list[Outcome]:
    """What the two models make of some questions."""
    found = []
    for one in cases:
        row, order = deciding(one, rank)
        logit = float(decide[0] + (row * DECIDED_SIGN) @ decide[1:])
        right, offered = bool(one.right[order[0]]), bool(one.offered[order[:3]].any())
        found.append(Outcome(one.question, float(1 / (1 + np.exp(-logit))), right, offered))
    return found


def report(found: Sequence[Outcome], silent: int, answer: float, clarify: float) -> dict[str, float]:
    """The figures at two thresholds; `silent`: answerable questions without any candidate."""
    answerable = [o for o in found if o.question.kind == "answerable"]
    due = [o for o in found if o.question.kind != "answerable"]
    right = sum(o.right and o.confidence >= answer for o in answerable)
    offered = sum(o.offered and clarify <= o.confidence < answer for o in answerable)
    wrong = sum(not o.right and o.confidence >= answer for o in found)
    return {
        "threshold": round(answer, 3),
        "answered_right": round(right / max(1, len(answerable) + silent), 4),
        "right_or_offered": round((right + offered) / max(1, len(answerable) + silent), 4),
        "wrong": round(wrong / max(1, len(found) + silent), 4),
        "held": round(1 - sum(not o.right and o.confidence >= answer for o in due) / max(1, len(due)), 4),
    }


def choose(found: Sequence[Outcome], allowed: float) -> float:
    """The lowest threshold at which wrong answers are at most `allowed` of all."""
    for answer in sorted({o.confidence for o in found}):
        if sum(not o.right and o.confidence >= answer for o in found) <= allowed * len(found):
            return answer
    return 1.0


def fit(cases: Sequence[Case], strangers: Collection[str]) -> tuple[Floats, Floats]:
    """Ranking and decision, with the questions of strangers counted `STRANGER` times."""
    strange = [one for one in cases if one.question.id[0] in strangers]
    counted = [*cases, *strange * (STRANGER - 1)]
    rank = fit_rank(counted)
    return rank, fit_decide(counted, rank)


def main() -> None:
    """Fits, cross-validates over writers, prints, and with --write keeps the weights."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    options.add_argument("--wrong", type=float, default=0.02)
    options.add_argument("--clarify", type=float, default=0.12)
    options.add_argument(
        "--strangers", default="", help="letters of the writers whose questions have not become phrasings"
    )
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    questions = [question for file in chosen.files for question in load_questions(file)]
    cases, silent = build(questions, loader.load_story(chosen.knowledge))
    writers = sorted({one.question.id[0] for one in cases})
    held_out: list[Outcome] = []
    for writer in writers:
        train = [one for one in cases if one.question.id[0] != writer]
        test = [one for one in cases if one.question.id[0] == writer]
        rank, decide = fit(train, chosen.strangers)
        held_out += outcomes(test, rank, decide)
    strange = [one for one in held_out if one.question.id[0] in chosen.strangers] or held_out
    answer = choose(held_out, chosen.wrong)
    rank, decide = fit(cases, chosen.strangers)
    first = np.mean([o.right for o in held_out if o.question.kind == "answerable"])
    print(f"{len(questions)} questions by {len(writers)} writers; first candidate right {first:.3f} (unseen writers)")
    print("unseen writers", report(held_out, silent, answer, chosen.clarify))
    print("strangers", report(strange, silent, answer, chosen.clarify))
    for writer in writers:
        some = [o for o in held_out if o.question.id[0] == writer]
        print("  writer", writer, report(some, 0, answer, chosen.clarify))
    fitted = Weights(
        rank={name: round(float(w), 4) for name, w in zip(RANKED, rank, strict=True)},
        decide={BIAS: round(float(decide[0]), 4)}
        | {name: round(float(w), 4) for name, w in zip(DECIDED, decide[1:], strict=True)},
        answer=round(answer, 4),
        clarify=chosen.clarify,
    )
    shown = json.dumps(
        {"rank": fitted.rank, "decide": fitted.decide, "answer": fitted.answer, "clarify": fitted.clarify}, indent=2
    )
    print(shown)
    if chosen.write:
        WEIGHTS_FILE.write_text(shown + "\n", "utf-8")


if __name__ == "__main__":
    main()
