"""The connection to Discord's gateway: one line when it is lost and one when it is back, and how well it is.

discord.py comes back by itself. What it does not see is a connection on which events still come and heartbeats are no
longer acknowledged: Discord says to end such a one, and that is done here.
"""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic, perf_counter
from time import time as wall_time

import discord
from discord.gateway import DiscordWebSocket

from bot import health
from bot.config import Config
from bot.health import Health

ENOUGH = 2.2
"""Heartbeat intervals without an acknowledgement after which the connection counts as dead."""
RESTART = 4000
"""The close code with which to go on afterwards: any but 1000 and 1001; topics/gateway, "Heartbeat"."""
log = logging.getLogger(__name__)


class Connection:
    """Watches the gateway connection of one client."""

    def __init__(self, client: discord.Client, config: Config, revision: Callable[[], str]) -> None:
        self._client = client
        self._file = config.health_file
        self._revision = revision
        self._lost: float | None = monotonic()
        self._began = False
        self._failed = False

    def lost(self) -> None:
        """The connection is lost. discord.py says so again for each attempt that fails."""
        if self._lost is None:
            self._lost = monotonic()
            code = getattr(self._client.ws.socket, "close_code", None) if self._client.ws else None
            log.warning("The connection to Discord is lost (close code %s); it is coming back", code or "none")

    def back(self, *, resumed: bool) -> None:
        """The connection is there (again)."""
        seconds = self._lost_for()
        self._lost = None
        if not self._began:
            log.info("Connected to Discord")
        elif resumed:
            log.info("Connected again after %.1f s; nothing was missed", seconds)
        else:
            log.info("Connected again after %.1f s, in a new session: what was written meanwhile was missed", seconds)
        self._began = True

    async def look(self) -> None:
        """Ends a dead connection, so that a new one is made, and writes down how things are."""
        socket = self._client.ws
        if self._lost is None and socket is not None and socket.open and _dead(socket):
            log.warning("Discord no longer acknowledges heartbeats; the connection is made anew")
            await socket.close(code=RESTART)
        if self._file is not None:
            try:
                await asyncio.to_thread(health.write, self._file, self._health())
                self._failed = False
            except OSError as error:
                if not self._failed:
                    log.warning("health_file can't be written: %s", error.strerror or error)
                self._failed = True

    def _health(self) -> Health:
        ago = _acknowledged(self._client.ws) if self._client.ws is not None else None
        return Health(
            written=round(wall_time()),
            connected=self._lost is None,
            lost_seconds=round(self._lost_for()),
            heartbeat_ack_seconds=None if ago is None else round(ago),
            servers=len(self._client.guilds),
            revision=self._revision(),
        )

    def _lost_for(self) -> float:
        return 0.0 if self._lost is None else monotonic() - self._lost


def _acknowledged(socket: DiscordWebSocket) -> float | None:
    """Seconds since Discord last acknowledged a heartbeat (or since the connection was made)."""
    beat = socket._keep_alive  # noqa: SLF001 (discord.py tells the latency of the last one, not when that was)
    return None if beat is None else perf_counter() - beat._last_ack  # noqa: SLF001


def _dead(socket: DiscordWebSocket) -> bool:
    beat, ago = socket._keep_alive, _acknowledged(socket)  # noqa: SLF001
    return bool(beat is not None and beat.interval and ago is not None and ago > ENOUGH * beat.interval)
