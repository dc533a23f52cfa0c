"""One question at a time: the loop comes round between two of them, so that a crowd never keeps it from anything else.

Interactions go first: Discord gives them 3 seconds, while a message may be answered whenever we get to it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Turns:
    """Two queues of work that takes a few milliseconds each: what is urgent, and what is not."""

    def __init__(self) -> None:
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._taken = False

    @property
    def ahead(self) -> int:
        """How much urgent work waits for its turn."""
        return len(self._urgent)

    async def take(self, work: Callable[[], T], *, urgent: bool) -> T:
        """Does the work when its turn has come; raises what it raises."""
        loop = asyncio.get_running_loop()
        if self._taken:
            turn: asyncio.Future[None] = loop.create_future()
            (self._urgent if urgent else self._others).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        self._taken = True
        try:
            return work()
        finally:
            loop.call_soon(self._pass_on)  # and not at once: many may start in one go

    def _pass_on(self) -> None:
        """Gives the turn to the next who still waits."""
        for queue in (self._urgent, self._others):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._taken = False
