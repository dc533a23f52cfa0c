"""Waiting longer and longer between attempts."""

import random

LONGEST = 60.0  # seconds


class Backoff:
    """How long to wait after each failure: 0 or `first` seconds, then twice as long each time, up to `longest`."""

    def __init__(self, *, first: float = 1.0, longest: float = LONGEST) -> None:
        self._first = first
        self._longest = longest
        self.failures = 0

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self.failures = 0

    def next(self, *, at_once: bool = False, longest: float | None = None) -> float:
        """Count a failure and return the seconds to wait; `at_once`: the first attempt after it needs no wait.

        A quarter is left to chance, so that many processes do not come back all at the same moment.
        """
        self.failures += 1
        doublings = self.failures - 1 - at_once
        if doublings < 0:
            return 0.0
        most = self._longest if longest is None else longest
        seconds = min(most, self._first * 2.0 ** min(doublings, 16))
        return seconds * random.uniform(0.75, 1.0)  # noqa: S311 (no secret hangs on it)
