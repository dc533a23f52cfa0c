"""The Discord client: connections, events, and the work that runs beside them."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from time import monotonic, time
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from bot.answering.knowledge_base import KnowledgeBase
from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.config import Config
from bot.discord_frontend.asking.buttons import CardComponent
from bot.discord_frontend.asking.message_handler import MessageHandler
from bot.discord_frontend.base_watcher import BaseWatcher
from bot.discord_frontend.command_tree import CommandTree, FrenchTranslator
from bot.discord_frontend.common import error_handler
from bot.discord_frontend.common.cooldown import Cooldown
from bot.discord_frontend.common.message_sender import MAX_ACKNOWLEDGEMENTS
from bot.discord_frontend.common.periodic import PeriodicTask
from bot.discord_frontend.gateway.command_sync import register
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.gateway_connection import GatewayConnection, ShardGroup
from bot.discord_frontend.gateway.gateway_monitor import SINGLE_SHARD, GatewayMonitor
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS, HttpMonitor, describe_error
from bot.discord_frontend.gateway.request_slots import MAX_REQUESTS, RequestSlots
from bot.discord_frontend.gateway.task_group import run_until
from bot.discord_frontend.gateway.token_watch import TokenWatch
from bot.discord_frontend.metrics_server import MetricsServer
from bot.discord_frontend.moderation.action_router import ActionRouter
from bot.discord_frontend.moderation.kb_commands import kb_group
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.permissions import Moderators
from bot.discord_frontend.reading.reader_commands import reader_commands
from bot.discord_frontend.services import Interaction, ServiceClient, Services
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from bot.ops import health, metrics
from bot.ops.trusted_clock import TrustedClock

DAY = 86_400.0  # seconds
BASE_CHECK_INTERVAL = 1.0  # seconds; a change is loaded at the second check
MAX_RATE_LIMIT_WAIT = 30.0  # seconds to wait for a rate limit before giving up
POST_TIMEOUT = 60.0  # seconds to post a line in a configured channel
MAX_PROBLEMS = 3
"""Problems of the base in the health file."""
POST_TASK = "post in a configured channel"
log = logging.getLogger(__name__)


class PilcrowClient(ServiceClient):
    """The bot with a single gateway connection. `editor`: changes the base for moderators."""

    def __init__(
        self,
        config: Config,
        knowledge_base: KnowledgeBase,
        journal: Journal,
        cooldown: Cooldown | None = None,
        *,
        editor: Editor | None = None,
    ) -> None:
        self.config = config
        self._closing = False
        self._closed_event, self.commands_registered = asyncio.Event(), asyncio.Event()
        self._gateway_connections: dict[int, GatewayConnection] = {}
        self._reported_ids: set[int] = set()
        self._posts: set[asyncio.Task[None]] = set()
        self._clock = TrustedClock(time, monotonic)
        self.token_watch = TokenWatch(self, self.pause)
        self.http_monitor = HttpMonitor(
            host=yarl.URL(config.api).host,
            on_server_time=self._clock.synchronize,
            on_token_refused=self.token_watch.suspect,
        )
        super().__init__(
            http_trace=RequestSlots().attach(self.http_monitor.trace_config()),
            connector=aiohttp.TCPConnector(limit=MAX_REQUESTS + MAX_ACKNOWLEDGEMENTS + self._max_shards(config)),
            intents=_intents(config),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=MAX_RATE_LIMIT_WAIT,
            # Nobody's messages or profiles are kept.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            **self._shard_options(config),
        )
        self.guard = EventGuard(self)
        self.gateway_monitor = GatewayMonitor(
            self,
            config,
            lambda: knowledge_base.current.revision,
            sockets=self.sockets,
            shards=lambda: self.local_shards,
            problems=self._problems,
        )
        self.services = Services(
            knowledge_base=knowledge_base,
            journal=journal,
            cooldown=cooldown or Cooldown(config.cooldown_questions, config.cooldown_seconds, monotonic),
            today=self._clock.today,
        )
        self._messages = MessageHandler(self.services, config.listen_channels)
        watcher = BaseWatcher(knowledge_base, lambda text: self._post(config.moderator_channel, text))
        self.cleanup_task = PeriodicTask(self._delete_old_records, DAY)
        self.metrics_server = MetricsServer(self._metrics)
        self.health_task = PeriodicTask(self.gateway_monitor.check, health.CHECK_INTERVAL)
        self.reload_task = PeriodicTask(watcher.check, BASE_CHECK_INTERVAL)
        self.tree = CommandTree(self, self.guard, reader_commands(self.services), config.command_guilds)
        self.action_router = ActionRouter(self._add_moderation(editor, journal))

    def _add_moderation(self, editor: Editor | None, journal: Journal) -> ModerationService | None:
        """Add the moderators' commands and return what they use, or None if nobody may use them."""
        config = self.config
        if editor is None or not config.moderator_guilds:
            return None
        moderation = ModerationService(
            moderators=Moderators(config.moderator_guilds, config.moderator_roles, home=config.is_home),
            editor=editor,
            journal=journal,
            services=self.services,
            today=self._clock.today,
            announce=lambda text: self._post(config.changes_channel, text),
        )
        self.tree.add_moderator_commands(kb_group(moderation), config.moderator_guilds)
        return moderation

    async def setup_hook(self) -> None:
        """Register the buttons of old cards and start the background tasks."""
        self.guard.set_own_user(self.user)
        self.add_dynamic_items(CardComponent)
        await self.tree.set_translator(FrenchTranslator())
        if self.config.is_home:  # of several processes one is enough
            self.cleanup_task.start()
        self.reload_task.start()
        if config_port := self.config.metrics_port:
            await self.metrics_server.start(config_port)

    async def connect(self, *, reconnect: bool = True) -> None:  # noqa: ARG002 (discord.py's own loop is not used)
        """Stay connected to the gateway until the client is closed. Raise StartError if that is impossible."""
        group = ShardGroup(asyncio.Lock(), self.local_shards)
        for shard in group.shards:
            self._gateway_connections[shard] = GatewayConnection(
                self, shard, self.gateway_monitor, self.token_watch, group, pause=self.pause
            )
        connections = [connection.run() for connection in self._gateway_connections.values()]
        await run_until(self._closed_event, *connections, self.token_watch.run(), self._register_commands())

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the client."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed_event.wait()

    async def _register_commands(self) -> None:
        if self.config.is_home:
            guilds = dict.fromkeys((*self.config.command_guilds, *self.config.moderator_guilds))
            await register(self, self.tree, tuple(guilds), self.pause)
        self.commands_registered.set()

    def _problems(self) -> tuple[str, str]:
        """Return what is wrong with the journal and with the base, '' for each that is well."""
        error = self.services.knowledge_base.problem
        base = "" if error is None else " | ".join(error.summary(MAX_PROBLEMS).splitlines())
        return self.services.journal.problem, base

    def _metrics(self) -> str:
        return metrics.render(self.gateway_monitor.health(), self.services.outcomes, self.http_monitor.refused_requests)

    def sockets(self) -> Mapping[int, DiscordWebSocket]:
        """Return the open gateway connections, by shard."""
        connections = self._gateway_connections.items()
        return {shard: connection.socket for shard, connection in connections if connection.socket is not None}

    @property
    def local_shards(self) -> Sequence[int]:
        """The shards that this process runs."""
        return (SINGLE_SHARD,)

    def _max_shards(self, _: Config) -> int:
        """Return the largest number of gateway connections."""
        return 1

    def _shard_options(self, _: Config) -> dict[str, Any]:
        """Return discord.py's arguments for sharding."""
        return {}

    def is_closed(self) -> bool:
        """Return whether the client is closed or closing."""
        return self._closing or super().is_closed()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Dispatch an event, unless the client is closing: discord.py would do so without an event loop."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def close(self) -> None:
        """Close the connections and stop the background tasks."""
        self._closing = True
        for task in (self.cleanup_task, self.reload_task, self.health_task):
            task.cancel()
        for posting in self._posts:
            posting.cancel()
        try:
            closing = [socket.close(code=1000) for socket in self.sockets().values() if socket.open]
            await asyncio.gather(*closing, return_exceptions=True)
        finally:
            self._closed_event.set()
            await self.metrics_server.close()
            await super().close()
            await self.services.close()

    async def _delete_old_records(self) -> None:
        """Delete the records whose retention is over, if it is certain which day it is."""
        if not self._clock.is_synchronized:
            log.warning(
                "Old records are not deleted: Discord's responses carry no date, and the machine's clock may be wrong"
            )
            return
        self._clock.set_last_day(await self.services.journal.last_day())
        deleting = self._clock.is_reliable
        if error := self._clock.machine_error:
            days, direction = abs(error) / DAY, "ahead of" if error > 0 else "behind"
            consequence = (
                "deleting by Discord's"
                if deleting
                else "old records are not deleted until it is certain which is right"
            )
            log.warning("The machine's clock is %.1f days %s Discord's; %s", days, direction, consequence)
        elif not deleting:
            log.warning("Discord's date has jumped; old records are not deleted before the jump has lasted for a day")
        if not deleting:
            return
        config = self.config
        await self.services.journal.delete_old(
            question_days=config.unanswered_days, count_days=config.stats_days, draft_days=config.draft_days
        )

    def _post(self, channel_id: int | None, text: str) -> None:
        """Post a line in one of the configured channels, in the background: nothing waits for that channel."""
        if channel_id is None or not self.config.is_home:
            return
        posting = asyncio.create_task(self._send_post(channel_id, text), name=POST_TASK)
        self._posts.add(posting)
        posting.add_done_callback(self._posts.discard)

    async def _send_post(self, channel_id: int, text: str) -> None:
        channel = self.get_partial_messageable(channel_id)
        try:
            async with asyncio.timeout(POST_TIMEOUT):
                await channel.send(truncate(text, discord_limits.MESSAGE_CONTENT))
        except TRANSPORT_ERRORS as error:
            log.warning("Can't post in channel %d of the settings: %s", channel_id, describe_error(error))

    async def on_ready(self) -> None:
        """Warn about channels and roles of the settings that are not there; there is a READY for each new session."""
        log.info("Ready; servers: %d", len(self.guilds))
        if self.shard_count not in (None, 1):
            return  # of several processes each sees only its own servers
        notified = filter(None, [self.config.moderator_channel, self.config.changes_channel])
        for id in (*self.config.listen_channels, *notified):
            if self.get_channel(id) is None and self._is_new(id):
                log.warning(
                    "The bot can't see channel %d of the settings: allow it View Channel there, "
                    "or remove the channel from config.yaml",
                    id,
                )
        self._warn_of_missing_moderators()

    def _warn_of_missing_moderators(self) -> None:
        """Warn once about each server and role of the moderators that is not there."""
        guilds = {id: self.get_guild(id) for id in self.config.moderator_guilds}
        for id, guild in guilds.items():
            if guild is None and self._is_new(id):
                log.warning("The bot is not in server %d of moderator_guilds: add it there, or remove the id", id)
        for id in self.config.moderator_roles:
            known = any(guild is not None and guild.get_role(id) is not None for guild in guilds.values())
            if not known and self._is_new(id):
                log.warning(
                    "There is no role %d of moderator_roles in any server of moderator_guilds, so it makes nobody a "
                    "moderator: copy its id again (Server Settings, Roles), or remove it from config.yaml",
                    id,
                )

    def _is_new(self, id: int) -> bool:
        """Return whether this id has not been reported yet, and note that it is now."""
        new = id not in self._reported_ids
        self._reported_ids.add(id)
        return new

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message if it is for the bot."""
        if self.user is not None:
            await self._messages.handle(message, self.user)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Hand moderators' buttons and forms to their router; discord.py itself forgets them at a restart."""
        await self.action_router.handle(interaction)

    async def on_error(self, event_method: str, /, *args: object, **_: object) -> None:
        """Handle what an event handler raised."""
        error = sys.exception()
        if error is None or self.is_closed():
            return
        message = args[0] if args and event_method == "on_message" else None
        if isinstance(message, discord.Message):
            await self._messages.handle_error(message, self.user, error)
        else:
            error_handler.user_message(error)


def _intents(config: Config) -> discord.Intents:
    """Return the intents needed; the content of other people's messages only with listen_channels."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = bool(config.listen_channels)
    return intents
