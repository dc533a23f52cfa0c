"""Running moderators' slow jobs one at a time, with a bounded queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from bot.errors import PilcrowError

P = ParamSpec("P")
T = TypeVar("T")


class QueueFull(PilcrowError):
    """Too many jobs are waiting already."""


class WorkQueue:
    """Runs one job at a time and lets up to `limit` wait; further ones are refused with `message`."""

    def __init__(self, limit: int, message: str) -> None:
        self._limit = limit
        self._message = message
        self._lock = asyncio.Lock()
        self._jobs = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raise QueueFull."""
        if self._jobs > self._limit:
            raise QueueFull(self._message)
        self._jobs += 1
        try:
            async with self._lock:
                yield
        finally:
            self._jobs -= 1

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in a thread when its turn comes. Raise QueueFull, and what the function raises."""
        async with self.turn():
            return await asyncio.to_thread(function, *args, **kwargs)
