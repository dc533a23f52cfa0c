"""A logger for warnings that could come a thousand times a minute."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

MAX_KINDS = 200
"""Kinds of warnings that are counted at one time; the one logged longest ago is forgotten first."""


class ThrottledLogger:
    """Logs each kind of warning at most once per interval, with the number of those suppressed since."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = monotonic, seconds: float = 60.0) -> None:
        """seconds: the interval, by `clock`."""
        self._log = log
        self._clock = clock
        self._seconds = seconds
        self._logged: OrderedDict[object, tuple[float, int]] = OrderedDict()

    def warning(self, kind: object, message: str, error: BaseException | None = None) -> None:
        """Log a warning and where `error` happened, unless one of its kind was logged within the interval."""
        now = self._clock()
        last, suppressed = self._logged.get(kind, (None, 0))
        if last is not None and now - last < self._seconds:
            self._logged[kind] = (last, suppressed + 1)
            return
        self._logged[kind] = (now, 0)
        self._logged.move_to_end(kind)
        if len(self._logged) > MAX_KINDS:
            self._logged.popitem(last=False)
        more = f" ({suppressed} more like it since the last line)" if suppressed else ""
        self._log.warning("%s%s", message, more, exc_info=error)
