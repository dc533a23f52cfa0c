"""Waiting for something to become true without ever sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes everybody who waits, each time that something in the fake Discord changes."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Something changed: let every waiter look again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], T | None], description: str, within: float) -> T:
        """The first truthy thing that `condition` returns; TimeoutError naming `description` if there is none in time."""
        try:
            async with asyncio.timeout(within):
                while not (found := condition()):
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiters.add(waiter)
                    try:
                        await waiter
                    finally:
                        self._waiters.discard(waiter)
                return found
        except TimeoutError:
            raise TimeoutError(f"waited {within:g} s for {description}") from None
