"""Entries that take one another's questions: texts that, left out, are answered with another entry."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.errors import quote
from bot.evaluation.suggestion import Suggestion, about, listed
from bot.matching.leave_one_out import Trial
from bot.story.models import Story

SAME_PARAGRAPH_WEIGHT = 0.5
"""What a text counts that is answered with another entry of the same paragraph, which tells at least something of it."""
MIN_TAKEN = 3
"""Questions of several others from which an entry that says that the article does not say is too wide."""

MIN_ASKED = 5
"""Texts of an entry that count at least: where only one was asked, one says little."""


def find(story: Story, trials: Sequence[Trial], threshold: float) -> Iterator[Suggestion]:
    """Yield the entries that compete, the entries that are too wide, and single phrasings that lead elsewhere."""
    led = [
        trial
        for trial in trials
        if trial.left_out == "text" and trial.confidence >= threshold and trial.verdict not in ("own", "nothing")
    ]
    asked: dict[str, int] = defaultdict(int)
    for trial in trials:
        asked[trial.entry] += trial.left_out == "text"
    gains = {
        (trial.entry, trial.asked): 100
        / max(1, len(story.written_entries))
        / max(MIN_ASKED, asked[trial.entry])
        * (SAME_PARAGRAPH_WEIGHT if trial.verdict == "same_paragraph" else 1.0)
        for trial in led
    }
    taken: dict[str, list[Trial]] = defaultdict(list)
    pairs: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in led:
        written = story.entries[trial.first].is_written and story.entries[trial.entry].standing != "not_covered"
        if trial.verdict == "not_covered" and written:
            taken[trial.first].append(trial)
        else:
            pairs[min(trial.entry, trial.first), max(trial.entry, trial.first)].append(trial)
    for id, own in list(taken.items()):
        if len(own) >= MIN_TAKEN and len({trial.entry for trial in own}) > 1:
            yield _too_wide(story, id, own, sum(gains[t.entry, t.asked] for t in own))
        else:
            for trial in own:
                pairs[min(trial.entry, id), max(trial.entry, id)].append(trial)
    for own in pairs.values():
        yield _confused(story, own, sum(gains[t.entry, t.asked] for t in own))


def _too_wide(story: Story, id: str, trials: Sequence[Trial], gain: float) -> Suggestion:
    others = listed([f"'{entry}'" for entry in dict.fromkeys(trial.entry for trial in trials)])
    sentence = (
        f"says that the article does not say, and takes {len(trials)} questions of {others}, "
        f"as {quote(trials[0].asked)}; make its phrasings narrower, or give those entries more"
    )
    return about(story.entries[id], gain, sentence)


def _confused(story: Story, trials: Sequence[Trial], gain: float) -> Suggestion:
    trial = max(trials, key=lambda t: t.confidence)
    first, other = story.entries[trial.entry], story.entries[trial.first]
    place = f"'{other.id}' ({other.file}:{other.line})" if other.line else f"'{other.id}'"
    if len(trials) == 1:
        sentence = (
            f"would lose {quote(trial.asked)} to {place} if it were not written here; "
            "write two more like it, or move it there if it belongs there"
        )
    else:
        sentence = (
            f"and {place} compete: {len(trials)} phrasings of one lead to the other, as {quote(trial.asked)}; "
            "say in each what sets it apart, or make them one"
        )
    return about(first, gain, sentence)
