"""Sending a card where it may not all be allowed: as much of it as is, and a line to the operator on what is missing.

What the bot may do in a channel it knows before it asks, so that Discord need not refuse it over and over again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from time import monotonic
from typing import Any, TypeVar, cast

import aiohttp
import discord

from bot import limits
from bot.discord_frontend.cards import Card
from bot.discord_frontend.memory import Memory
from bot.discord_frontend.wording import cut
from bot.logs import Seldom

REQUESTS = 25
"""Answers on their way at one time that can wait: what comes back all at once keeps the loop from everything else."""
ACKNOWLEDGEMENTS = 75
"""The same for telling Discord that an answer comes, which it wants to hear within limits.INTERACTION_SECONDS."""
CHANNELS = 1_000
"""Channels of which is remembered what the operator has been told."""
VIEW, SEND, EMBED, HISTORY = "View Channel", "Send Messages", "Embed Links", "Read Message History"
FILES = "Attach Files"
UNKNOWN_CHANNEL = 10003
ANSWERED = 40060
"""The interaction has been answered already."""
log = logging.getLogger(__name__)
T = TypeVar("T")


class Sender:
    """Sends answers, and tells the operator once what it is not allowed to."""

    def __init__(self) -> None:
        self._told: Memory[tuple[str, ...]] = Memory(CHANNELS)
        self._requests = asyncio.Semaphore(REQUESTS)
        self._acknowledgements = asyncio.Semaphore(ACKNOWLEDGEMENTS)
        self._seldom = Seldom(log, monotonic)

    async def answer(self, message: discord.Message, card: Card, view: discord.ui.View) -> discord.Message | None:
        """Answers a message with a card; None where that can't be. Raises what Discord raises otherwise."""
        lacking = self._lacking(message)
        what: dict[str, Any] = {"content": in_words(card.embed)} if EMBED in lacking else {"embed": card.embed}
        return await self._send(message, lacking, {**what, "view": view})

    async def say(self, message: discord.Message, text: str) -> None:
        """Answers a message with a sentence, if that can be."""
        await self._send(message, self._lacking(message), {"content": text})

    async def respond(
        self, interaction: discord.Interaction[Any], card: Card, view: discord.ui.View, *, private: bool
    ) -> int | None:
        """Answers an interaction with a card, at once or after a deferral; the id of our message."""
        if interaction.response.is_done():
            async with self._requests:
                return (await interaction.edit_original_response(embed=card.embed, view=view)).id
        send = interaction.response.send_message
        try:
            sent = await once_more(lambda: send(embed=card.embed, view=view, ephemeral=private))
        except discord.Forbidden:
            self.tell_operator(interaction, (EMBED,))
            sent = await send(in_words(card.embed), view=view, ephemeral=private)
        return sent.message_id if sent else None

    async def put_off(self, interaction: discord.Interaction[Any], *, private: bool) -> bool:
        """Tell Discord that an answer comes; return False where it has waited too long already to hear that."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limits.INTERACTION_SECONDS
        async with self._acknowledgements:
            if loop.time() > end:
                self._seldom.warning("late", "A command was not answered: too many came at once")
                return False
            await interaction.response.defer(thinking=True, ephemeral=private)
        return True

    async def _send(
        self, message: discord.Message, lacking: Collection[str], what: dict[str, Any]
    ) -> discord.Message | None:
        """Sends under a message, if that is still there, and never twice; nothing where we know that we may not."""
        if VIEW in lacking or SEND in lacking:
            return None
        what["nonce"] = str(message.id)
        if HISTORY not in lacking:
            what["reference"] = message.to_reference(fail_if_not_exists=False)
        try:
            async with self._requests:
                return await once_more(lambda: message.channel.send(**what))
        except discord.Forbidden:
            # What we know of our permissions is out of date, and Discord does not say which one it is.
            self.tell_operator(message, (f"{SEND} or {EMBED}",))
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            log.warning("An answer was not sent: %s is gone", _name(message.guild, message.channel.id))
        return None

    def tell_operator(self, where: discord.Message | discord.Interaction[Any], lacking: tuple[str, ...]) -> None:
        """Says in the log what the bot may not do in a channel, unless it has just been said."""
        channel = where.channel.id if where.channel else None
        if (self._told.get(channel) or ()) != lacking and lacking:
            names = " and ".join([", ".join(lacking[:-1]), lacking[-1]] if len(lacking) > 1 else lacking)
            how = "allow it to the bot's role in that channel's settings, under Permissions"
            how = how if where.guild else "the person takes no messages from it"
            log.warning("The bot lacks %s in %s: %s", names, _name(where.guild, channel), how)
        self._told.keep(channel, lacking)

    def _lacking(self, message: discord.Message) -> tuple[str, ...]:
        """What we may not do where a message stands; the operator is told."""
        if message.guild is None:
            return ()
        lacking = missing(message)
        self.tell_operator(message, lacking)
        return lacking


def missing(message: discord.Message) -> tuple[str, ...]:
    """The permissions that an answer to this message takes and that we lack there, by Discord's names for them."""
    me = message.guild.me if message.guild else None
    channel = message.channel
    if me is None or isinstance(channel, discord.PartialMessageable):
        return ()
    granted = channel.permissions_for(cast("Any", me))
    thread = isinstance(channel, discord.Thread)
    if not granted.view_channel:
        return (VIEW,)  # without it, as without the next, Discord counts all the rest as forbidden
    if not (granted.send_messages_in_threads if thread else granted.send_messages):
        return (SEND,)
    needed = {EMBED: granted.embed_links, HISTORY: granted.read_message_history}
    return tuple(name for name, has in needed.items() if not has)


async def once_more(send: Callable[[], Awaitable[T]]) -> T | None:
    """Sends something, and again where the connection was cut: Discord takes what has arrived already only once.

    None: it had arrived, and we have not been told as what.
    """
    try:
        return await send()
    except (aiohttp.ServerDisconnectedError, ConnectionError):
        try:
            return await send()
        except discord.HTTPException as error:
            if error.code != ANSWERED:
                raise
            return None


def in_words(embed: discord.Embed) -> str:
    """An embed as text, for where embeds are forbidden; what does not fit is cut off the end, never the answer."""
    fields = [f"**{field.name}**: {field.value}" for field in embed.fields if field.value]
    parts = [f"**{embed.title}**" if embed.title else "", embed.description or "", *fields, embed.footer.text or ""]
    return cut("\n\n".join(filter(None, parts)), limits.MESSAGE_CONTENT)


def _name(guild: discord.Guild | None, channel: int | None) -> str:
    """A channel as it may stand in a log: a direct conversation is a person's."""
    return f"channel {channel}" if guild else "a direct conversation"
