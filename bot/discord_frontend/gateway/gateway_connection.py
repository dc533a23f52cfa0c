"""One connection to Discord's gateway that is kept up for as long as the bot runs.

discord.py's own loop can't retry its first connection, logs each attempt as an error, and keeps its pace when Discord
ends every session at once. Here a loss is one log line and a recovery another, delays grow, and only what no attempt can
fix ends the bot.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from msgspec import Struct

from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.fatal_errors import fatal_error
from bot.discord_frontend.gateway.gateway_monitor import RESUMABLE_CLOSE, GatewayMonitor
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS, describe_error
from bot.discord_frontend.gateway.token_watch import TokenWatch

CONNECT_TIMEOUT = 60.0  # seconds
CLOSE_TIMEOUT = 1.0  # seconds for closing a connection that has failed
MIN_HEARTBEAT, MAX_HEARTBEAT = 0.05, 600.0  # seconds between heartbeats; Discord asks for about 41
STABLE_AFTER = 60.0  # seconds after which a connection counts as stable
FAILURES_BEFORE_TOKEN_CHECK = 3
"""Failed attempts in a row after which the token is checked."""
MAX_RESUMES = 4
"""Attempts in a row to resume a session, after which a new one is started at the gateway's own address."""
IDENTIFY_INTERVAL = 120.0
"""Seconds between failing new sessions, for each shard: Discord allows 1,000 a day over all shards."""
NOT_RESUMABLE = (4003, 4007, 4009)
"""Close codes after which a session can't be resumed; topics/opcodes-and-status-codes."""
log = logging.getLogger(__name__)


class GatewaySocket(DiscordWebSocket):
    """discord.py's connection, which survives malformed data and closes itself when it fails."""

    _checked_keep_alive: KeepAliveHandler | None = None

    @property
    def _keep_alive(self) -> KeepAliveHandler | None:
        return self._checked_keep_alive

    @_keep_alive.setter
    def _keep_alive(self, handler: KeepAliveHandler | None) -> None:
        """Set what sends the heartbeats. Raise ValueError if a HELLO asked for an impossible interval."""
        if handler is not None and not MIN_HEARTBEAT <= (handler.interval or 0.0) <= MAX_HEARTBEAT:
            raise ValueError("an impossible heartbeat interval")
        self._checked_keep_alive = handler

    async def poll_event(self) -> None:
        """Handle the next packet. Raise ReconnectWebSocket, ConnectionClosed or what the network raises."""
        try:
            await super().poll_event()
        except BaseException:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.close(RESUMABLE_CLOSE), CLOSE_TIMEOUT)
            raise

    async def received_message(self, msg: Any, /) -> None:
        """Handle a packet; skip one that can't be read, unless the session depends on it."""
        guard = _guard_of(self)
        if isinstance(msg, bytes):
            try:
                msg = self._decompressor.decompress(msg)
            except Exception as error:
                guard.log_skipped("compressed data", error)  # the rest of the stream is unreadable too
                raise ReconnectWebSocket(self.shard_id) from error
            if msg is None:
                return
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed, *TRANSPORT_ERRORS, OSError):
            raise
        except Exception as error:
            guard.log_skipped("a packet", error)
            if self.session_id is None or self._keep_alive is None:  # a HELLO or a READY
                raise ReconnectWebSocket(self.shard_id, resume=False) from error


def _guard_of(socket: GatewaySocket) -> EventGuard:
    client: Any = socket._connection._get_client()  # noqa: SLF001 (from_client gives a socket nothing else)
    guard: EventGuard = client.guard
    return guard


class Session(Struct, frozen=True):
    """What it takes to resume a session on another connection."""

    id: str
    sequence: int | None
    gateway: yarl.URL


class ShardGroup(Struct, frozen=True):
    """The shards of one process.

    identify_lock: held while a new session is started, of which Discord allows one in five seconds.
    """

    identify_lock: asyncio.Lock
    shards: Sequence[int]


