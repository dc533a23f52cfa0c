"""Measure matchers on the labelled intents of CLINC150 (Larson et al. 2019): 150 intents, and questions out of scope."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from bot.errors import PilcrowError
from bot.evaluation import baselines
from bot.evaluation.timing import Timings, time_questions
from bot.files import safe_files
from bot.matching.document import EntryTexts
from bot.matching.index_builder import build
from bot.matching.matcher import Matcher
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import Weights

VALIDATION_HELD = 0.68
"""Share of the out-of-scope validation questions that the threshold has to hold back, so that 65 % of others are held: the
hundred of them tell a share to within five points only."""
SEED = 1
MAX_BYTES = 50_000_000
"""Bytes read of a file; CLINC150 has about two million."""


class ClincError(PilcrowError):
    """A file cannot be read as CLINC150."""


class Clinc(Struct, frozen=True):
    """CLINC150: (text, intent) pairs in scope, and (text, 'oos') pairs out of scope."""

    train: list[tuple[str, str]]
    test: list[tuple[str, str]]
    oos_val: list[tuple[str, str]]
    oos_test: list[tuple[str, str]]


class IntentResult(Struct, frozen=True):
    """A matcher on labelled intents.

    right: share of the questions in scope whose first intent is right; in_scope: share of them that are right above the
    threshold; out_of_scope: share of the questions out of scope that are held back.
    """

    name: str
    right: float
    in_scope: float
    out_of_scope: float
    question: Timings


def load_clinc(path: Path) -> Clinc:
    """Load a file of CLINC150's own format. Raise ClincError."""
    try:
        return msgspec.json.decode(safe_files.read_regular_file(path, MAX_BYTES), type=Clinc)
    except (OSError, msgspec.MsgspecError) as error:
        raise ClincError(f"{path}: it cannot be read as CLINC150: {error}") from error


def measure_intents(clinc: Clinc, weights: Weights, max_questions: int, baseline_questions: int) -> list[IntentResult]:
    """Return the results of Pilcrow and the baselines on at most so many questions; thresholds are chosen on `oos_val`."""
    results = [_measure("Pilcrow", pilcrow_intents(clinc.train, weights), clinc, max_questions)]
    owners, texts = [intent for _, intent in clinc.train], [text for text, _ in clinc.train]
    for name, closest in baselines.over_texts(owners, texts).items():
        results.append(_measure(name, closest, clinc, baseline_questions))
    return results


def pilcrow_intents(train: Sequence[tuple[str, str]], weights: Weights) -> baselines.Closest:
    """Return what finds the intent of a text, with its score, by the matcher over some pairs of text and intent."""
    texts_by_intent: dict[str, list[str]] = {}
    for text, intent in train:
        texts_by_intent.setdefault(intent, []).append(text)
    entries = [
        EntryTexts(intent, tuple(texts), "", covered=True, cites=frozenset([number]))
        for number, (intent, texts) in enumerate(texts_by_intent.items())
    ]
    index = build(entries, Vocabulary.build(aliases={}, concepts={}, members={}))
    index.warm()
    matcher = Matcher(index, weights)

    def closest(text: str) -> tuple[str, float]:
        candidates = matcher.match(text).candidates
        # By the score and not by the confidence, which is fitted to one story with its names and vocabulary.
        return (candidates[0].entry, candidates[0].score) if candidates else ("", -math.inf)

    return closest


def _measure(name: str, closest: baselines.Closest, clinc: Clinc, max_questions: int) -> IntentResult:
    chance = random.Random(SEED)
    test = chance.sample(clinc.test, min(max_questions, len(clinc.test)))
    oos = chance.sample(clinc.oos_test, min(max_questions // 3 or 1, len(clinc.oos_test)))
    validation_scores = sorted(closest(text)[1] for text, _ in clinc.oos_val)
    # The lowest threshold that holds enough of them: a higher one answers fewer of the questions in scope.
    highest_held = validation_scores[math.ceil(VALIDATION_HELD * len(validation_scores)) - 1]
    threshold = math.nextafter(highest_held, math.inf)
    guesses = [(guess == intent, score) for text, intent in test for guess, score in [closest(text)]]
    return IntentResult(
        name=name,
        right=sum(right for right, _ in guesses) / len(guesses),
        in_scope=sum(right and score >= threshold for right, score in guesses) / len(guesses),
        out_of_scope=sum(closest(text)[1] < threshold for text, _ in oos) / len(oos),
        question=time_questions(closest, [text for text, _ in test[: max(50, max_questions // 4)]]),
    )
