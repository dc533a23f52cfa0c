"""Fit the matcher's weights and thresholds from labelled questions, and report how they do on unseen writers.

    python -m bot.evaluation.fit tests/questions/manifest.yaml [FILE …] [--write] [--wrong 0.02]

Two models are fitted, both with signs fixed: the ranking (softmax over a question's candidates) and the decision (logistic,
over the first candidate). They are judged by leaving out one writer at a time. A writer's questions that are phrasings of the
base are taken out of it while that writer is asked, so that they can be judged as a stranger's. That does not quite make them
strangers: entries were written because of what those writers asked. So the questions of files whose use is 'fitting', none of
which is a phrasing, count several times; and the threshold is the lowest at which the share of wrong answers, each writer left
out in turn, stays under `--wrong`, which should be half of what strangers may get. Files that are for judging, or retired, are
left out.
"""

import argparse
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.evaluation.metrics import MAX_CITATIONS, judge
from bot.evaluation.models import RANKED, Case, Outcome, fit_models, is_stranger, predict, to_weights
from bot.evaluation.questions import Question, load_all
from bot.matching.features import Candidate
from bot.matching.matcher import Match
from bot.matching.weights import WEIGHTS_FILE, load_weights
from bot.nlp.normalize import normalize, tokenize
from bot.story import loader
from bot.story.models import Story

FITTED_USES = ("fitting", "phrasings", None)
"""Uses of the questions that weights are fitted on; those of a file without a manifest have none."""


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
    return to_case(question, answerer, match, candidates) if candidates else None


def to_case(question: Question, answerer: Answerer, match: Match, candidates: Sequence[Candidate]) -> Case:
    """Return the case of a question that was matched, and has candidates."""
    matcher = answerer.matcher
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


def main() -> None:
    """Fit, cross-validate over writers, print, and with --write replace the weights shipped with the matcher."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="manifests or files of labelled questions")
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--wrong", type=float, default=0.02, help="share of wrong answers allowed, 0 to 1")
    parser.add_argument(
        "--guess", type=float, default=0.75, help="confidence from which the first offered may be a guess"
    )
    parser.add_argument("--clarify", type=float, default=0.12, help="confidence from which entries are offered")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    questions = [question for question in load_all(options.files) if question.use in FITTED_USES]
    cases, silent = build_cases(questions, loader.load_story(options.knowledge))
    outcomes = cross_validate(cases)
    answer = choose_threshold(outcomes, options.wrong)
    print_report(outcomes, silent, answer, options.clarify)
    weights = to_weights(fit_models(cases), answer=answer, guess=options.guess, clarify=options.clarify)
    written = msgspec.json.format(msgspec.json.encode(weights)).decode()
    print(written)
    if options.write:
        WEIGHTS_FILE.write_text(written + "\n", "utf-8")


if __name__ == "__main__":
    main()
