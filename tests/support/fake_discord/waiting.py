"""Waiting for a condition without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Signal:
    """Wakes all waiters whenever the fake Discord changes."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Have every waiter check its condition again."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], T | None], description: str, within: float) -> T:
        """Return the first truthy result of `condition`. Raise TimeoutError with `description`."""
        try:
            async with asyncio.timeout(within):
                while not (result := condition()):
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiters.add(waiter)
                    try:
                        await waiter
                    finally:
                        self._waiters.discard(waiter)
                return result
        except TimeoutError:
            raise TimeoutError(f"waited {within:g} s for {description}") from None
