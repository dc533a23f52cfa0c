"""The gateway: the WebSocket over which a bot identifies and gets its events."""

from __future__ import annotations

import asyncio
import importlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from .errors import Json

if TYPE_CHECKING:
    from .server import FakeDiscord

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 7, 8, 9, 10, 11
PRIVILEGED = {"members": 1 << 1, "presences": 1 << 8, "message_content": 1 << 15}
GUILDS, GUILD_MEMBERS, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 15
GUILD_MESSAGES, GUILD_REACTIONS, DM_MESSAGES, DM_REACTIONS = 1 << 9, 1 << 10, 1 << 12, 1 << 13
ALL_INTENTS = (1 << 26) - 1
Compress = Callable[[bytes], bytes]


@dataclass
class Session:
    """The state that outlives a connection: a resumed session gets the events that it missed."""

    id: str
    intents: int
    shard: tuple[int, int]
    events: list[str] = field(default_factory=list)  # event number n is at n - 1 - forgotten
    forgotten: int = 0
    connection: Connection | None = None

    def dispatch(self, event: str, data: Any) -> None:
        """Number and store an event, and send it if the session is connected."""
        packet = json.dumps({"op": DISPATCH, "s": self.last + 1, "t": event, "d": data})
        self.events.append(packet)
        if self.connection:
            self.connection.send_text(packet)

    @property
    def last(self) -> int:
        """Return the number of the latest event."""
        return self.forgotten + len(self.events)

    def forget(self) -> None:
        """Delete the stored events; a client that missed some cannot resume any more."""
        self.forgotten += len(self.events)
        self.events.clear()


class Connection:
    """A WebSocket connection. Sending never blocks; a writer task keeps the order."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, compress: Compress | None) -> None:
        self.request = request
        self.ws = ws
        self.session: Session | None = None
        self.read = 0  # the number of the last event that the bot has read, by its latest heartbeat
        self.cut = False  # the fake Discord closed it, so that the session stays
        self.silent = False  # nothing is sent any more
        self._compress = compress
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.writer = asyncio.create_task(self._write(), name="fake_discord-gateway-writer")

    def send(self, op: int, data: Any) -> None:
        """Send a packet that is not an event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, packet: str) -> None:
        """Send a serialized packet."""
        if not self.silent:
            self._queue.put_nowait(packet)

    async def finish(self) -> None:
        """Stop the writer after everything has been sent."""
        self._queue.put_nowait(None)
        await asyncio.gather(self.writer, return_exceptions=True)

    async def _write(self) -> None:
        while (packet := await self._queue.get()) is not None:
            try:
                if self._compress:
                    await self.ws.send_bytes(self._compress(packet.encode()))
                else:
                    await self.ws.send_str(packet)
            except ConnectionError:
                return


def compressor(kind: str | None) -> Compress | None:
    """Return the compression function that the connection asks for in its URL, if any."""
    if kind is None:
        return None
    if kind == "zlib-stream":
        stream = zlib.compressobj()
        return lambda packet: stream.compress(packet) + stream.flush(zlib.Z_SYNC_FLUSH)
    if kind == "zstd-stream":
        zstandard = importlib.import_module("zstandard")  # the client has it too, or it would not ask
        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda packet: bytes(zstd.compress(packet) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK))
    raise web.HTTPBadRequest(text=f"the fake Discord does not support {kind}")


