"""Measure the matcher on labelled intents with few texts each: `train_5`, `train_10` … and `test`, as pairs of text and intent."""

from pathlib import Path

import msgspec
from msgspec import Struct

from bot.errors import PilcrowError
from bot.evaluation.intents import pilcrow_intents
from bot.evaluation.timing import Timings, time_questions
from bot.files import safe_files
from bot.matching.weights import Weights

MAX_BYTES = 50_000_000
TRAINING = "train"
TIMED = 300
"""Questions that are timed."""
Pairs = list[tuple[str, str]]


class IntentsError(PilcrowError):
    """A file cannot be read as labelled intents."""


class FewResult(Struct, frozen=True):
    """How a training set does. right: share of the test questions whose first intent is right, never silent."""

    training: str
    texts: int
    right: float
    question: Timings

    def as_json(self) -> dict[str, float | int]:
        """Return the figures with plain names; times in milliseconds."""
        return {
            "texts": self.texts,
            "right": round(self.right, 4),
            "median_ms": round(self.question.median * 1e3, 3),
            "p99_ms": round(self.question.p99 * 1e3, 3),
        }


def load_intents(path: Path) -> dict[str, Pairs]:
    """Load a file of labelled intents: an object of lists of [text, intent]. Raise IntentsError."""
    try:
        sets = msgspec.json.decode(safe_files.read_regular_file(path, MAX_BYTES), type=dict[str, Pairs])
    except (OSError, msgspec.MsgspecError) as error:
        raise IntentsError(f"{path}: it cannot be read as labelled intents: {error}") from error
    if not sets.get("test") or not any(name.startswith(TRAINING) and pairs for name, pairs in sets.items()):
        raise IntentsError(
            f"{path}: it needs a list 'test' and a list 'train', 'train_5' or the like, none of them empty"
        )
    return sets


def measure_few(sets: dict[str, Pairs], weights: Weights) -> list[FewResult]:
    """Return the results of each training set, in the file's order."""
    test, results = sets["test"], []
    for name, pairs in sets.items():
        if name.startswith(TRAINING) and pairs:
            closest = pilcrow_intents(pairs, weights)
            right = sum(closest(text)[0] == intent for text, intent in test) / len(test)
            timings = time_questions(closest, [text for text, _ in test[:TIMED]])
            results.append(FewResult(name, len(pairs), right, timings))
    return results
