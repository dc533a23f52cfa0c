"""The state of the gateway connections: logs each loss and recovery, ends dead connections and writes the health file.

`gateway_connection` reconnects when a connection ends. What it does not see is a connection on which events still arrive
but heartbeats are no longer acknowledged: Discord says to close such a one, and that is done here.
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

MISSED_HEARTBEATS = 2.2
"""Heartbeat intervals without an acknowledgement after which a connection counts as dead."""
TIME_SLICE = 0.005  # seconds of handling events in a row before the event loop gets a turn
RESUMABLE_CLOSE = 4000
"""A close code that keeps the session resumable: any but 1000 and 1001; topics/gateway, "Heartbeat"."""
SINGLE_SHARD = 0
"""The shard of a client that is not sharded."""
log = logging.getLogger(__name__)


class GatewayMonitor:
    """Watches the gateway connections of one client, one for each shard.

    sockets: return the open connections, by shard; shards: return the shards that should be connected; problems: return
    what is wrong with the journal and with the base.
    """

    def __init__(
        self,
        client: discord.Client,
        config: Config,
        revision: Callable[[], str],
        *,
        sockets: Callable[[], Mapping[int, DiscordWebSocket]],
        shards: Callable[[], Collection[int]],
        problems: Callable[[], tuple[str, str]] = lambda: ("", ""),
    ) -> None:
        self._client = client
        self._health_file = config.health_file
        self._log_prefix = "" if config.shards == 1 else "Shard %d: "
        self._revision = revision
        self._sockets = sockets
        self._shards = shards
        self._problems = problems
        self._created_at = monotonic()
        self._connected_once: set[int] = set()
        self._lost_at: dict[int, float] = {}
        self._reported_failing: set[int] = set()
        self._health_file_failed = False
        yield_between_events(client)

    def lost(self, shard: int = SINGLE_SHARD, reason: str = "close code none") -> None:
        """Note that a connection ended or an attempt to connect failed; log only the first in a row."""
        if shard in self._lost_at:
            return
        self._lost_at[shard] = monotonic()
        if shard in self._connected_once:
            self._log(logging.WARNING, shard, f"Lost the connection to Discord ({reason}); reconnecting")
        else:
            self._log(logging.WARNING, shard, f"Can't connect to Discord's gateway yet ({reason}); retrying")

    def still_lost(self, shard: int, reason: str) -> None:
        """Log, once for each loss, that many attempts in a row have failed."""
        if shard in self._lost_at and shard not in self._reported_failing:
            self._reported_failing.add(shard)
            self._log(logging.WARNING, shard, f"Still can't connect ({reason}); retrying less often")

    def connected(self, shard: int = SINGLE_SHARD, *, resumed: bool) -> None:
        """Note that a connection is up."""
        first = shard not in self._connected_once
        if not first and shard not in self._lost_at:
            return
        seconds = self._seconds_lost(shard)
        retried = self._lost_at.pop(shard, None) is not None
        self._reported_failing.discard(shard)
        self._connected_once.add(shard)
        if first:
            after = f" after {seconds:.1f} s" if retried else ""
            self._log(logging.INFO, shard, f"Connected to Discord{after}")
        elif resumed:
            self._log(logging.INFO, shard, f"Reconnected after {seconds:.1f} s; no messages were missed")
        else:
            missed = "in a new session; messages sent meanwhile were missed"
            self._log(logging.INFO, shard, f"Reconnected after {seconds:.1f} s {missed}")

    @property
    def all_connected(self) -> bool:
        """Whether every shard is connected."""
        return all(shard in self._connected_once and shard not in self._lost_at for shard in self._shards())

    async def check(self) -> None:
        """Close dead connections, so that they are replaced, and write the health file."""
        for shard, socket in self._sockets().items():
            if shard in self._connected_once and shard not in self._lost_at and socket.open and _is_dead(socket):
                self._log(logging.WARNING, shard, "Discord stopped acknowledging heartbeats; reconnecting")
                await socket.close(code=RESUMABLE_CLOSE)
        if self._health_file is not None:
            try:
                await asyncio.to_thread(health.write_health, self._health_file, self.health())
                self._health_file_failed = False
            except OSError as error:
                if not self._health_file_failed:
                    log.warning("Can't write health_file: %s", error.strerror or error)
                self._health_file_failed = True

    def health(self) -> Health:
        """Return the state of the bot as it is now."""
        ack_ages = [age for socket in self._sockets().values() if (age := _seconds_since_ack(socket)) is not None]
        losses = [
            self._seconds_lost(shard)
            for shard in self._shards()
            if shard not in self._connected_once or shard in self._lost_at
        ]
        journal, base = self._problems()
        return Health(
            written=round(wall_time()),
            connected=not losses,
            lost_seconds=round(max(losses, default=0)),
            heartbeat_ack_seconds=round(max(ack_ages)) if ack_ages else None,
            servers=len(self._client.guilds),
            revision=self._revision(),
            journal=journal,
            base=base,
        )

    def _seconds_lost(self, shard: int) -> float:
        since = self._lost_at.get(shard) if shard in self._connected_once else self._created_at
        return 0.0 if since is None else monotonic() - since

    def _log(self, level: int, shard: int, message: str) -> None:
        log.log(level, "%s%s", self._log_prefix % shard if self._log_prefix else "", message)


def yield_between_events(client: discord.Client) -> None:
    """Let the event loop run between events: discord.py handles all that have arrived in one go, and a crowd sends many."""
    connect = client.http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        socket = await connect(url, compress=compress)
        receive, slice_start = socket.receive, perf_counter()

        async def receive_in_slices(timeout: float | None = None) -> aiohttp.WSMessage:  # noqa: ASYNC109 (aiohttp's name)
            nonlocal slice_start
            if perf_counter() - slice_start > TIME_SLICE:
                await asyncio.sleep(0)
                slice_start = perf_counter()
            return await receive(timeout)

        socket.receive = receive_in_slices  # type: ignore[method-assign]
        return socket

    client.http.ws_connect = ws_connect  # type: ignore[method-assign]


def _seconds_since_ack(socket: DiscordWebSocket) -> float | None:
    """Return the seconds since Discord last acknowledged a heartbeat, or since the connection was made."""
    keep_alive = socket._keep_alive  # noqa: SLF001 (discord.py exposes the latency of the last one, not its time)
    return None if keep_alive is None else perf_counter() - keep_alive._last_ack  # noqa: SLF001


def _is_dead(socket: DiscordWebSocket) -> bool:
    keep_alive, age = socket._keep_alive, _seconds_since_ack(socket)  # noqa: SLF001
    return bool(
        keep_alive is not None
        and keep_alive.interval
        and age is not None
        and age > MISSED_HEARTBEATS * keep_alive.interval
    )
