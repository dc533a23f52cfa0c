"""The client: hears messages, hands them to the desk, and sends what it says."""

import logging
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from time import monotonic

import discord
from discord.ext import tasks

from bot.answering import Answerer
from bot.config import Config
from bot.discord_frontend import boundary
from bot.discord_frontend.asking import Asked, asked
from bot.discord_frontend.buttons import Button, view
from bot.discord_frontend.commands import French, Tree
from bot.discord_frontend.cooldown import Cooldown
from bot.discord_frontend.desk import DIRECT, Desk, Said, TooFast
from bot.discord_frontend.sync import sync
from bot.journal import Journal
from bot.reading import Readings

PATIENCE = 30.0  # seconds to wait where Discord asks us to slow down, before giving up
log = logging.getLogger(__name__)


def today() -> date:
    """The day, as the journal has it."""
    return datetime.now(UTC).date()


class PilcrowClient(discord.Client):
    """One bot. `texts` holds the article's own paragraphs, where the operator has supplied them."""

    def __init__(
        self,
        config: Config,
        answerer: Answerer,
        journal: Journal,
        texts: Mapping[int, str],
        cooldown: Cooldown | None = None,
    ) -> None:
        super().__init__(
            intents=_intents(config),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=PATIENCE,
            # Nobody's messages or profiles are kept.
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )
        self.config = config
        self.desk = Desk(
            answerer=answerer,
            journal=journal,
            cooldown=cooldown or Cooldown(config.cooldown_questions, config.cooldown_seconds, monotonic),
            readings=Readings(answerer.story, texts, config.unanswered_days),
            texts=texts,
            today=today,
        )
        self.tree = Tree(self, self.desk, config.command_guilds)

    async def setup_hook(self) -> None:
        """Before the gateway is there: buttons of old cards, commands, and what has been kept long enough."""
        self.add_dynamic_items(Button)
        await self.tree.set_translator(French())
        await sync(self, self.tree, self.config.command_guilds)
        self.forget.start()

    async def close(self) -> None:
        """Ends the connection and everything that runs beside it."""
        self.forget.cancel()
        await super().close()

    @tasks.loop(hours=24)
    async def forget(self) -> None:
        """Deletes what has been kept long enough, every day."""
        await self.desk.forget(self.config.unanswered_days)

    async def on_ready(self) -> None:
        """Says so in the log."""
        log.info("Ready; servers: %d", len(self.guilds))

    async def on_message(self, message: discord.Message) -> None:
        """Answers a message, if it is for us."""
        if self.user is None:
            return
        found = asked(message, self.user, self.config.listen_channels)
        if found is not None and (said := await self._said(message, found)):
            sent = await message.channel.send(
                embed=said.card.embed,
                view=view(said.card),
                reference=message.to_reference(fail_if_not_exists=False),
            )
            self.desk.remember(sent.id, said)
            if message.guild is None:
                self.desk.remember(message.channel.id, said)
            await self.desk.note(said, str(message.guild.id) if message.guild else DIRECT)

    async def _said(self, message: discord.Message, found: Asked) -> Said | None:
        """What to say to a message; None: nothing."""
        said = None if found.called else self.desk.ask(found.question)
        if said is not None and said.abstained:
            return None  # nor is it written down: people were talking among themselves
        try:
            self.desk.admit(message.author.id)
        except TooFast:
            if found.called and self.desk.should_say_wait(message.author.id):
                raise
            return None
        return said or self.desk.ask(found.question, self.desk.context(found.about))

    async def on_error(self, event_method: str, /, *args: object, **_: object) -> None:
        """Everything that an event's handler raises; whoever wrote a message for us is told."""
        error = sys.exception()
        if error is None:
            return
        message = args[0] if args and event_method == "on_message" else None
        if isinstance(message, discord.Message) and (message.guild is None or self.user in message.mentions):
            await boundary.tell_author(message, error)
        else:
            boundary.sentence(error)


def _intents(config: Config) -> discord.Intents:
    """The least that will do; the text of messages that are not for us only where we are asked to listen."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = intents.dm_messages = True
    intents.message_content = bool(config.listen_channels)
    return intents
