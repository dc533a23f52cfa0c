"""The day, by a clock that can be trusted with deleting things. Pure: the clocks are passed in."""

from collections.abc import Callable
from datetime import UTC, date, datetime

SLACK = 3600.0
"""Seconds by which the machine's clock may differ from the trusted time before that is worth a word."""


class Calendar:
    """Today, by Discord's time: what is kept for ninety days must not go because the machine believes in another year.

    Every answer of Discord says when it was made; between two answers seconds are counted, so that it does not matter what
    the machine's clock shows or how often it is set. Until the first answer the machine's clock has to do, and `confirmed`
    is false: nothing may be deleted by age then.
    """

    def __init__(self, clock: Callable[[], float], seconds: Callable[[], float]) -> None:
        """clock: seconds since 1970, as the machine has it; seconds: a count that never goes back."""
        self._clock = clock
        self._seconds = seconds
        self._ahead: float | None = None
        """How far ahead of the count the time is, once Discord has told it."""

    def hear(self, time: float) -> None:
        """Take over the time, in seconds since 1970, that Discord tells."""
        self._ahead = time - self._seconds()

    @property
    def confirmed(self) -> bool:
        """Whether Discord has told the time."""
        return self._ahead is not None

    @property
    def machine_off(self) -> float:
        """Seconds by which the machine's clock is ahead of the trusted time; 0 where it is near enough or not known."""
        off = 0.0 if self._ahead is None else self._clock() - self._seconds() - self._ahead
        return off if abs(off) > SLACK else 0.0

    def today(self) -> date:
        """Return the day in UTC."""
        now = self._clock() if self._ahead is None else self._seconds() + self._ahead
        return datetime.fromtimestamp(now, UTC).date()
