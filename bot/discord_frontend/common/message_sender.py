"""Sending answers: as much as the channel's permissions allow, retried through outages, and never twice."""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence
from functools import partial
from time import monotonic
from typing import Any

import discord
from msgspec.structs import replace

from bot.cards import discord_limits
from bot.cards.card import Card, line
from bot.cards.message_text import needs_embed
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.bounded_cache import BoundedCache
from bot.discord_frontend.common.card_message import to_messages
from bot.discord_frontend.common.channel_permissions import (
    EMBED_LINKS,
    READ_HISTORY,
    SEND_MESSAGES,
    VIEW_CHANNEL,
    can_send_to_channel,
    missing_permissions,
)
from bot.discord_frontend.common.channel_queues import ChannelBusy, ChannelQueues
from bot.discord_frontend.common.channel_refusals import ChannelRefusals
from bot.discord_frontend.common.retry import retry_after_disconnect, retry_through_outage
from bot.ops.throttled_logger import ThrottledLogger

MAX_ACKNOWLEDGEMENTS = 75
"""Concurrent requests that defer an answer, which have to arrive within INTERACTION_SECONDS."""
MAX_CHANNELS = 1_000
"""Channels whose missing permissions are remembered as logged."""
UNKNOWN_CHANNEL = 10003
GIVE_UP_AFTER = 90.0  # seconds, for a request that hangs; the last attempt after retry.RETRY_FOR may take 25
log = logging.getLogger(__name__)


