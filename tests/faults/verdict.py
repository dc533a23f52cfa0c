"""What people saw, held against what should have been, and against what the journal holds. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.faults.crowd import Asked

JUST = 1.0
"""Seconds from an answer until what it leaves in the journal is there for sure, on a machine that has nothing else to do."""


@dataclass(frozen=True)
class Away:
    """A time in which a process, or the database (shard None), was not there."""

    shard: int | None
    since: float
    until: float


@dataclass(frozen=True)
class Held:
    """What the journal holds: questions that want an answer with their counts, votes, and questions of any kind."""

    inbox: Mapping[str, int]
    votes: int
    questions: int


def there(one: Asked, away: Sequence[Away]) -> bool:
    """Whether the process that had to answer was there all the time."""
    until = one.gave_up if one.answered is None else one.answered
    return not any(a.shard == one.shard and one.at < a.until and until > a.since for a in away)


def settling(asked: Sequence[Asked], away: Sequence[Away]) -> float:
    """JUST, or twice as long as the slowest answer took: a busy machine is slow with everything."""
    return max(JUST, 2 * max((one.answered - one.at for one in asked if one.answered and there(one, away)), default=0))


def sure(one: Asked, away: Sequence[Away], just: float) -> bool:
    """Whether this was answered, and long enough before anything went away for the journal to have it."""
    return one.answered is not None and not any(
        a.shard in (None, one.shard) and a.since - just < one.answered < a.until + just for a in away
    )


def of_answers(asked: Sequence[Asked], away: Sequence[Away]) -> list[str]:
    """What is wrong with the answers: one that is missing though the process was there, or another than the right one."""
    found = [f"a wrong answer on shard {one.shard}: {one.text}" for one in asked if not one.right]
    for one in asked:
        if one.answered is None and there(one, away):
            found.append(f"no answer on shard {one.shard}, which was there: {one.text}")
    return found


def of_journal(asked: Sequence[Asked], away: Sequence[Away], held: Held) -> list[str]:
    """What is lost or doubled in the journal. What was asked and not surely answered may be in it or not."""
    just = settling(asked, away)
    certain = [one for one in asked if sure(one, away, just)]
    least, most = _counts(certain), _counts(asked)
    found = dict(held.inbox) | {_VOTES: held.votes, _ALL: held.questions}
    return [
        f"{what}: the journal has {found.get(what, 0)}, asked {most[what]} times, {least[what]} of them for sure"
        for what in sorted({*most, *found})
        if not least[what] <= found.get(what, 0) <= most[what]
    ]


_VOTES, _ALL = "(votes)", "(all questions)"


def _counts(asked: Sequence[Asked]) -> Counter[str]:
    counts = Counter(one.text for one in asked if one.kind in ("unknown", "shared"))
    counts[_VOTES] = sum(one.kind == "vote" for one in asked)
    counts[_ALL] = sum(one.kind != "vote" for one in asked)
    return counts
