"""Exponential backoff with jitter."""

import random

MAX_DELAY = 60.0  # seconds


class Backoff:
    """The delay after each failure in a row: `first` seconds, then twice as long each time, up to `longest`."""

    def __init__(self, *, first: float = 1.0, longest: float = MAX_DELAY) -> None:
        self._first = first
        self._longest = longest
        self.failures = 0

    def reset(self) -> None:
        """Start over with the shortest delay."""
        self.failures = 0

    def next_delay(self, *, retry_at_once: bool = False, longest: float | None = None) -> float:
        """Count a failure and return the seconds to wait before retrying; with `retry_at_once` the first retry waits 0.

        A quarter of each delay is random, so that many processes do not come back at the same moment.
        """
        self.failures += 1
        doublings = self.failures - 1 - retry_at_once
        if doublings < 0:
            return 0.0
        cap = self._longest if longest is None else longest
        seconds = min(cap, self._first * 2.0 ** min(doublings, 16))
        return seconds * random.uniform(0.75, 1.0)  # noqa: S311 (not security-relevant)
