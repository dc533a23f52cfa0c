"""How much one person may have the bot do, counted over every way of doing it. Pure: the clock is passed in.

Everything is in memory only: the ids are never logged and never stored.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from cachetools import LRUCache
from msgspec import Struct

Kind = Literal[
    "question", "heard", "press", "keystroke", "picture", "moderation", "form", "upload", "refusal", "complaint"
]
BUCKETS = 20_000
"""Buckets remembered, which takes 5 MB; beyond that the one untouched for longest starts afresh."""


class Rate(Struct, frozen=True):
    """So many times in so many seconds."""

    times: int
    seconds: float


RATES: Mapping[Kind, Rate] = {
    "heard": Rate(10, 10),  # messages in a channel of listen_channels that nobody addressed to us
    "press": Rate(10, 10),  # buttons that turn a page, show paragraphs or vote
    "keystroke": Rate(5, 1),  # lists of suggestions
    "picture": Rate(3, 60),
    "moderation": Rate(30, 30),  # /kb commands, buttons and selects
    "form": Rate(10, 60),  # forms sent, each of which is written down
    "upload": Rate(3, 60),  # archives of the base, in and out
    "refusal": Rate(5, 20),  # answers to one person alone that say no
    "complaint": Rate(1, 30),  # the same in a channel, for each channel
}
"""What the settings leave alone; they set the rate of questions."""


class _Bucket(Struct, frozen=True):
    left: float
    filled: float


class Cooldown:
    """A token bucket for each person and kind of use."""

    def __init__(
        self, questions: int, seconds: float, clock: Callable[[], float], rates: Mapping[Kind, Rate] = RATES
    ) -> None:
        self._rates = {**rates, "question": Rate(questions, seconds)}
        self._clock = clock
        self._buckets: LRUCache[tuple[Kind, int, int], _Bucket] = LRUCache(BUCKETS)

    def wait(self, person: int, kind: Kind = "question", where: int = 0) -> float:
        """Take one from the person's bucket; return 0, or the seconds until there will be one to take."""
        return self._take(person, kind, where, 1)

    def reserve(self, person: int, kind: Kind) -> float:
        """Take one, if need be the next to come, and return the seconds until then. Call it again only after those."""
        return self._take(person, kind, 0, 0)

    def _take(self, person: int, kind: Kind, where: int, least: float) -> float:
        rate, now, key = self._rates[kind], self._clock(), (kind, person, where)
        bucket = self._buckets.get(key) or _Bucket(rate.times, now)
        gained = max(0.0, now - bucket.filled) * rate.times / rate.seconds
        left = min(rate.times, bucket.left + gained)
        missing = max(0.0, 1 - left)
        if left >= least:
            left = max(left - 1, -1.0)
        self._buckets[key] = _Bucket(left, now)
        return missing * rate.seconds / rate.times