class Gateway:
    """All sessions and connections."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self.fake_discord = fake_discord
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.presences: list[Json] = []
        self.heartbeats = 0
        self.generation = 0  # counts READY and RESUMED
        self.refusal: int | None = None  # the close code with which every new or resumed session is ended

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Handle one connection from HELLO to its close."""
        compress = compressor(request.query.get("compress"))
        ws = web.WebSocketResponse(timeout=1.0)
        await ws.prepare(request)
        connection = Connection(request, ws, compress)
        self.connections.append(connection)
        try:
            connection.send(HELLO, {"heartbeat_interval": self.fake_discord.heartbeat_interval, "_trace": []})
            async for packet in ws:
                code = 4002 if packet.type != WSMsgType.TEXT else self._receive(connection, packet.data)
                self.fake_discord.signal.notify()
                if code:
                    await ws.close(code=code)
        finally:
            self.connections.remove(connection)
            if connection.session and connection.session.connection is connection:
                connection.session.connection = None
                if ws.close_code in (1000, 1001) and not connection.cut:  # the bot closed it for good
                    self.sessions.pop(connection.session.id, None)
            await connection.finish()
            self.fake_discord.signal.notify()
        return ws

    def _receive(self, connection: Connection, text: str) -> int | None:
        """Handle one packet; return a close code if it is invalid."""
        try:
            packet: Json = json.loads(text)
            op: int = packet["op"]
            data: Any = packet.get("d")
        except (ValueError, KeyError):
            return 4002
        if op == HEARTBEAT:
            self.heartbeats += 1
            connection.read = data or 0
            if self.fake_discord.ack_heartbeats:
                connection.send(HEARTBEAT_ACK, None)
            return None
        if op in (IDENTIFY, RESUME):
            if self.refusal is not None:
                (self.identifies if op == IDENTIFY else self.resumes).append(data)
                connection.cut = True
                return self.refusal
            begin = self._identify if op == IDENTIFY else self._resume
            return 4005 if connection.session else begin(connection, data)
        return 4003 if connection.session is None else self._handle_request(connection.session, op, data)

    def _handle_request(self, session: Session, op: int, data: Any) -> int | None:
        """Handle a packet of a client that has a session."""
        if op == PRESENCE:
            self.presences.append(data)
        elif op == REQUEST_MEMBERS:
            return self._members(session, data)
        return None if op in (PRESENCE, VOICE_STATE) else 4001

    def _identify(self, connection: Connection, data: Json) -> int | None:
        self.identifies.append(data)
        if data.get("token") != self.fake_discord.token:
            return 4004
        intents, (shard, shards) = data.get("intents", 0), data.get("shard") or (0, 1)
        if not 0 <= intents <= ALL_INTENTS:
            return 4013
        if any(intents & bit and name not in self.fake_discord.privileged for name, bit in PRIVILEGED.items()):
            return 4014
        if not 0 <= shard < shards:
            return 4010
        session = Session(f"session-{len(self.identifies)}", intents, (shard, shards), connection=connection)
        self.sessions[session.id] = session
        connection.session = session
        guilds = [
            guild
            for guild in self.fake_discord.world.guilds.values()
            if guild.installed and on_shard(session, guild.id)
        ]
        session.dispatch(
            "READY",
            {
                "v": 10,
                "user": {**self.fake_discord.bot.payload(), "verified": True, "mfa_enabled": True, "email": None},
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": self.fake_discord.gateway_url,
                "shard": [shard, shards],
                "application": {
                    "id": str(self.fake_discord.application_id),
                    "flags": self.fake_discord.application_flags,
                },
                "private_channels": [],
                "presences": [],
                "relationships": [],
                "_trace": [],
            },
        )
        for guild in guilds:
            if session.intents & GUILDS and not guild.unavailable:
                payload = guild.payload(self.fake_discord.bot, all_members=bool(session.intents & GUILD_MEMBERS))
                session.dispatch("GUILD_CREATE", payload)
        self.generation += 1
        return None

    def _resume(self, connection: Connection, data: Json) -> int | None:
        self.resumes.append(data)
        if data.get("token") != self.fake_discord.token:
            return 4004
        session = self.sessions.get(data.get("session_id", ""))
        if session is None:
            connection.send(INVALID_SESSION, data=False)
            return None
        if not session.forgotten <= (data.get("seq") or 0) <= session.last:
            return 4007
        for packet in session.events[(data.get("seq") or 0) - session.forgotten :]:
            connection.send_text(packet)
        session.connection, connection.session = connection, session
        session.dispatch("RESUMED", {"_trace": []})
        self.generation += 1
        return None

    def _members(self, session: Session, data: Json) -> int | None:
        """Handle REQUEST_GUILD_MEMBERS by ids or a name prefix; all members need the members intent."""
        guild = self.fake_discord.world.guilds[int(data["guild_id"])]
        ids, query = data.get("user_ids"), (data.get("query") or "").lower()
        if ids is None and not query and not session.intents & GUILD_MEMBERS:
            return 4014
        wanted = {str(user) for user in (ids if isinstance(ids, list) else [ids])} if ids else None
        members = [
            member
            for member in guild.members.values()
            if (str(member.user.id) in wanted if wanted else member.user.name.lower().startswith(query))
        ]
        session.dispatch(
            "GUILD_MEMBERS_CHUNK",
            {
                "guild_id": str(guild.id),
                "members": [member.payload() for member in members],
                "chunk_index": 0,
                "chunk_count": 1,
                "not_found": [],
                "nonce": data.get("nonce"),
            },
        )
        return None

    def dispatch(self, event: str, build: Callable[[Session], Any], guild_id: int | None, intent: int = 0) -> None:
        """Send an event to the session of this guild's shard (shard 0 without a guild), if it asked for it."""
        for session in self.sessions.values():
            if on_shard(session, guild_id) and (not intent or session.intents & intent):
                session.dispatch(event, build(session))

    def listening(self) -> list[Connection]:
        """Return the connections that have a session."""
        return [connection for connection in self.connections if connection.session]


def on_shard(session: Session, guild_id: int | None) -> bool:
    """Return whether a guild's events go to this session."""
    shard, shards = session.shard
    return ((guild_id or 0) >> 22) % shards == shard
