"""The fake Discord on loopback, and what a test controls it with."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self, TypeVar

from aiohttp import web

from .actor import Person
from .creation import World
from .errors import Json
from .fault_injection import FaultInjection
from .faults import Faults
from .gateway import Gateway
from .guild_setup import GuildSetup
from .http_api import API, HttpApi, Request
from .idle import IdleWatcher
from .interaction import Interaction
from .message_events import MessageEvents
from .messages import Message, Messages
from .payloads import Scene, metadata
from .schema import Violation, load
from .snowflakes import Snowflakes
from .waiting import Signal
from .world import Channel, Guild, Role

T = TypeVar("T")
TOKEN = "fake-discord-token"
FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}  # the "limited" ones


class NoAnswer(AssertionError):
    """The bot did not respond where a response was due ('The application did not respond')."""


class FakeDiscord(GuildSetup, FaultInjection):
    """Discord as a bot sees it: `async with FakeDiscord() as fake_discord:`."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        name: str = "Pilcrow",
        privileged: Iterable[str] = (),
        openapi: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.token = token
        self.privileged = frozenset(privileged)  # of "members", "presences", "message_content"
        self.heartbeat_interval = 41_250
        self.ack_heartbeats = True
        self.shards = 1
        self.answer_within = 3.0  # seconds until an unanswered interaction dies
        self.patience = 5.0  # seconds to wait for anything before the test fails
        self.settle = 1.0  # seconds to let a handler finish that has already answered
        self.in_process = True  # False: the bot runs in another process, where its tasks cannot be watched
        self.waits = True  # False: actions do not wait for the response
        self.listeners: list[
            Callable[[Message | Interaction], None]
        ] = []  # called with each message and each first response
        self.world = World(Snowflakes(clock))
        self.application_id = self.world.snowflakes.fixed()
        self.bot = self.world.user(name, bot=True)
        self.owner = self.world.user("Owner")
        self.signal, self.faults = Signal(), Faults()
        self.http_api, self.gateway = HttpApi(self), Gateway(self)
        self.message_events, self.watch = MessageEvents(self), IdleWatcher(self)
        self.messages_store = Messages(self.world, self.bot, "")
        self.schema = load(openapi) if openapi else None
        self.violations: list[Violation] = []
        self.unknown_requests: list[tuple[str, str]] = []
        self.commands: dict[int | None, list[Json]] = {}
        self.command_calls: list[tuple[str, int | None]] = []
        self.interactions: dict[str, Interaction] = {}
        self.typing: list[int] = []
        self._runner: web.AppRunner | None = None
        self._base = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/{tail:.*}", self.http_api.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self._base = self.messages_store.base_url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Close every connection and stop listening. Close the bot first, or it reconnects."""
        self.faults.release_all()
        for connection in list(self.gateway.connections):
            await connection.ws.close(code=1001)
        if self._runner:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """Return the value for discord.http.Route.BASE."""
        return self._base + API

    @property
    def gateway_url(self) -> str:
        """Return the value for DiscordWebSocket.DEFAULT_GATEWAY."""
        return self._base.replace("http", "ws", 1) + "/"

    @property
    def application_flags(self) -> int:
        """Return the application's flags: its privileged intents."""
        return sum(FLAGS[name] for name in self.privileged)

    @property
    def requests(self) -> list[Request]:
        """Return all HTTP requests so far."""
        return self.http_api.requests

    def person(
        self, guild: Guild | None = None, name: str = "Ada", roles: Sequence[Role | str] = (), *, locale: str = "en-US"
    ) -> Person:
        """Create a user in a guild or in none; a role given by name is looked up or created."""
        person = Person(self, self.world.user(name), guild, locale)
        if guild:
            named = {role.name: role for role in guild.roles.values()}
            person.join(
                guild, [role if isinstance(role, Role) else named.get(role) or self.role(guild, role) for role in roles]
            )
        return person

    # Messages

    def messages(self, where: Channel | Person, viewer: Person | None = None) -> list[Json]:
        """Return the messages in a channel or with a user, with the ephemeral ones that `viewer` sees."""
        channel = where.direct if isinstance(where, Person) else where
        return [
            message.payload()
            for message in self.messages_store.all.values()
            if message.channel is channel
            and not message.deleted
            and (message.viewer is None or (viewer and message.viewer == viewer.id))
        ]

    def message(self, message: Json) -> Json:
        """Return the current state of a message."""
        return self.messages_store.find(message["id"]).payload()

    def _unseen(self, where: Channel | Person) -> list[Message]:
        channel = where.direct if isinstance(where, Person) else where
        return [
            message
            for message in self.messages_store.all.values()
            if message.channel is channel
            and message.author == self.bot
            and not message.from_interaction
            and not message.seen
            and not message.deleted
        ]

    async def next_message(self, where: Channel | Person) -> Json:
        """Wait for the bot's next regular message here; responses to interactions are in the Interaction."""
        unseen = await self.due(lambda: self._unseen(where), "a message of the bot", self.patience)
        unseen[0].seen = True
        return unseen[0].payload()

    async def assert_silent(self, where: Channel | Person) -> None:
        """Assert that the bot has sent nothing here since the last `next_message`, and will not."""
        await self.watch.wait(self.patience)
        await self.watch.round_trip()
        if unseen := self._unseen(where):
            raise AssertionError(f"the bot said {[message.data['content'] for message in unseen]}")

    async def until(self, condition: Callable[[], T | None], description: str, within: float | None = None) -> T:
        """Return the first truthy result of `condition`, checked whenever something changes."""
        return await self.signal.until(condition, description, self.patience if within is None else within)

    async def due(self, condition: Callable[[], T | None], description: str, within: float) -> T:
        """Do the same as `until`, but raise NoAnswer as soon as the bot is idle."""
        if not self.in_process:  # nor are heartbeats requested: a client may send only so many
            try:
                return await self.until(condition, description, within)
            except TimeoutError as error:
                raise NoAnswer(str(error)) from None
        coming = asyncio.create_task(self.until(condition, description, within), name="fake_discord-due")
        through = asyncio.create_task(self.watch.wait(within), name="fake_discord-through")
        try:
            await asyncio.wait({coming, through}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done() and not through.exception() and not condition():
                raise NoAnswer(f"{description} was due, but the bot is through with everything")
            return await coming
        except TimeoutError as error:
            raise NoAnswer(str(error)) from None
        finally:
            coming.cancel()
            through.cancel()
            await asyncio.gather(coming, through, return_exceptions=True)

    # For the other modules of the package

    def mark(self) -> None:
        """Announce that something happens which the bot may respond to."""
        if self.in_process:
            self.watch.mark()

    def notify_listeners(self, event: Message | Interaction) -> None:
        """Notify listeners of a message of the bot, or of its first response to an interaction."""
        for listener in self.listeners:
            listener(event)

    def forget(self) -> None:
        """Delete all recorded messages and requests, for runs that would fill the memory."""
        self.http_api.requests.clear()
        self.interactions.clear()
        self.messages_store.forget()
        for session in self.gateway.sessions.values():
            session.forget()

    def may_read(self, message: Message) -> bool:
        """Return whether the HTTP API shows the bot the content of a message."""
        return "message_content" in self.privileged or self.messages_store.readable(message)

    async def interact(
        self,
        scene: Scene,
        kind: int,
        data: Json,
        installed: dict[str, str],
        *,
        source: Message | None = None,
        parent: Json | None = None,
    ) -> Interaction:
        """Send an interaction and wait for the bot's response."""
        payload = scene.envelope(kind, data, installed)
        if source:
            payload["message"] = source.payload()
        interaction = Interaction(scene, payload, source, metadata(scene, payload, source, parent))
        self.interactions[interaction.token] = interaction
        if not self.gateway.listening():
            raise RuntimeError("no bot is connected")
        self.mark()
        guild_id = scene.guild.id if scene.guild else None
        self.gateway.dispatch("INTERACTION_CREATE", lambda _: payload, guild_id)
        if not self.waits:
            return interaction
        within = max(self.patience, self.answer_within)
        await self.due(lambda: interaction.callback, f"an answer to {data.get('name') or data['custom_id']!r}", within)
        await self.due(lambda: not interaction.loading, "the answer after the deferral", self.patience)
        if self.in_process:
            # A handler that is still running may wait for a click; the response so far is the result.
            with contextlib.suppress(TimeoutError):
                await self.watch.wait(self.settle)
        return interaction