class MessageSender:
    """Sends answers to messages and interactions, and logs missing permissions once."""

    def __init__(self) -> None:
        self._logged_missing: BoundedCache[int | None, tuple[str, ...]] = BoundedCache(MAX_CHANNELS)
        self._queues = ChannelQueues()
        self._refusals = ChannelRefusals()
        self._acknowledgements = asyncio.Semaphore(MAX_ACKNOWLEDGEMENTS)
        self._log = ThrottledLogger(log, monotonic)

    async def reply_with_card(self, message: discord.Message, card: Card) -> list[int]:
        """Reply to a message with a card; return the ids of our messages, none if permissions forbid it.

        Without Embed Links a card that stands in an embed is sent as text.
        """
        missing, text = self._missing(message), to_messages(card, may_embed=False)
        if needs_embed(card) and EMBED_LINKS not in missing:
            return await self._reply(message, missing, to_messages(card), without_embed=text)
        return await self._reply(message, missing, text)

    async def reply_with_text(self, message: discord.Message, text: str) -> None:
        """Reply to a message with text, if permissions allow it."""
        await self._reply(message, self._missing(message), [{"content": text}])

    async def respond(self, interaction: discord.Interaction[Any], card: Card, *, private: bool) -> list[int]:
        """Respond to an interaction with a card, deferred or not; return the ids of our messages, as far as known."""
        embed = needs_embed(card) and interaction.app_permissions.embed_links
        if needs_embed(card) and not embed and interaction.is_guild_integration():
            self.log_missing(interaction, (EMBED_LINKS,))
        messages = to_messages(card, may_embed=embed)
        try:
            first_id = await self._respond_first(interaction, messages[0], private=private)
        except discord.DiscordServerError as error:
            if interaction.response.is_done():
                raise
            return await self._send_to_channel(interaction, card, private=private, error=error)
        except discord.Forbidden:
            if not embed:
                raise
            self.log_missing(interaction, (EMBED_LINKS,))
            messages = to_messages(card, may_embed=False)
            first_id = await self._respond_first(interaction, messages[0], private=private)
        more = [await interaction.followup.send(**message, ephemeral=private, wait=True) for message in messages[1:]]
        return [id for id in (first_id, *(sent.id for sent in more)) if id is not None]

    async def _respond_first(
        self, interaction: discord.Interaction[Any], message: dict[str, Any], *, private: bool
    ) -> int | None:
        """Fill in the deferred response, or respond; return the id of our message, if known."""
        if interaction.response.is_done():
            return (await interaction.edit_original_response(**message)).id
        send = interaction.response.send_message
        sent = await retry_after_disconnect(lambda: send(**message, ephemeral=private))
        return sent.message_id if sent else None

    async def defer(self, interaction: discord.Interaction[Any], *, private: bool) -> bool:
        """Acknowledge an interaction, to be answered later; return False if it is too late for that."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + discord_limits.INTERACTION_SECONDS
        async with self._acknowledgements:
            if loop.time() > deadline:
                self._log.warning("late", "A command was not answered: too many came at once")
                return False
            with contextlib.suppress(discord.DiscordServerError):  # then it is answered without a deferral
                await interaction.response.defer(thinking=True, ephemeral=private)
        return True

    async def _send_to_channel(
        self,
        interaction: discord.Interaction[Any],
        card: Card,
        *,
        private: bool,
        error: discord.DiscordServerError,
    ) -> list[int]:
        """Send an answer that Discord did not accept as a response as messages of their own; return their ids.

        Raise `error` if the answer is private or the bot may not write there, and what Discord raises.
        """
        try:
            return [(await interaction.original_response()).id]  # it was accepted after all
        except discord.NotFound:
            channel = interaction.channel
            if private or not can_send_to_channel(interaction) or not isinstance(channel, discord.abc.Messageable):
                raise error from None
        log.warning("Discord did not accept an answer to a command in time; sending it as a message")
        noted = replace(card, lines=(*card.lines, line(user_text.SENT_AS_MESSAGE, "small")))
        messages = to_messages(noted, may_embed=interaction.app_permissions.embed_links)
        return await _send_all(channel, messages, interaction.id)

    async def _reply(
        self,
        message: discord.Message,
        missing: Collection[str],
        contents: Sequence[dict[str, Any]],
        without_embed: Sequence[dict[str, Any]] = (),
    ) -> list[int]:
        """Reply to a message, if it still exists; return the ids of our messages. Send nothing if we know that we may not.

        without_embed: sent instead where Discord refuses `contents`.
        """
        if VIEW_CHANNEL in missing or SEND_MESSAGES in missing:
            return []
        channel_id, server_id = message.channel.id, message.guild.id if message.guild else None
        reference = None if READ_HISTORY in missing else message.to_reference(fail_if_not_exists=False)
        try:
            async with self._queues.turn(channel_id), asyncio.timeout(GIVE_UP_AFTER):
                if self._refusals.covers(channel_id, server_id):
                    return []
                try:
                    return await _send_all(message.channel, contents, message.id, reference)
                except discord.Forbidden:
                    if not without_embed:
                        raise
                    # The permissions that we know are outdated, and Discord does not say which one is missing.
                    ids = await _send_all(message.channel, without_embed, message.id, reference)
                    self.log_missing(message, (EMBED_LINKS,))
                    return ids
        except ChannelBusy:
            name = _channel_name(message.guild, message.channel.id)
            self._log.warning(ChannelBusy, f"An answer was dropped: too many are waiting in {name}")
        except discord.Forbidden:
            if not self._refusals.covers(channel_id, server_id):
                self._log_missing(message, (SEND_MESSAGES,))
            self._refusals.add(channel_id, server_id)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            log.warning("Can't send an answer: %s is gone", _channel_name(message.guild, message.channel.id))
        return []

    def log_missing(self, source: discord.Message | discord.Interaction[Any], missing: tuple[str, ...]) -> None:
        """Log the permissions that the bot lacks in a channel, unless that was the last thing logged about it."""
        channel_id = source.channel.id if source.channel else None
        if missing and self._logged_missing.get(channel_id, ()) != missing:
            self._log_missing(source, missing)
        self._logged_missing[channel_id] = missing

    def _log_missing(self, source: discord.Message | discord.Interaction[Any], missing: tuple[str, ...]) -> None:
        names = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        hint = "allow it to the bot's role in that channel's settings, under Permissions"
        hint = hint if source.guild else "the person does not accept messages from it"
        place = _channel_name(source.guild, source.channel.id if source.channel else None)
        log.warning("The bot lacks %s in %s: %s", names, place, hint)

    def _missing(self, message: discord.Message) -> tuple[str, ...]:
        """Return, and log, the permissions that the bot lacks for answering a message."""
        if message.guild is None:
            return ()
        missing = missing_permissions(message)
        self.log_missing(message, missing)
        return missing


async def _send_all(
    channel: discord.abc.Messageable,
    messages: Sequence[dict[str, Any]],
    nonce: int,
    reference: discord.MessageReference | None = None,
) -> list[int]:
    """Send messages one after the other, the first as a reply; return their ids. Each has a nonce, so it is sent once."""
    ids: list[int] = []
    for number, message in enumerate(messages):
        content = {**message, "nonce": f"{nonce}-{number}" if number else str(nonce)}
        if reference is not None and not number:
            content["reference"] = reference
        sent = await retry_through_outage(partial(channel.send, **content))
        ids += [sent.id] if sent else []
    return ids


def _channel_name(guild: discord.Guild | None, channel_id: int | None) -> str:
    """Return a channel as it may stand in a log; the id of a direct message channel would stand for a person."""
    return f"channel {channel_id}" if guild else "a direct conversation"
