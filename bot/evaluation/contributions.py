"""Say what each phrasing contributes to the replies, and drop those that contribute least.

    python -m bot.evaluation.contributions tests/questions/manifest.yaml [FILE …] [--drop N | --keep N] [--write]

What a phrasing contributes is how far replies would move without it: the change of each candidate's score, times how much the
likelihood of a right reply turns on that score, added up over all questions without regard to sign. Near zero, it changes no
reply. A phrasing that on balance draws questions to the wrong entry is not dropped for that: tried, it lost strangers' right
answers all the same. The questions are the labelled ones whose use is 'phrasings', each writer's asked of a base without that
writer, and a part of the phrasings themselves, asked of a base without them; those dropped go on being asked.

Since one phrasing can stand in for another, they are dropped in rounds: at most a share of them all, and of an entry's, and the
rest is measured again. Files of any other use take no part, so that the fit and the figures after it are of questions that the
choice has not seen. Measure with `pilcrow eval` afterwards, and fit the weights again where confidences have moved.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace as replace_case
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from scipy.special import expit

from bot.answering.answerer import Answerer
from bot.evaluation.fit import remove_phrasings, to_case
from bot.evaluation.leaving_out import Floats, Pieces, score_changes
from bot.evaluation.models import (
    DECISION_SIGNS,
    NOT_ANSWERABLE_WEIGHT,
    RANK_SIGNS,
    RANKED,
    Case,
    Models,
    decision_row,
    from_weights,
)
from bot.evaluation.questions import Question, load_all
from bot.matching.query import Query
from bot.matching.weights import DECISION_FEATURES, load_weights
from bot.nlp.normalize import normalize, tokenize
from bot.story import loader, yaml_edit
from bot.story.models import Story

ROUND_SHARE = 0.2
"""Share of all phrasings that are dropped in one round."""
ENTRY_SHARE = 0.5
"""Share of an entry's phrasings that are dropped in one round."""
MIN_PHRASINGS = 5
"""Phrasings that every entry keeps."""
RANK_WEIGHT = 0.5
"""What the ranking counts beside the decision to answer."""
PHRASING_WEIGHT = 0.4
"""What a phrasing counts as a question, beside a labelled one: whoever wrote it knew the entry."""
PARTS, GROUPS = 8, 12
"""A round asks one of so many parts of the phrasings, in so many groups, each of a base without that group."""
MIN_PULL = 1e-3
"""Likelihood that a candidate's score has to move for the question to count."""
Phrasing = tuple[str, str]
"""The id of an entry, and a text of it."""
_SCORE, _PROBABILITY = DECISION_FEATURES.index("score"), DECISION_FEATURES.index("log_probability")


class Contribution(Struct, frozen=True):
    """What a phrasing contributes: how far the log-likelihood of right replies moves without it, 0 or more."""

    entry: str
    phrasing: str
    amount: float


def own_phrasings(story: Story) -> list[Phrasing]:
    """Return the phrasings of the entries that somebody wrote; those of derived entries are made anew anyway."""
    return [(entry.id, phrasing) for entry in story.written_entries for phrasing in entry.phrasings]


def count_phrasings(story: Story) -> int:
    """Return how many phrasings a story has, questions included, as `pilcrow check` counts them."""
    return sum(len(entry.phrasings) + 1 for entry in story.entries.values())


def without(story: Story, dropped: Sequence[Phrasing]) -> Story:
    """Return the story without some phrasings."""
    texts: dict[str, set[str]] = {}
    for id, text in dropped:
        texts.setdefault(id, set()).add(text)
    changed = {
        id: replace(entry, phrasings=tuple(text for text in entry.phrasings if text not in texts[id]))
        for id, entry in story.entries.items()
        if id in texts
    }
    return replace(story, entries={**story.entries, **changed})


def pulls(case: Case, models: Models) -> Floats:
    """Return for each candidate how the log-likelihood of a right reply changes with its score."""
    scores = (case.features * RANK_SIGNS) @ models.rank
    row, (first, *_) = decision_row(case, models.rank)
    odds = np.exp(scores - scores[first])
    shares, alike = odds / odds.sum(), odds * case.interchangeable[first]
    confidence = float(expit(models.decide[0] + (row * DECISION_SIGNS) @ models.decide[1:]))
    logit = models.decide[1 + _PROBABILITY] * (alike / alike.sum() - shares)
    logit[first] += models.decide[1 + _SCORE]
    pull = (float(case.right[first]) - confidence) * logit
    if case.right.any() and not case.right.all():
        amount = 1.0 if case.question.kind == "answerable" else NOT_ANSWERABLE_WEIGHT
        right = odds * case.right
        pull += RANK_WEIGHT * amount * (right / right.sum() - shares)
    return np.asarray(pull)


