"""The date, from a clock that can be trusted with deleting things. Pure: the machine's clocks are passed in."""

from collections.abc import Callable
from datetime import UTC, date, datetime

TOLERANCE = 3600.0
"""Seconds by which the machine's clock may differ from the trusted time before that is worth reporting."""


class TrustedClock:
    """Today's date by Discord's time: what is kept for ninety days must not go because the machine's clock is wrong.

    Every response of Discord has a date; between two responses monotonic seconds are counted, so that it does not matter
    what the machine's clock shows or how often it is set. Before the first response the machine's clock has to do, and the
    trusted clock is not synchronized: nothing may be deleted by age then.
    """

    def __init__(self, wall_clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """wall_clock: the machine's, in seconds since 1970; monotonic: seconds from any start, which never go back."""
        self._wall_clock = wall_clock
        self._monotonic = monotonic
        self._offset: float | None = None
        """What to add to the monotonic seconds to get the time."""

    def synchronize(self, server_time: float) -> None:
        """Set the clock to the time that Discord gives, in seconds since 1970."""
        self._offset = server_time - self._monotonic()

    @property
    def is_synchronized(self) -> bool:
        """Whether Discord has given the time."""
        return self._offset is not None

    @property
    def machine_error(self) -> float:
        """Seconds by which the machine's clock is ahead of the trusted time; 0 within TOLERANCE, or if not known."""
        error = 0.0 if self._offset is None else self._wall_clock() - self._monotonic() - self._offset
        return error if abs(error) > TOLERANCE else 0.0

    def today(self) -> date:
        """Return today's date in UTC."""
        now = self._wall_clock() if self._offset is None else self._monotonic() + self._offset
        return datetime.fromtimestamp(now, UTC).date()
