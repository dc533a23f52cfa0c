"""Snowflake ids and their timestamps."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

DISCORD_EPOCH = 1_420_070_400_000
WORLD_EPOCH = 1_704_067_200_000  # 1 January 2024: the ids of guilds, users, channels and roles count from here


class Snowflakes:
    """Generates ids: the same in every run for guilds and users, from the current time for messages."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._count = itertools.count(1)
        self._last = 0

    def fixed(self) -> int:
        """Return the next id that is the same in every run."""
        return (WORLD_EPOCH - DISCORD_EPOCH + next(self._count)) << 22

    def now(self) -> int:
        """Return an id of the current time, above all earlier ones; discord.py computes ages from them."""
        self._last = max((int(self._clock() * 1000) - DISCORD_EPOCH) << 22, self._last + 1)
        return self._last


def timestamp(snowflake: int) -> str:
    """Return the time of an id in Discord's format."""
    seconds = ((snowflake >> 22) + DISCORD_EPOCH) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
