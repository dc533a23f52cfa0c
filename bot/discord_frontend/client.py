"""The client: hears messages, hands them to the desk, and sends what it says."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from time import monotonic, time
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from bot.answering.knowledge_base import KnowledgeBase, summarize_problems
from bot.config import Config
from bot.discord_frontend.asking.ask_service import DIRECT, Desk, Said
from bot.discord_frontend.asking.buttons import Button, view
from bot.discord_frontend.asking.message_parsing import Asked, asked, guild_id, is_direct
from bot.discord_frontend.common import discord_limits, error_handler, user_text
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.common.message_sender import ACKNOWLEDGEMENTS, REQUESTS, Sender
from bot.discord_frontend.common.periodic import Repeated
from bot.discord_frontend.common.recent import Memory
from bot.discord_frontend.gateway.command_sync import register
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.gateway_connection import GatewayConnection, ShardGroup
from bot.discord_frontend.gateway.gateway_monitor import SINGLE_SHARD, GatewayMonitor
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS, HttpMonitor, describe_error
from bot.discord_frontend.gateway.task_group import run_until
from bot.discord_frontend.gateway.token_watch import TokenWatch
from bot.discord_frontend.moderation.action_router import ActionRouter
from bot.discord_frontend.moderation.kb_commands import kb_group
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.permissions import Moderators
from bot.discord_frontend.reading.reader_commands import French, Tree
from bot.editing.editor import Editor
from bot.errors import PilcrowError, StoryError
from bot.journal.journal import Journal
from bot.ops import health
from bot.ops.trusted_clock import TrustedClock

DAY = 86_400.0  # seconds
FOLLOW = 1.0  # seconds between two looks at the base's files; a change is taken up at the second look
PATIENCE = 30.0  # seconds to wait where Discord asks us to slow down, before giving up
HEARD = 1_000
"""Messages for us that are not answered again, should they come again."""
log = logging.getLogger(__name__)


def today() -> date:
    """The day by the machine's clock alone; what is kept goes by a TrustedClock."""
    return datetime.now(UTC).date()


