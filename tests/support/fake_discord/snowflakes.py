"""Ids, and the moments that they hold."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

DISCORD_EPOCH = 1_420_070_400_000
WORLD_BEGAN = 1_704_067_200_000  # 1 January 2024: the ids of guilds, users, channels and roles count from here


class Snowflakes:
    """Ids: always the same ones for the things of the world, of the present moment for what is said in it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._count = itertools.count(1)
        self._last = 0

    def fixed(self) -> int:
        """The next id that is the same in every run."""
        return (WORLD_BEGAN - DISCORD_EPOCH + next(self._count)) << 22

    def now(self) -> int:
        """An id of the present moment, above all earlier ones: discord.py reads ages from such ids."""
        self._last = max((int(self._clock() * 1000) - DISCORD_EPOCH) << 22, self._last + 1)
        return self._last


def timestamp(snowflake: int) -> str:
    """The moment that an id was made, as Discord writes it."""
    seconds = ((snowflake >> 22) + DISCORD_EPOCH) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
