"""The connections to Discord's gateway: one line when one is lost and one when it is back, and how well they are.

`gateway` makes them again when they end. What it does not see is a connection on which events still come and heartbeats
are no longer acknowledged: Discord says to end such a one, and that is done here.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from time import monotonic, perf_counter
from time import time as wall_time

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from bot.config import Config
from bot.ops import health
from bot.ops.health import Health

ENOUGH = 2.2
"""Heartbeat intervals without an acknowledgement after which the connection counts as dead."""
SLICE = 0.005  # seconds of handling events after which it is others' turn
RESTART = 4000
"""The close code with which to go on afterwards: any but 1000 and 1001; topics/gateway, "Heartbeat"."""
ONLY = 0
"""The shard of a client that has no others."""
log = logging.getLogger(__name__)


class Connection:
    """Watches the gateway connections of one client, of which there is one for each of its shards; most have one.

    sockets: those that there are, by shard; shards: those that there have to be.
    """

    def __init__(
        self,
        client: discord.Client,
        config: Config,
        revision: Callable[[], str],
        *,
        sockets: Callable[[], Mapping[int, DiscordWebSocket]],
        shards: Callable[[], Collection[int]],
    ) -> None:
        self._client = client
        self._file = config.health_file
        self._name = "" if config.shards == 1 else "Shard %d: "
        self._revision = revision
        self._sockets = sockets
        self._shards = shards
        self._start = monotonic()
        self._began: set[int] = set()
        self._lost: dict[int, float] = {}
        self._stubborn: set[int] = set()
        self._failed = False
        let_others_run(client)

    def lost(self, shard: int = ONLY, why: str = "close code none") -> None:
        """Note that a connection has ended, or that an attempt to make it has failed; only the first time is logged."""
        if shard in self._lost:
            return
        self._lost[shard] = monotonic()
        if shard in self._began:
            self._say(logging.WARNING, shard, f"The connection to Discord is lost ({why}); it is coming back")
        else:
            self._say(
                logging.WARNING, shard, f"There is no connection to Discord's gateway yet ({why}); the bot keeps trying"
            )

    def still_lost(self, shard: int, why: str) -> None:
        """Log, once for each loss, that many attempts in a row have failed."""
        if shard in self._lost and shard not in self._stubborn:
            self._stubborn.add(shard)
            self._say(logging.WARNING, shard, f"Every attempt to connect fails ({why}); the bot tries less often now")

    def back(self, shard: int = ONLY, *, resumed: bool) -> None:
        """Note that a connection is there (again)."""
        began = shard in self._began
        if began and shard not in self._lost:
            return
        seconds = self._lost_for(shard)
        waited = self._lost.pop(shard, None) is not None
        self._stubborn.discard(shard)
        self._began.add(shard)
        if not began:
            after = f" after {seconds:.1f} s" if waited else ""
            self._say(logging.INFO, shard, f"Connected to Discord{after}")
        elif resumed:
            self._say(logging.INFO, shard, f"Connected again after {seconds:.1f} s; nothing was missed")
        else:
            missed = "in a new session: what was written meanwhile was missed"
            self._say(logging.INFO, shard, f"Connected again after {seconds:.1f} s, {missed}")

    @property
    def connected(self) -> bool:
        """Whether every shard is connected."""
        return all(shard in self._began and shard not in self._lost for shard in self._shards())

    async def look(self) -> None:
        """Ends dead connections, so that new ones are made, and writes down how things are."""
        for shard, socket in self._sockets().items():
            if shard in self._began and shard not in self._lost and socket.open and _dead(socket):
                self._say(
                    logging.WARNING, shard, "Discord no longer acknowledges heartbeats; the connection is made anew"
                )
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
        acknowledged = [ago for one in self._sockets().values() if (ago := _acknowledged(one)) is not None]
        lost = [self._lost_for(shard) for shard in self._shards() if shard not in self._began or shard in self._lost]
        return Health(
            written=round(wall_time()),
            connected=not lost,
            lost_seconds=round(max(lost, default=0)),
            heartbeat_ack_seconds=round(max(acknowledged)) if acknowledged else None,
            servers=len(self._client.guilds),
            revision=self._revision(),
        )

    def _lost_for(self, shard: int) -> float:
        since = self._lost.get(shard) if shard in self._began else self._start
        return 0.0 if since is None else monotonic() - since

    def _say(self, level: int, shard: int, sentence: str) -> None:
        log.log(level, "%s%s", self._name % shard if self._name else "", sentence)


def let_others_run(client: discord.Client) -> None:
    """Has the loop come round between events: discord.py handles all that have arrived in one go, and a crowd sends many."""
    connect = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        socket = await connect(url, compress=compress)
        receive, since = socket.receive, perf_counter()

        async def receive_in_slices(timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 (aiohttp's name)
            nonlocal since
            if perf_counter() - since > SLICE:
                await asyncio.sleep(0)
                since = perf_counter()
            return await receive(timeout)

        socket.receive = receive_in_slices  # type: ignore[method-assign]
        return socket

    client.http.ws_connect = ws_connect  # type: ignore[method-assign]


def _acknowledged(socket: DiscordWebSocket) -> float | None:
    """Seconds since Discord last acknowledged a heartbeat (or since the connection was made)."""
    beat = socket._keep_alive  # noqa: SLF001 (discord.py tells the latency of the last one, not when that was)
    return None if beat is None else perf_counter() - beat._last_ack  # noqa: SLF001


def _dead(socket: DiscordWebSocket) -> bool:
    beat, ago = socket._keep_alive, _acknowledged(socket)  # noqa: SLF001
    return bool(beat is not None and beat.interval and ago is not None and ago > ENOUGH * beat.interval)
