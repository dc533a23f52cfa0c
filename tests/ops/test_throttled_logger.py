"""Warnings that come often are logged seldom."""

import logging

import pytest

from bot.ops.throttled_logger import ThrottledLogger


def test_a_warning_repeated_a_thousand_times_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """Each kind at once; the next line of a kind has the number of those that were suppressed."""
    time = [0.0]
    throttled = ThrottledLogger(logging.getLogger("bot.here"), lambda: time[0])
    for _ in range(1000):
        throttled.warning("a", "Trouble")
    throttled.warning("b", "Other trouble")
    time[0] = 61.0
    throttled.warning("a", "Trouble")
    assert caplog.messages == ["Trouble", "Other trouble", "Trouble (999 more like it since the last line)"]
