"""One connection to Discord's gateway that is kept for as long as the bot runs.

discord.py's own loop can't make its first connection twice, logs each attempt as an error, and goes on at the same pace
when Discord ends every session at once. Here an attempt that fails is one line when the connection is lost and one when
it is back, waits grow, and only what no attempt can mend ends the bot.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from msgspec import Struct

from bot.discord_frontend.gateway import refusals
from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.gateway_monitor import RESTART, Connection
from bot.discord_frontend.gateway.http_monitor import TROUBLE, trouble
from bot.discord_frontend.gateway.token_watch import TokenWatch

PATIENCE = 60.0  # seconds for making a connection
GOODBYE = 1.0  # seconds for closing one that is no good any more
STABLE = 60.0  # seconds after which a connection counts as one that works
SUSPICIOUS = 3
"""Attempts in a row that fail, after which the token is checked."""
RESUMES = 4
"""Attempts in a row to go on with a session, after which a new one is begun at the gateway's own address."""
EACH_IDENTIFY = 120.0
"""Seconds between two new sessions that come to nothing, for each shard: Discord allows 1,000 a day over all of them."""
NOT_RESUMABLE = (4003, 4007, 4009)
"""Close codes after which a session can't go on; topics/opcodes-and-status-codes."""
log = logging.getLogger(__name__)


class Socket(DiscordWebSocket):
    """discord.py's connection, which malformed data can't break and which leaves nothing behind when it ends."""

    async def poll_event(self) -> None:
        """Handle the next packet. Raise ReconnectWebSocket, ConnectionClosed or what the network raises."""
        try:
            await super().poll_event()
        except BaseException:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.close(RESTART), GOODBYE)
            raise

    async def received_message(self, msg: Any, /) -> None:
        """Handle a packet; one that can't be read is passed over, unless nothing can go on without it."""
        guard = _guard_of(self)
        if isinstance(msg, bytes):
            try:
                msg = self._decompressor.decompress(msg)
            except Exception as error:
                guard.passed_over("compressed data", error)  # nor can what follows it be
                raise ReconnectWebSocket(self.shard_id) from error
            if msg is None:
                return
        try:
            await super().received_message(msg)
        except (ReconnectWebSocket, discord.ConnectionClosed, *TROUBLE, OSError):
            raise
        except Exception as error:
            guard.passed_over("a packet", error)
            if self.session_id is None or self._keep_alive is None:  # a HELLO or a READY
                raise ReconnectWebSocket(self.shard_id, resume=False) from error


def _guard_of(socket: Socket) -> EventGuard:
    client: Any = socket._connection._get_client()  # noqa: SLF001 (from_client gives a socket nothing else)
    guard: EventGuard = client.guard
    return guard


class Session(Struct, frozen=True):
    """What it takes to go on with a session on another connection."""

    id: str
    sequence: int | None
    gateway: yarl.URL


class Pace(Struct, frozen=True):
    """What the shards of one process have in common.

    identifying: held while a new session is begun, of which Discord allows one in five seconds.
    """

    identifying: asyncio.Lock
    shards: Sequence[int]


class Gateway:
    """One shard's connection."""

    socket: Socket | None = None

    def __init__(
        self,
        client: discord.Client,
        shard: int,
        monitor: Connection,
        token: TokenWatch,
        pace: Pace,
        *,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._shard = shard
        self._monitor = monitor
        self._token = token
        self._pace = pace
        self._pause = pause
        self._initial = shard == pace.shards[0]
        self._session: Session | None = None
        self._backoff = Backoff()
        self._since: float | None = None

    async def run(self) -> None:
        """Stay connected until the client is closed. Raise StartError where no other attempt can do better."""
        while not self._client.is_closed():
            self._since = None
            why = await self._connected()
            if self._client.is_closed():
                return
            self._monitor.lost(self._shard, why)
            await self._wait(why)

    async def _connected(self) -> str:
        """Connect and handle what comes; return why that ended, in a few words. Raise StartError."""
        opened = False
        try:
            session = self._session
            socket = await self._open(session)
            opened = True
            while True:
                await socket.poll_event()
                if self._since is None and socket.session_id and socket.sequence != (session and session.sequence):
                    self._since = monotonic()
                    self._monitor.back(self._shard, resumed=session is not None)
        except ReconnectWebSocket as error:
            return self._ended(opened, resume=error.resume)
        except discord.ConnectionClosed as error:
            if refusal := refusals.final(error.code):
                raise refusal from error
            return self._ended(opened, resume=True)
        except (*TROUBLE, OSError) as error:
            self._ended(opened, resume=True)
            return trouble(error)
        except Exception as error:
            log.exception("This is a bug; the connection is made anew")
            self._ended(opened, resume=False)
            return type(error).__name__

    async def _open(self, session: Session | None) -> Socket:
        """Make a connection that goes on with a session, or begins a new one."""
        more: dict[str, Any] = {}
        if session is not None:
            more = {"resume": True, "session": session.id, "sequence": session.sequence, "gateway": session.gateway}
        if isinstance(self._client, discord.AutoShardedClient):
            more["shard_id"] = self._shard
        async with contextlib.nullcontext() if session else self._pace.identifying, asyncio.timeout(PATIENCE):
            self.socket = await Socket.from_client(self._client, initial=self._initial, **more)
        self._initial = False
        return self.socket

    def _ended(self, opened: bool, *, resume: bool) -> str:  # noqa: FBT001
        """Keep the session if it can go on; return why the connection ended."""
        code = self._close_code() if opened else None
        socket = self.socket if opened else None
        if not resume or code in NOT_RESUMABLE:
            self._session = None
        elif socket is not None and socket.session_id and self._since is not None:
            self._session = Session(socket.session_id, socket.sequence, socket.gateway)
        elif self._backoff.failures >= RESUMES:
            self._session = None
        return f"close code {code or 'none'}"

    def _close_code(self) -> int | None:
        return self.socket.socket.close_code if self.socket else None

    async def _wait(self, why: str) -> None:
        """Wait before the next attempt: not at all after a connection that worked, longer after each that did not."""
        if self._since is not None and monotonic() - self._since > STABLE:
            self._backoff.reset()
        if self._backoff.failures >= SUSPICIOUS:
            await self._token.check()
            if self._since is None:
                self._monitor.still_lost(self._shard, why)
        longest = None if self._session else EACH_IDENTIFY * len(self._pace.shards)
        await self._pause(self._backoff.next(at_once=True, longest=longest))
