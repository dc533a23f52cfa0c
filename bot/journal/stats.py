"""What was asked and how it came out, in figures: by day, by entry, in all. Pure, and without a word of what was typed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from bot.journal.journal import Count
from bot.story.models import Story

WEEKLY = 62
"""Days from which the figures are given by week."""
WEEK = 7


class Figures(Struct, frozen=True):
    """How questions came out: answered, offered two or three answers, or missed."""

    answered: int = 0
    offered: int = 0
    missed: int = 0

    @property
    def asked(self) -> int:
        """All of them."""
        return self.answered + self.offered + self.missed


class OfEntry(Struct, frozen=True):
    """One entry: how often it answered, and how it was judged. `question` is its id where the base has it no longer."""

    id: str
    question: str
    answered: int
    helpful: int
    unhelpful: int


class Stats(Struct, frozen=True):
    """The figures of the days from `first` to `last`, of each entry that answered or was judged then, the busiest first.

    times: by day, or by week where there are many days, each under its first day; those without a question too.
    """

    first: date
    last: date
    total: Figures
    times: Mapping[date, Figures]
    entries: tuple[OfEntry, ...]

    @property
    def weekly(self) -> bool:
        """Whether the figures are by week."""
        return (self.last - self.first).days >= WEEKLY


def stats(
    counts: Iterable[Count], feedback: Mapping[str, tuple[int, int]], story: Story, first: date, last: date
) -> Stats:
    """The figures of some days, both included; `feedback`: (helpful, not) by entry."""
    step = WEEK if (last - first).days >= WEEKLY else 1
    first += timedelta(days=((last - first).days + 1) % step)  # whole weeks, or the last one would look like a slump
    found = [one for one in counts if first <= one.day <= last]
    times = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    answered = Counter[str]()
    by_time: dict[date, Counter[str]] = {time: Counter() for time in times}
    for one in found:
        by_time[times[(one.day - first).days // step]][one.outcome] += one.count
        if one.outcome == "answer":
            answered[one.entry] += one.count
    entries = [_entry(id, story, answered[id], *feedback.get(id, (0, 0))) for id in {*answered, *feedback}]
    total = sum(by_time.values(), Counter[str]())
    return Stats(
        first=first,
        last=last,
        total=_figures(total),
        times={time: _figures(some) for time, some in by_time.items()},
        entries=tuple(sorted(entries, key=lambda one: (-one.answered, -one.unhelpful, one.id))),
    )


def _entry(id: str, story: Story, answered: int, helpful: int, unhelpful: int) -> OfEntry:
    question = story.entries[id].question if id in story.entries else id
    return OfEntry(id, question, answered, helpful, unhelpful)


def _figures(counts: Counter[str]) -> Figures:
    return Figures(answered=counts["answer"], offered=counts["clarify"], missed=counts["abstain"])
