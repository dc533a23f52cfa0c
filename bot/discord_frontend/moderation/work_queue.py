"""Slow work of moderators: one piece at a time, in a thread, and only so many waiting."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from bot.errors import PilcrowError

P = ParamSpec("P")
T = TypeVar("T")


class QueueFull(PilcrowError):
    """Too many are waiting already."""


class Queue:
    """Lets one piece of work run and up to `most` wait; whoever comes after that is refused with `sentence`."""

    def __init__(self, most: int, sentence: str) -> None:
        self._most = most
        self._sentence = sentence
        self._lock = asyncio.Lock()
        self._inside = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises QueueFull."""
        if self._inside > self._most:
            raise QueueFull(self._sentence)
        self._inside += 1
        try:
            async with self._lock:
                yield
        finally:
            self._inside -= 1

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run something in a thread when its turn comes. Raises QueueFull, and what the work raises."""
        async with self.turn():
            return await asyncio.to_thread(work, *args, **kwargs)
