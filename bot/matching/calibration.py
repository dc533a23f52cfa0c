"""How sure the matcher has to be before it answers from one base, found out without a single label.

The weights and their threshold are fitted on a base with many ways of asking each entry. With few, a confidence means less.
How much less, the base itself tells (see `leave_one_out`): by how often a text that is left out is answered with another
entry, and how often one whose whole entry is left out is answered at all. Not every question is as strange to a base as these.
The chance that a text is unlike all others of its entry falls with their number n as 1 / n (Good and Turing's estimate, with one
such text in each entry), so that is the share of questions that is reckoned to be strange in either way:

    wrong(t) = (share of texts led elsewhere at t + share of texts without their entry answered at t) / n

with n at least `FEWEST`, below which confidences fall by themselves, and wrong answers were not found to be more frequent.
The threshold is the lowest t, and at least the fitted one, at which this is at most the share that the operator allows.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from bot.matching.weights import Share, Weights

if TYPE_CHECKING:
    from bot.matching.index import Index
    from bot.matching.leave_one_out import Trial

MAX_TRIALS = 1_500
"""Texts that are asked, each twice: they give the threshold to a hundredth or two, and take a second or two."""
MIN_TRIALS = 100
"""Texts below which a base is too small to tell."""
FEWEST = 10
"""Texts of an entry below which fewer of them make no more questions strange."""
STEP = 0.01
HIGHEST = 0.98
"""The highest threshold: what is surer than that is hardly ever less than a phrasing itself."""


class Calibration(Struct, frozen=True, forbid_unknown_fields=True):
    """What leaving out has told of one base.

    answer: the threshold of this base; wrong_share: the share of wrong answers that it was chosen for; texts: how many were
    asked; per_entry: how many an entry has on average.
    """

    answer: Share
    wrong_share: Share
    texts: Annotated[int, Meta(ge=0)]
    per_entry: Annotated[float, Meta(ge=0)]

    def applied(self, weights: Weights) -> Weights:
        """Return the weights with the threshold of this base; `weights`: as fitted."""
        return replace(weights, answer=max(self.answer, weights.answer))


def calibrate(index: "Index", weights: Weights, ids: Collection[str], wrong_share: float) -> Calibration:
    """Return the calibration of a base. weights: as fitted; ids: the entries that count, those that somebody wrote."""
    from bot.matching.leave_one_out import run_trials  # starting with a known calibration does without

    sizes = [len(d.terms) for d in index.documents if d is not None and d.entry.id in ids]
    per_entry = sum(sizes) / max(1, len(sizes))
    trials = run_trials(index, weights, ids, MAX_TRIALS) if sum(sizes) >= MIN_TRIALS else []
    answer = choose_threshold(trials, per_entry, weights.answer, wrong_share)
    return Calibration(answer, wrong_share, len(trials) // 2, round(per_entry, 1))


def choose_threshold(trials: "Sequence[Trial]", per_entry: float, lowest: float, wrong_share: float) -> float:
    """Return the lowest threshold, from `lowest` on, at which the expected share of wrong answers is at most `wrong_share`."""
    threshold = lowest
    while threshold < HIGHEST and expected_wrong(trials, threshold, per_entry) > wrong_share:
        threshold = min(HIGHEST, round(threshold + STEP, 4))
    return threshold


def expected_wrong(trials: "Sequence[Trial]", threshold: float, per_entry: float) -> float:
    """Return the share of questions that are expected to be answered wrongly at a threshold; see the formula above."""
    led_elsewhere = _share([t for t in trials if t.left_out == "text"], ("other",), threshold)
    without_entry = _share([t for t in trials if t.left_out == "entry"], ("other", "same_paragraph"), threshold)
    return (led_elsewhere + without_entry) / max(FEWEST, per_entry)


def _share(trials: "Sequence[Trial]", verdicts: Collection[str], threshold: float) -> float:
    answered = sum(trial.confidence >= threshold and trial.verdict in verdicts for trial in trials)
    return answered / max(1, len(trials))
