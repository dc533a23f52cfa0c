"""Work that is repeated in the background."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class PeriodicTask:
    """Runs `work` over and over, `interval` seconds apart, from `start` until `cancel`; errors are logged and retried.

    discord.ext.tasks sleeps until a time of day instead: if the clock is set back a year, it stands still for a year.
    """

    def __init__(self, work: Callable[[], Awaitable[None]], interval: float) -> None:
        self._work = work
        self.interval = interval
        self._task: asyncio.Task[None] | None = None

    async def run_once(self) -> None:
        """Run the work now, besides the regular runs. Raise what it raises."""
        await self._work()

    def start(self) -> None:
        """Run the work for the first time, and keep running it."""
        self._task = asyncio.create_task(self._run())

    def cancel(self) -> None:
        """Stop running, if it was ever started."""
        if self._task is not None:
            self._task.cancel()

    def is_running(self) -> bool:
        """Return whether the task was started and has not been cancelled."""
        return self._task is not None and not self._task.done()

    async def _run(self) -> None:
        while True:
            try:
                await self._work()
            except Exception:
                log.exception("This is a bug; retrying in %g s", self.interval)
            await asyncio.sleep(self.interval)