class Measure:
    """Adds up what the phrasings contribute, by the questions asked so far."""

    def __init__(self, story: Story, models: Models) -> None:
        self.story = story
        self.models = models
        self.amounts: dict[Phrasing, float] = {}
        self._rank = dict(zip(RANKED, map(float, models.rank), strict=True))
        self._answerer = Answerer(story, load_weights())

    def ask_labelled(self, questions: Sequence[Question]) -> None:
        """Ask labelled questions, each writer's of a base without that writer."""
        for writer in sorted({question.writer for question in questions}):
            own = [question for question in questions if question.writer == writer]
            answerer = self._answerer.updated(remove_phrasings(self.story, {question.text for question in own}))
            pieces: dict[int, Pieces] = {}
            for question in own:
                self._ask(question, answerer, pieces)

    def ask_phrasings(self, phrasings: Sequence[Phrasing]) -> None:
        """Ask phrasings, in groups, each of a base without that group."""
        for group in range(GROUPS):
            own = phrasings[group::GROUPS]
            answerer = self._answerer.updated(remove_phrasings(self.story, {text for _, text in own}))
            pieces: dict[int, Pieces] = {}
            for id, text in own:
                question = Question(id, text, "answerable", frozenset(), (), (), "")
                self._ask(question, answerer, pieces, entry=id)

    def _ask(self, question: Question, answerer: Answerer, pieces: dict[int, Pieces], entry: str = "") -> None:
        """Ask a question; `entry`: that of a phrasing, which it or one that is interchangeable with it has to answer."""
        matcher = answerer.matcher
        index = matcher.index
        match = matcher.match(question.text, question.context)
        candidates = matcher.rank(match.question, include_all=True)
        if not candidates:
            return
        case = to_case(question, answerer, match, candidates)
        if entry:
            named = [candidate.entry == entry for candidate in candidates]
            alike = case.interchangeable[named.index(True)] if any(named) else np.zeros(len(named), dtype=bool)
            case = replace_case(case, right=np.array(named) | alike)
        query = Query.build(match.question, index)
        weight = PHRASING_WEIGHT if entry else 1.0
        for candidate, pull in zip(candidates, pulls(case, self.models), strict=True):
            if abs(pull) < MIN_PULL:
                continue
            number = candidate.document
            if number not in pieces:
                pieces[number] = Pieces.build(index.document(number))
            changes = score_changes(query, number, pieces[number], index, self._rank)
            for text, change in zip(index.document(number).entry.texts, changes.tolist(), strict=True):
                key = candidate.entry, text
                self.amounts[key] = self.amounts.get(key, 0.0) + weight * abs(float(pull) * change)

    def contributions(self) -> list[Contribution]:
        """Return what every phrasing contributes, the least first."""
        found = [Contribution(id, text, self.amounts.get((id, text), 0.0)) for id, text in own_phrasings(self.story)]
        return sorted(found, key=lambda item: (item.amount, item.entry, item.phrasing))


def measure(story: Story, questions: Sequence[Question], phrasings: Sequence[Phrasing]) -> list[Contribution]:
    """Return what every phrasing of a story contributes, the least first, by the weights of `weights.json`."""
    measure = Measure(story, from_weights(load_weights()))
    measure.ask_labelled(questions)
    measure.ask_phrasings(phrasings)
    return measure.contributions()


def choose(contributions: Sequence[Contribution], most: int) -> list[Contribution]:
    """Return which phrasings to drop in a round: those that contribute least, at most `most`, and not many of an entry."""
    counts: dict[str, int] = {}
    for item in contributions:
        counts[item.entry] = counts.get(item.entry, 0) + 1
    left = {id: min(int(count * ENTRY_SHARE), count - MIN_PHRASINGS) for id, count in counts.items()}
    chosen: list[Contribution] = []
    for item in contributions:
        if len(chosen) >= most:
            break
        if left[item.entry] > 0:
            left[item.entry] -= 1
            chosen.append(item)
    return chosen


def rounds(story: Story, questions: Sequence[Question], drop: int) -> Iterator[tuple[Story, list[Contribution]]]:
    """Drop phrasings, `drop` in all, round by round; yield the story after each with those dropped in it."""
    labelled = {tokenize(normalize(question.text)) for question in questions}
    asked = [(id, text) for id, text in own_phrasings(story) if tokenize(normalize(text)) not in labelled]
    number = 0
    while drop > 0:
        contributions = measure(story, questions, asked[number % PARTS :: PARTS])
        chosen = choose(contributions, min(drop, max(1, int(len(contributions) * ROUND_SHARE))))
        if not chosen:
            return
        story = without(story, [(item.entry, item.phrasing) for item in chosen])
        yield story, chosen
        number += 1
        drop -= len(chosen)


def drop_from_files(knowledge: Path, story: Story, dropped: Sequence[Contribution]) -> None:
    """Remove phrasings from the files of a base; the rest of these stays byte for byte."""
    removed: dict[str, set[str]] = {}
    for item in dropped:
        removed.setdefault(item.entry, set()).add(item.phrasing)
    for id, texts in removed.items():
        entry = story.entries[id]
        path = knowledge / entry.file
        left = [text for text in entry.phrasings if text not in texts]
        path.write_bytes(yaml_edit.change_entry(path.read_bytes(), id, {"phrasings": left}))


def print_each(contributions: Sequence[Contribution]) -> None:
    """Print a line for each phrasing with what it contributes."""
    for item in contributions:
        print(f"{item.amount:8.4f}  {item.entry}: {item.phrasing}")


def main() -> None:
    """Measure, print what each phrasing contributes or which are dropped, and with --write remove those from the base."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, help="manifests of labelled questions")
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    wanted = parser.add_mutually_exclusive_group()
    wanted.add_argument("--drop", type=int, metavar="N", help="drop the N phrasings that contribute least")
    wanted.add_argument("--keep", type=int, metavar="N", help="drop until N are left, as `pilcrow check` counts them")
    parser.add_argument("--write", action="store_true", help="remove what is dropped from the base")
    options = parser.parse_args()
    story = loader.load_story(options.knowledge)
    questions = [question for question in load_all(options.files) if question.use == "phrasings"]
    drop = options.drop if options.keep is None else count_phrasings(story) - options.keep
    if drop is None:
        print_each(measure(story, questions, own_phrasings(story)[::PARTS]))
        return
    dropped: list[Contribution] = []
    for pruned, chosen in rounds(story, questions, drop):
        dropped += chosen
        print_each(chosen)
        print(f"{count_phrasings(pruned)} phrasings are left", flush=True)
    if options.write:
        drop_from_files(options.knowledge, story, dropped)


if __name__ == "__main__":
    main()
