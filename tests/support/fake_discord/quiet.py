"""Knowing that the bot has nothing more to do, without sleeping on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import StandIn

HANDLERS = ("discord.py: on_", "CommandTree-invoker", "discord-ui-")
STARTUP = ("discord.py: on_ready", "discord.py: on_connect", "discord.py: on_resumed", "discord.py: on_shard")
# Tasks that wait for time to pass: time-outs of views, delete_after, loops, the connections of aiohttp's own server.
IDLE = (
    "__timeout_task_impl",
    ".inner_call",
    "Message.delete.",
    "Loop._loop",
    "RequestHandler.",
    "_delay_ready",
    "_delay_shard_ready",
    "Shard.worker",
)


class Quiet:
    """Watches the tasks of a bot that runs in this event loop, and its requests in flight."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin
        self._before: set[asyncio.Task[Any]] | None = None

    def mark(self) -> None:
        """Remember which tasks there are: what is born from here on may be the bot's answer in the making."""
        self._before = asyncio.all_tasks()

    def busy(self) -> list[asyncio.Task[Any]]:
        """The tasks that may still say something."""
        before = asyncio.all_tasks() if self._before is None else self._before
        return [
            task
            for task in asyncio.all_tasks()
            if task is not asyncio.current_task()
            and not task.get_name().startswith(("standin", *STARTUP))
            and not any(name in getattr(task.get_coro(), "__qualname__", "") for name in IDLE)
            and (task not in before or task.get_name().startswith(HANDLERS))
        ]

    async def wait(self, within: float) -> None:
        """Return when the bot has read every event and finished what it made it do; TimeoutError if it does not."""
        await self.round_trip()
        try:
            async with asyncio.timeout(within):
                while True:
                    if busy := self.busy():
                        await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
                    elif self.standin.front.in_flight:
                        await self.standin.signal.until(lambda: not self.standin.front.in_flight, "requests", within)
                    else:
                        return
        except TimeoutError:
            names = [task.get_name() for task in self.busy()]
            raise TimeoutError(f"after {within:g} s the bot was still busy with {names}") from None

    async def round_trip(self) -> None:
        """Ask every connection for a heartbeat, and wait for one that says that the bot has read all earlier events.

        A heartbeat carries the number of the last event read; one that answers an earlier question, or that the bot
        sends by its own clock, proves nothing about the events after it.
        """
        for connection in self.standin.gateway.listening():
            session = connection.session
            assert session
            connection.send(1, None)
            await self.standin.until(
                lambda connection=connection, session=session, last=session.last: (  # type: ignore[misc]
                    connection.read >= last or session.connection is not connection
                ),
                "a heartbeat",
            )
