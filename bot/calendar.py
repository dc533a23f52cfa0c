"""The day, as far as the clock can be trusted. Pure: both clocks are passed in."""

from collections.abc import Callable
from datetime import UTC, date, datetime

SLACK = 3600.0
"""Seconds by which a clock may be put right between two looks without that being a jump."""
HOLDS = 86_400.0
"""Seconds for which a clock that has jumped has to keep its new time before it is believed."""


class Calendar:
    """Today, told by a clock that may jump and held against one that only counts seconds.

    At the start the clock is believed: with one that is years off, no connection to Discord would come about, whose
    certificates would have expired. After a jump the days go on as before, until the clock has kept its new time for a day:
    what is kept for ninety days must not be deleted because the year was wrong for a minute.
    """

    def __init__(self, clock: Callable[[], float], seconds: Callable[[], float]) -> None:
        """clock: seconds since 1970, as the machine has it; seconds: a count that never goes back."""
        self._clock = clock
        self._seconds = seconds
        self._ahead = clock() - seconds()
        self._jumped: tuple[float, float] | None = None
        """How far ahead the clock is since it jumped, and when that was seen first."""

    def today(self) -> date:
        """The day in UTC."""
        now = self._seconds()
        ahead = self._clock() - now
        if abs(ahead - self._ahead) <= SLACK:
            self._ahead, self._jumped = ahead, None
        elif self._jumped is None or abs(ahead - self._jumped[0]) > SLACK:
            self._jumped = ahead, now
        elif now - self._jumped[1] >= HOLDS:
            self._ahead, self._jumped = ahead, None
        return datetime.fromtimestamp(now + self._ahead, UTC).date()
