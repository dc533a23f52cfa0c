"""Statistics of what was asked and how it came out: by day, by entry and in total. Pure; no text of a question is in them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from msgspec import Struct

from bot.journal.records import OutcomeCount
from bot.story.derived import shown_entry
from bot.story.models import Story

WEEKLY_FROM = 62
"""Days from which the totals are given by week."""
WEEK = 7


class Totals(Struct, frozen=True):
    """How many questions were answered, offered a choice of answers, or missed."""

    answered: int = 0
    offered: int = 0
    missed: int = 0

    @property
    def asked(self) -> int:
        """The number of all questions."""
        return self.answered + self.offered + self.missed

    @classmethod
    def of(cls, counts: Counter[str]) -> "Totals":
        """Return the totals of counts by outcome."""
        return cls(answered=counts["answer"], offered=counts["clarify"], missed=counts["abstain"])


class EntryStats(Struct, frozen=True):
    """How often an entry answered, and how it was rated. `question` is its id where the entry has been removed."""

    id: str
    question: str
    answered: int
    helpful: int
    unhelpful: int


class Stats(Struct, frozen=True):
    """The statistics of the days from `first` to `last`, with the entries that answered or were rated, busiest first."""

    first: date
    last: date
    total: Totals
    periods: Mapping[date, Totals]
    """By day, or by week (under its first day) where there are many; includes those without a question."""
    entries: tuple[EntryStats, ...]

    @property
    def weekly(self) -> bool:
        """Whether the periods are weeks."""
        return (self.last - self.first).days >= WEEKLY_FROM


def compute_stats(
    counts: Iterable[OutcomeCount], feedback: Mapping[str, tuple[int, int]], story: Story, first: date, last: date
) -> Stats:
    """Return the statistics from `first` to `last`, both included; `feedback`: (helpful, not helpful) by entry."""
    step = WEEK if (last - first).days >= WEEKLY_FROM else 1
    first += timedelta(days=((last - first).days + 1) % step)  # whole weeks: part of one would look like a slump
    starts = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    answered = Counter[str]()
    by_period: dict[date, Counter[str]] = {start: Counter() for start in starts}
    for count in counts:
        if not first <= count.day <= last:
            continue
        by_period[starts[(count.day - first).days // step]][count.outcome] += count.count
        if count.outcome == "answer":
            answered[count.entry] += count.count
    entries = [_entry_stats(id, story, answered[id], *feedback.get(id, (0, 0))) for id in {*answered, *feedback}]
    return Stats(
        first=first,
        last=last,
        total=Totals.of(sum(by_period.values(), Counter[str]())),
        periods={start: Totals.of(outcomes) for start, outcomes in by_period.items()},
        entries=tuple(sorted(entries, key=lambda entry: (-entry.answered, -entry.unhelpful, entry.id))),
    )


def _entry_stats(id: str, story: Story, answered: int, helpful: int, unhelpful: int) -> EntryStats:
    entry = shown_entry(story, id)
    return EntryStats(id, entry.question if entry else id, answered, helpful, unhelpful)
