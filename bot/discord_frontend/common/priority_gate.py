"""Running short pieces of synchronous work one at a time, the urgent ones first.

The event loop runs between two pieces, so that a crowd of questions never blocks it. Urgent is what Discord expects a
response to within three seconds; a message, or a command that was deferred, can wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.cards.discord_limits import INTERACTION_SECONDS

T = TypeVar("T")
MAX_STARVATION = 0.25  # seconds after which deferrable work gets a turn even while Discord is waiting


class PriorityGate:
    """Lets one piece of work through at a time: urgent work first, then deferrable work."""

    def __init__(self) -> None:
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._deferrable: deque[asyncio.Future[None]] = deque()
        self._occupied = False
        self._acknowledging = 0
        self._deferrable_admitted_at = 0.0

    @property
    def urgent_count(self) -> int:
        """The number of waiting pieces of urgent work and of acknowledgements under way."""
        return len(self._urgent) + self._acknowledging

    @property
    def deferrable_count(self) -> int:
        """The number of waiting pieces of deferrable work."""
        return len(self._deferrable)

    async def run(self, work: Callable[[], T], *, urgent: bool) -> T:
        """Run the work when its turn comes. Raise what it raises."""
        loop = asyncio.get_running_loop()
        if self._occupied or (self._acknowledging and not urgent):
            turn: asyncio.Future[None] = loop.create_future()
            (self._urgent if urgent else self._deferrable).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._admit_next()
                raise
        self._occupied = True
        try:
            return work()
        finally:
            loop.call_soon(self._admit_next)  # not at once, or many would start in the same iteration of the loop

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """Hold back deferrable work while an interaction is acknowledged, for INTERACTION_SECONDS at most."""
        self._acknowledging += 1
        timeout = asyncio.get_running_loop().call_later(INTERACTION_SECONDS, self._acknowledged)
        try:
            yield
        finally:
            if timeout.when() > asyncio.get_running_loop().time():
                timeout.cancel()
                self._acknowledged()

    def _acknowledged(self) -> None:
        self._acknowledging -= 1
        if not self._occupied:
            self._admit_next()

    def _admit_next(self) -> None:
        """Give the turn to the next waiter that may have it."""
        self._occupied = self._wake(self._urgent)
        now = asyncio.get_running_loop().time()
        if not self._occupied and (not self._acknowledging or now - self._deferrable_admitted_at > MAX_STARVATION):
            self._deferrable_admitted_at = now
            self._occupied = self._wake(self._deferrable)

    def _wake(self, queue: deque[asyncio.Future[None]]) -> bool:
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False
