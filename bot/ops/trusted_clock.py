"""The date, from a clock that can be trusted with deleting things. Pure: the machine's clocks are passed in."""

from collections.abc import Callable
from datetime import UTC, date, datetime

DAY = 86_400.0  # seconds
TOLERANCE = 3600.0
"""Seconds by which two times may differ and still count as the same."""
MAX_ABSENCE = 60 * DAY
"""Seconds that may have passed since the last known day, where the machine's clock says something else."""


class TrustedClock:
    """Today's date by Discord's time: what is kept for ninety days must not go because a clock is wrong.

    Every response of Discord has a date; between two responses monotonic seconds are counted, so that it does not matter
    what the machine's clock shows or how often it is set. But a date may be false too, such as a proxy's. So it is believed
    at once only if the machine's clock is within a day of it, or at the start if it follows the last known day; a jump that
    the machine's clock does not confirm has to last for a day. Until then the clock goes on as before, at the start by the
    machine's clock. Nothing may be deleted by age while Discord's date is not believed, and for a day after a jump.
    """

    def __init__(self, wall_clock: Callable[[], float], monotonic: Callable[[], float]) -> None:
        """wall_clock: the machine's, in seconds since 1970; monotonic: seconds from any start, which never go back."""
        self._wall_clock = wall_clock
        self._monotonic = monotonic
        self._last_day: date | None = None
        self._offset: float | None = None
        """What to add to the monotonic seconds to get the time; None until a time of Discord's is believed."""
        self._server_offset: float | None = None
        """The same by Discord's latest response, believed or not."""
        self._consistent_since = 0.0
        """The monotonic time since which Discord's responses have agreed with each other."""
        self._reliable_from = 0.0
        """The monotonic time from which things may be deleted."""

    def set_last_day(self, day: date | None) -> None:
        """Set the last day on which something was recorded; None if nothing was."""
        self._last_day = day
        self._judge()

    def synchronize(self, server_time: float) -> None:
        """Take note of the time that Discord gives, in seconds since 1970."""
        offset = server_time - self._monotonic()
        if self._server_offset is None or abs(offset - self._server_offset) > TOLERANCE:
            self._consistent_since = self._monotonic()
        self._server_offset = offset
        self._judge()

    @property
    def is_synchronized(self) -> bool:
        """Whether Discord has given a time, believed or not."""
        return self._server_offset is not None

    @property
    def is_reliable(self) -> bool:
        """Whether it is certain enough which day it is to delete things by their age."""
        if self._offset is None or self._server_offset is None:
            return False
        return abs(self._server_offset - self._offset) <= TOLERANCE and self._monotonic() >= self._reliable_from

    @property
    def machine_error(self) -> float:
        """Seconds by which the machine's clock is ahead of Discord's; 0 within TOLERANCE, or if not known."""
        if self._server_offset is None:
            return 0.0
        error = self._wall_clock() - self._monotonic() - self._server_offset
        return error if abs(error) > TOLERANCE else 0.0

    def today(self) -> date:
        """Return today's date in UTC."""
        now = self._wall_clock() if self._offset is None else self._monotonic() + self._offset
        return datetime.fromtimestamp(now, UTC).date()

    def _judge(self) -> None:
        """Believe Discord's latest time if there is reason to."""
        if self._server_offset is None:
            return
        now = self._monotonic()
        first = self._offset is None
        if self._offset is not None and abs(self._server_offset - self._offset) <= TOLERANCE:
            self._offset = self._server_offset
        elif abs(self._wall_clock() - now - self._server_offset) <= DAY:
            self._offset = self._server_offset
            self._reliable_from = now if first else now + DAY
        elif self._follows_last_known_day(now) and (first or now - self._consistent_since >= DAY):
            self._offset = self._server_offset
            self._reliable_from = now + DAY

    def _follows_last_known_day(self, now: float) -> bool:
        """Return whether Discord's time is at most MAX_ABSENCE after the time so far, or after the last recorded day."""
        if self._server_offset is None:
            return False
        if self._offset is not None:
            passed = self._server_offset - self._offset
        elif self._last_day is not None:
            last = datetime(self._last_day.year, self._last_day.month, self._last_day.day, tzinfo=UTC).timestamp()
            passed = self._server_offset + now - last
        else:
            return False
        return -DAY <= passed <= MAX_ABSENCE
