"""One question at a time: the loop comes round between two of them, so that a crowd never keeps it from anything else.

What Discord wants to hear of within three seconds goes first; a message, or a command that has been put off, can wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.discord_frontend.common.discord_limits import INTERACTION_SECONDS

T = TypeVar("T")
EVERY = 0.25  # seconds after which something that can wait gets its turn, even while Discord is waiting


class Turns:
    """Two queues of work that takes a few milliseconds each: what is urgent, and what is not."""

    def __init__(self) -> None:
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._taken = False
        self._acknowledging = 0
        self._last = 0.0

    @property
    def ahead(self) -> int:
        """How much that Discord wants to hear of soon is under way."""
        return len(self._urgent) + self._acknowledging

    @property
    def behind(self) -> int:
        """How much waits that can wait."""
        return len(self._others)

    async def take(self, work: Callable[[], T], *, urgent: bool) -> T:
        """Do the work when its turn has come. Raises what it raises."""
        loop = asyncio.get_running_loop()
        if self._taken or (self._acknowledging and not urgent):
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

    @contextmanager
    def acknowledging(self) -> Iterator[None]:
        """Hold back what can wait while Discord is told that an answer comes, for as long as it listens to that."""
        self._acknowledging += 1
        late = asyncio.get_running_loop().call_later(INTERACTION_SECONDS, self._acknowledged)
        try:
            yield
        finally:
            if late.when() > asyncio.get_running_loop().time():
                late.cancel()
                self._acknowledged()

    def _acknowledged(self) -> None:
        self._acknowledging -= 1
        if not self._taken:
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to the next who still waits, if anybody may have it."""
        self._taken = self._give(self._urgent)
        now = asyncio.get_running_loop().time()
        if not self._taken and (not self._acknowledging or now - self._last > EVERY):
            self._last = now
            self._taken = self._give(self._others)

    def _give(self, queue: deque[asyncio.Future[None]]) -> bool:
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False