class GatewayConnection:
    """One shard's connection."""

    socket: GatewaySocket | None = None

    def __init__(
        self,
        client: discord.Client,
        shard: int,
        monitor: GatewayMonitor,
        token_watch: TokenWatch,
        group: ShardGroup,
        *,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._shard = shard
        self._monitor = monitor
        self._token_watch = token_watch
        self._group = group
        self._pause = pause
        self._initial = shard == group.shards[0]
        self._session: Session | None = None
        self._backoff = Backoff()
        self._connected_at: float | None = None

    async def run(self) -> None:
        """Stay connected until the client is closed. Raise StartError if reconnecting can't help."""
        while not self._client.is_closed():
            self._connected_at = None
            reason = await self._connect_and_poll()
            if self._client.is_closed():
                return
            self._monitor.lost(self._shard, reason)
            await self._wait_to_retry(reason)

    async def _connect_and_poll(self) -> str:
        """Connect and handle events; return in a few words why the connection ended. Raise StartError."""
        opened = False
        try:
            session = self._session
            socket = await self._open(session)
            opened = True
            while True:
                await socket.poll_event()
                progressed = socket.session_id and socket.sequence != (session and session.sequence)
                if self._connected_at is None and progressed:
                    self._connected_at = monotonic()
                    self._monitor.connected(self._shard, resumed=session is not None)
        except ReconnectWebSocket as error:
            return self._close_reason(opened, resume=error.resume)
        except discord.ConnectionClosed as error:
            if fatal := fatal_error(error.code):
                raise fatal from error
            return self._close_reason(opened, resume=True)
        except (*TRANSPORT_ERRORS, OSError) as error:
            self._close_reason(opened, resume=True)
            return describe_error(error)
        except Exception as error:
            log.exception("This is a bug; reconnecting")
            self._close_reason(opened, resume=False)
            return type(error).__name__

    async def _open(self, session: Session | None) -> GatewaySocket:
        """Open a connection that resumes a session or starts a new one."""
        options: dict[str, Any] = {}
        if session is not None:
            options = {"resume": True, "session": session.id, "sequence": session.sequence, "gateway": session.gateway}
        if isinstance(self._client, discord.AutoShardedClient):
            options["shard_id"] = self._shard
        identify = contextlib.nullcontext() if session else self._group.identify_lock
        async with identify, asyncio.timeout(CONNECT_TIMEOUT):
            self.socket = await GatewaySocket.from_client(self._client, initial=self._initial, **options)
        self._initial = False
        return self.socket

    def _close_reason(self, opened: bool, *, resume: bool) -> str:  # noqa: FBT001
        """Keep the session if it can be resumed; return why the connection ended."""
        code = self._close_code() if opened else None
        socket = self.socket if opened else None
        if not resume or code in NOT_RESUMABLE:
            self._session = None
        elif socket is not None and socket.session_id and self._connected_at is not None:
            self._session = Session(socket.session_id, socket.sequence, socket.gateway)
        elif self._backoff.failures >= MAX_RESUMES:
            self._session = None
        return f"close code {code or 'none'}"

    def _close_code(self) -> int | None:
        return self.socket.socket.close_code if self.socket else None

    async def _wait_to_retry(self, reason: str) -> None:
        """Wait before the next attempt: not at all after a stable connection, longer after each failure in a row."""
        if self._connected_at is not None and monotonic() - self._connected_at > STABLE_AFTER:
            self._backoff.reset()
        if self._backoff.failures >= FAILURES_BEFORE_TOKEN_CHECK:
            await self._token_watch.check()
            if self._connected_at is None:
                self._monitor.still_lost(self._shard, reason)
        longest = None if self._session else IDENTIFY_INTERVAL * len(self._group.shards)
        await self._pause(self._backoff.next_delay(retry_at_once=True, longest=longest))
