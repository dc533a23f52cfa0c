"""Sending a card where it may not all be allowed: as much of it as is, and a line to the operator on what is missing.

What the bot may do in a channel it knows before it asks, so that Discord need not refuse it over and over again.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection
from time import monotonic
from typing import Any, TypeVar

import aiohttp
import discord

from bot.discord_frontend.asking.cards import Card
from bot.discord_frontend.common import discord_limits, user_text
from bot.discord_frontend.common.recent import Memory
from bot.discord_frontend.common.user_text import cut
from bot.ops.throttled_logger import ThrottledLogger

REQUESTS = 25
"""Answers on their way at one time that can wait: what comes back all at once keeps the loop from everything else."""
ACKNOWLEDGEMENTS = 75
"""The same for telling Discord that an answer comes, which it wants to hear within limits.INTERACTION_SECONDS."""
CHANNELS = 1_000
"""Channels of which is remembered what the operator has been told."""
VIEW, SEND, EMBED, HISTORY = "View Channel", "Send Messages", "Embed Links", "Read Message History"
FILES = "Attach Files"
UNKNOWN_CHANNEL = 10003
TOO_OLD = 60.0  # seconds after which a question is not answered any more where Discord has been in trouble for so long
AGAIN = 5.0  # seconds before it is tried again, after all attempts that discord.py makes
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
        self._throttled = ThrottledLogger(log, monotonic)

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
        except discord.DiscordServerError as error:
            return await self._in_channel(interaction, card, view, private=private, error=error)
        except discord.Forbidden:
            self.tell_operator(interaction, (EMBED,))
            sent = await send(in_words(card.embed), view=view, ephemeral=private)
        return sent.message_id if sent else None

    async def put_off(self, interaction: discord.Interaction[Any], *, private: bool) -> bool:
        """Tell Discord that an answer comes; return False where it has waited too long already to hear that."""
        loop = asyncio.get_running_loop()
        end = loop.time() + discord_limits.INTERACTION_SECONDS
        async with self._acknowledgements:
            if loop.time() > end:
                self._throttled.warning("late", "A command was not answered: too many came at once")
                return False
            with contextlib.suppress(discord.DiscordServerError):  # then it is answered without, if that can be
                await interaction.response.defer(thinking=True, ephemeral=private)
        return True

    async def _in_channel(
        self,
        interaction: discord.Interaction[Any],
        card: Card,
        view: discord.ui.View,
        *,
        private: bool,
        error: discord.DiscordServerError,
    ) -> int | None:
        """Give an answer that Discord did not take as one, if all may see it, as a message of its own; its id.

        Raise `error` where that can't be, and what Discord raises.
        """
        try:
            return (await interaction.original_response()).id  # it was taken all the same
        except discord.NotFound:
            channel = interaction.channel
            if private or not _may_write(interaction) or not isinstance(channel, discord.abc.Messageable):
                raise error from None
        log.warning("Discord did not take an answer to a command in time; it is sent as a message")
        what: dict[str, Any] = {"content": user_text.IN_CHANNEL, "embed": card.embed, "view": view}
        target = channel
        sent = await persistently(lambda: target.send(**what, nonce=str(interaction.id)))
        return sent.id if sent else None

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
                return await persistently(lambda: message.channel.send(**what))
        except discord.Forbidden:
            # What we know of our permissions is out of date, and Discord does not say which one it is.
            self.tell_operator(message, (f"{SEND} or {EMBED}",))
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            log.warning("Can't send an answer: %s is gone", _name(message.guild, message.channel.id))
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


def _may_write(interaction: discord.Interaction[Any]) -> bool:
    """Return whether we may send a card to where an interaction comes from without answering it."""
    if interaction.guild_id is None:
        return interaction.context.dm_channel
    granted = interaction.app_permissions
    thread = isinstance(interaction.channel, discord.Thread)
    may_send = granted.send_messages_in_threads if thread else granted.send_messages
    return interaction.is_guild_integration() and granted.view_channel and may_send and granted.embed_links


def missing(message: discord.Message) -> tuple[str, ...]:
    """The permissions that an answer to this message takes and that we lack there, by Discord's names for them."""
    me = message.guild.me if message.guild else None
    channel = message.channel
    if me is None or isinstance(channel, discord.PartialMessageable):
        return ()
    granted = _granted(channel, me)
    if granted is None:
        return ()
    thread = isinstance(channel, discord.Thread)
    if not granted.view_channel:
        return (VIEW,)  # without it, as without the next, Discord counts all the rest as forbidden
    if not (granted.send_messages_in_threads if thread else granted.send_messages):
        return (SEND,)
    needed = {EMBED: granted.embed_links, HISTORY: granted.read_message_history}
    return tuple(name for name, has in needed.items() if not has)


def _granted(channel: Any, me: discord.Member) -> discord.Permissions | None:
    """Return what we may do in a channel; None where too little is known of its server, or of a thread's parent, to tell."""
    try:
        granted: discord.Permissions = channel.permissions_for(me)
    except (discord.ClientException, AttributeError, LookupError, TypeError):
        return None
    return granted


async def persistently(send: Callable[[], Awaitable[T]]) -> T | None:
    """Send a message, and again for as long as Discord has trouble of its own and the question is not too old.

    It is the same message each time, by its nonce, so that Discord takes it once. Raise DiscordServerError in the end.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + TOO_OLD
    while True:
        try:
            return await once_more(send)
        except discord.DiscordServerError:
            if loop.time() > end:
                raise
        await asyncio.sleep(AGAIN)


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
    return cut("\n\n".join(filter(None, parts)), discord_limits.MESSAGE_CONTENT)


def _name(guild: discord.Guild | None, channel: int | None) -> str:
    """A channel as it may stand in a log: a direct conversation is a person's."""
    return f"channel {channel}" if guild else "a direct conversation"
