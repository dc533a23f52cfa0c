"""What would make a base better, most useful first, and how good it probably is: for a person to read and to write.

Nothing here is ever shown to members, and nothing is written for the author: a line names a place and what is amiss there.
"""

from collections.abc import Sequence

from msgspec import Struct

from bot.answering.answerer import Answerer
from bot.evaluation import advice_confusions, advice_coverage, advice_entries
from bot.evaluation.suggestion import Suggestion
from bot.matching.leave_one_out import LeftOut, Trial, Verdict, run_trials

MAX_TRIALS = 4_000
"""Texts that are asked: all of a base of ordinary size."""
MAX_WORK = 40_000
"""Texts indexed again: three seconds or so."""


class Prospects(Struct, frozen=True):
    """What may be expected of a base, each a share from 0 to 1, by asking it its own texts with something left out.

    right: of texts left out, those answered with their own entry or one on the same paragraph; wrong: with another one;
    unforeseen: of texts whose entry is left out, those answered all the same; texts: how many were asked.
    """

    right: float
    wrong: float
    unforeseen: float
    texts: int


def ask_itself(answerer: Answerer) -> list[Trial]:
    """Ask a base its own texts, with each text and each entry left out."""
    matcher = answerer.matcher
    ids = {entry.id for entry in answerer.story.written_entries}
    return run_trials(matcher.index, matcher.weights, ids, MAX_TRIALS, MAX_WORK)


def advise(answerer: Answerer, trials: Sequence[Trial]) -> list[Suggestion]:
    """Return what would make a base better, what gains most first; `trials`: see `ask_itself`."""
    story, threshold = answerer.story, answerer.matcher.weights.answer
    found = [
        *advice_confusions.find(story, trials, threshold),
        *advice_entries.find(story),
        *advice_coverage.find(story, answerer.matcher.index),
    ]
    return sorted(found, key=lambda item: (-item.gain, item.file, item.line, item.sentence))


def prospects(answerer: Answerer, trials: Sequence[Trial]) -> Prospects:
    """Return what may be expected of a base at its threshold; `trials`: see `ask_itself`."""
    threshold = answerer.matcher.weights.answer

    def share(left_out: LeftOut, *verdicts: Verdict) -> float:
        own = [trial for trial in trials if trial.left_out == left_out]
        return sum(t.confidence >= threshold and t.verdict in verdicts for t in own) / max(1, len(own))

    return Prospects(
        right=share("text", "own", "same_paragraph"),
        wrong=share("text", "other"),
        unforeseen=share("entry", "other", "same_paragraph"),
        texts=sum(trial.left_out == "text" for trial in trials),
    )