class PilcrowClient(discord.Client):
    """One bot with one connection. `editor` changes the base for moderators."""

    def __init__(
        self,
        config: Config,
        knowledge_base: KnowledgeBase,
        journal: Journal,
        cooldown: Cooldown | None = None,
        *,
        editor: Editor | None = None,
    ) -> None:
        self._closing = False
        self._leaving, self.registered = asyncio.Event(), asyncio.Event()
        self._gateway_connections: dict[int, GatewayConnection] = {}
        self.token_watch = TokenWatch(self, self.pause)
        self._trusted_clock = TrustedClock(time, monotonic)
        self.http_monitor = HttpMonitor(
            host=yarl.URL(config.api).host,
            on_server_time=self._trusted_clock.synchronize,
            on_token_refused=self.token_watch.suspect,
        )
        super().__init__(
            http_trace=self.http_monitor.trace_config(),
            connector=aiohttp.TCPConnector(limit=REQUESTS + ACKNOWLEDGEMENTS + self._max_shards(config)),
            intents=_intents(config),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=PATIENCE,
            # Nobody's messages or profiles are kept.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **self._shard_options(config),
        )
        self.guard = EventGuard(self)
        self.config = config
        self._knowledge_base = knowledge_base
        self._broken = False
        self._unseen = False
        self._not_seen: set[int] = set()
        self.sender = Sender()
        self._heard: Memory[bool] = Memory(HEARD)
        self.gateway_monitor = GatewayMonitor(
            self,
            config,
            lambda: knowledge_base.current.revision,
            sockets=self.sockets,
            shards=lambda: self.local_shards,
        )
        self.forget = Repeated(self._forget, DAY)
        self.look = Repeated(self.gateway_monitor.check, health.CHECK_INTERVAL)
        self.follow = Repeated(self._follow, FOLLOW)
        self._today = self._trusted_clock.today
        self.desk = Desk(
            knowledge_base=knowledge_base,
            journal=journal,
            cooldown=cooldown or Cooldown(config.cooldown_questions, config.cooldown_seconds, monotonic),
            today=self._today,
        )
        self.tree = Tree(self, self.desk, config.command_guilds)
        service = self._moderation_service(editor, journal) if editor is not None and config.moderator_guilds else None
        self.action_router = ActionRouter(service)
        if service is not None:
            commands = kb_group(service)
            self.tree.kinds[commands.name] = "moderation"
            self.tree.add_command(commands, guilds=[*map(discord.Object, config.moderator_guilds)])

    def _moderation_service(self, editor: Editor, journal: Journal) -> ModerationService:
        config = self.config
        return ModerationService(
            moderators=Moderators(config.moderator_guilds, config.moderator_roles, home=config.is_home),
            editor=editor,
            journal=journal,
            ask_service=self.desk,
            today=self._today,
            announce=lambda text: self._tell(config.changes_channel, text),
        )

    async def setup_hook(self) -> None:
        """Know the buttons of old cards, and begin with what runs beside the connection."""
        self.guard.set_own_user(self.user)
        self.add_dynamic_items(Button)
        await self.tree.set_translator(French())
        if self.config.is_home:  # of several processes one is enough
            self.forget.start()
        self.follow.start()

    async def connect(self, *, reconnect: bool = True) -> None:  # noqa: ARG002 (discord.py's own way is not used)
        """Stay connected to the gateway until the client is closed. Raise StartError where that can't be."""
        here = self.local_shards
        group = ShardGroup(asyncio.Lock(), here)
        for shard in here:
            self._gateway_connections[shard] = GatewayConnection(
                self, shard, self.gateway_monitor, self.token_watch, group, pause=self.pause
            )
        jobs = [one.run() for one in self._gateway_connections.values()]
        await run_until(self._leaving, *jobs, self.token_watch.run(), self._register())

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the client."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()

    async def _register(self) -> None:
        """Register the commands beside everything else, which works without them."""
        if self.config.is_home:
            guilds = dict.fromkeys((*self.config.command_guilds, *self.config.moderator_guilds))
            await register(self, self.tree, tuple(guilds), self.pause)
        self.registered.set()

    def sockets(self) -> Mapping[int, DiscordWebSocket]:
        """The connections there are, by shard."""
        return {shard: one.socket for shard, one in self._gateway_connections.items() if one.socket is not None}

    def is_closed(self) -> bool:
        """Return whether the client is closed, or is being closed."""
        return self._closing or super().is_closed()

    @property
    def local_shards(self) -> Sequence[int]:
        """The shards that this process has to have."""
        return (SINGLE_SHARD,)

    def _max_shards(self, _: Config) -> int:
        """How many connections to the gateway there will be at most."""
        return 1

    def _shard_options(self, _: Config) -> dict[str, Any]:
        """What discord.py has to know of shards."""
        return {}

    def dispatch(self, event: str, /, *args: Any, **more: Any) -> None:
        """Tells of an event. discord.py goes on with that while it closes, when there is no loop left to hear it in."""
        if not self.is_closed():
            super().dispatch(event, *args, **more)

    async def close(self) -> None:
        """End the connections and everything that runs beside them."""
        self._closing = True
        self.forget.cancel()
        self.follow.cancel()
        self.look.cancel()
        try:
            goodbyes = [one.close(code=1000) for one in self.sockets().values() if one.open]
            await asyncio.gather(*goodbyes, return_exceptions=True)
        finally:
            self._leaving.set()
            await super().close()
            await self.desk.close()

    async def _forget(self) -> None:
        """Delete what has been kept long enough, every day, if it is known which day it is."""
        if not self._trusted_clock.is_synchronized:
            log.warning(
                "Nothing is deleted by age: Discord's answers carry no date, and the machine's clock may be wrong"
            )
            return
        if error := self._trusted_clock.machine_error:
            days, way = abs(error) / DAY, "ahead of" if error > 0 else "behind"
            log.warning("The machine's clock is %.1f days %s Discord's, which counts for what is deleted", days, way)
        await self.desk.forget(self.config.unanswered_days, self.config.stats_days, self.config.draft_days)

    async def _follow(self) -> None:
        """Load what has changed in the base; a broken file leaves the last good snapshot in use."""
        try:
            loaded = await asyncio.to_thread(self._knowledge_base.refresh)
        except StoryError as error:
            self._broken = True
            log.warning("The base is broken; the last good one stays in use:\n%s", error)
            text = f"{user_text.BROKEN}\n{summarize_problems(error)}"
            await self._tell(self.config.moderator_channel, user_text.plain(text))
            return
        except PilcrowError as error:
            if not self._unseen:
                log.warning("The base has changed and can't be read now: %s It is tried again all the time.", error)
            self._unseen = True
            return
        self._unseen = False
        if loaded and self._broken:
            self._broken = False
            await self._tell(self.config.moderator_channel, user_text.WELL_AGAIN)

    async def _tell(self, channel: int | None, text: str) -> None:
        """Says something in a channel of the settings. Never fails."""
        if channel is None or not self.config.is_home:
            return
        try:
            await self.get_partial_messageable(channel).send(user_text.cut(text, discord_limits.MESSAGE_CONTENT))
        except TRANSPORT_ERRORS as error:
            log.warning("Channel %d of the settings can't be written to: %s", channel, describe_error(error))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Hand moderators' buttons and forms to their router; discord.py itself forgets them at a restart."""
        await self.action_router.handle(interaction)

    async def on_ready(self) -> None:
        """All servers are known."""
        log.info("Ready; servers: %d", len(self.guilds))
        told = filter(None, [self.config.moderator_channel, self.config.changes_channel])
        named = (*self.config.listen_channels, *told)
        for id in named if self.shard_count in (None, 1) else ():  # of several processes each sees its own servers
            if self.get_channel(id) is None and id not in self._not_seen:
                self._not_seen.add(id)  # there is another READY for each new session
                log.warning(
                    "The bot does not see channel %d of the settings: allow it View Channel there, "
                    "or take it out of config.yaml",
                    id,
                )

    async def on_message(self, message: discord.Message) -> None:
        """Answers a message, if it is for us."""
        if self.user is None:
            return
        found = asked(message, self.user, self.config.listen_channels)
        if found is None or self._heard.get(message.id):  # after a lost connection some come twice
            return
        self._heard.keep(message.id, value=True)
        if said := await self._said(message, found):
            sent = await self.sender.answer(message, said.card, view(said.card))
            if sent is None:
                return
            self.desk.remember(sent.id, said)
            server = guild_id(message)
            if server is None:
                self.desk.remember(message.channel.id, said)
            await self.desk.note(said, DIRECT if server is None else str(server))

    async def _said(self, message: discord.Message, found: Asked) -> Said | None:
        """Return what to say to a message; None: nothing. Raises TooFast where we were called."""
        desk, person = self.desk, message.author.id
        if found.called:
            desk.admit(person)
            return await desk.turns.take(lambda: desk.ask(found.question, desk.context(found.about)), urgent=False)
        if desk.cooldown.wait(person, "heard"):
            return None
        said = await desk.turns.take(lambda: desk.ask(found.question), urgent=False)
        # What has no answer is not written down either: people were talking among themselves.
        return None if said.abstained or desk.cooldown.wait(person) else said

    async def on_error(self, event_method: str, /, *args: object, **_: object) -> None:
        """Everything that an event's handler raises; whoever wrote a message for us is told."""
        error = sys.exception()
        if error is None or self.is_closed():
            return
        message = args[0] if args and event_method == "on_message" else None
        if isinstance(message, discord.Message) and (is_direct(message) or self.user in message.mentions):
            await error_handler.reply_with_error(self.sender, self.desk, message, error)
        else:
            error_handler.user_message(error)


def _intents(config: Config) -> discord.Intents:
    """The least that will do; the text of messages that are not for us only where we are asked to listen."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = bool(config.listen_channels)
    return intents
