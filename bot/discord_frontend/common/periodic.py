"""What is done again and again beside the connection."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Repeated:
    """Does one thing, waits so many seconds, and so on, from `start` until `cancel`; what goes wrong does not end it.

    Not discord.ext.tasks, which waits for a time of day: by a clock that is set back a year it would stand still for a year.
    """

    def __init__(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    async def __call__(self) -> None:
        """Does it once, beside that."""
        await self._work()

    def start(self) -> None:
        """Does it now for the first time."""
        self._task = asyncio.create_task(self._run())

    def cancel(self) -> None:
        """Ends it, also where it never began."""
        if self._task is not None:
            self._task.cancel()

    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._task is not None and not self._task.done()

    def change_interval(self, *, seconds: float) -> None:
        """Waits so many seconds from now on."""
        self._seconds = seconds

    async def _run(self) -> None:
        while True:
            try:
                await self._work()
            except Exception:
                log.exception("This is a bug; it is tried again in %g s", self._seconds)
            await asyncio.sleep(self._seconds)
