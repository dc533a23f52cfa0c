"""Waiting until the bot is idle, without sleeping."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .server import FakeDiscord

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


class IdleWatcher:
    """Watches the tasks of a bot in this event loop, and its requests in flight."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self.fake_discord = fake_discord
        self._before: set[asyncio.Task[Any]] | None = None

    def mark(self) -> None:
        """Remember the current tasks: those that start later may produce an answer."""
        self._before = asyncio.all_tasks()

    def busy(self) -> list[asyncio.Task[Any]]:
        """Return the tasks that may still produce an answer."""
        before = asyncio.all_tasks() if self._before is None else self._before
        return [
            task
            for task in asyncio.all_tasks()
            if task is not asyncio.current_task()
            and not task.get_name().startswith(("fake_discord", *STARTUP))
            and not any(name in getattr(task.get_coro(), "__qualname__", "") for name in IDLE)
            and (task not in before or task.get_name().startswith(HANDLERS))
        ]

    async def wait(self, within: float) -> None:
        """Wait until the bot has read every event and finished handling it. Raise TimeoutError."""
        await self.round_trip()
        try:
            async with asyncio.timeout(within):
                while True:
                    if busy := self.busy():
                        await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
                    elif self.fake_discord.http_api.in_flight:
                        await self.fake_discord.signal.until(
                            lambda: not self.fake_discord.http_api.in_flight, "requests", within
                        )
                    else:
                        return
        except TimeoutError:
            names = [task.get_name() for task in self.busy()]
            raise TimeoutError(f"after {within:g} s the bot was still busy with {names}") from None

    async def round_trip(self) -> None:
        """Request a heartbeat on every connection, and wait for one that acknowledges all earlier events.

        A heartbeat carries the number of the last event read; one that answers an earlier request, or a regular one,
        proves nothing about later events.
        """
        for connection in self.fake_discord.gateway.listening():
            session = connection.session
            assert session
            connection.send(1, None)
            await self.fake_discord.until(
                lambda connection=connection, session=session, last=session.last: (  # type: ignore[misc]
                    connection.read >= last or session.connection is not connection
                ),
                "a heartbeat",
            )
