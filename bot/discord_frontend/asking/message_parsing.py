"""Deciding whether a message is a question to the bot, and what it asks. Nothing is sent here."""

import re
from collections.abc import Collection

import discord
from msgspec import Struct

from bot.discord_frontend.common import user_text
from bot.errors import PilcrowError

USER_MESSAGES = (discord.MessageType.default, discord.MessageType.reply)


class MessageHidden(PilcrowError):
    """The bot was asked about a message whose text Discord does not show it."""


class MessageQuestion(Struct, frozen=True):
    """A question found in a message. `conversation`: our message or the direct message channel that it follows up on."""

    question: str
    conversation: int | None = None
    addressed: bool = True
    """Whether it was addressed to the bot, rather than overheard in one of listen_channels."""


def parse_question(
    message: discord.Message, me: discord.abc.Snowflake, listen_channels: Collection[int]
) -> MessageQuestion | None:
    """Return what a message asks the bot, or None if it is not for the bot. Raise MessageHidden."""
    if message.author.bot or message.webhook_id is not None or message.type not in USER_MESSAGES:
        return None
    mention = re.compile(rf"<@!?{me.id}>")
    text = mention.sub(" ", message.content).strip()
    target = _replied_to(message)
    if target is not None and target.author.id == me.id:
        # Without a ping Discord hides the text of a reply, so it asks nothing.
        pinged = any(user.id == me.id for user in message.mentions)
        return MessageQuestion(text, conversation=target.id) if text or pinged else None
    if mention.search(message.content):
        return MessageQuestion(text if text or target is None else _text_of(target, mention))
    if is_direct(message):
        return MessageQuestion(text, conversation=message.channel.id)
    channels = {message.channel.id, getattr(message.channel, "parent_id", None)}
    return MessageQuestion(text, addressed=False) if text and not channels.isdisjoint(listen_channels) else None


def guild_id(message: discord.Message) -> int | None:
    """Return the id of a message's server, even if the server itself is not known."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def is_direct(message: discord.Message) -> bool:
    """Return whether a message is a direct message."""
    return guild_id(message) is None


def _replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, if it still exists."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    resolved = message.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def _text_of(target: discord.Message, mention: re.Pattern[str]) -> str:
    """Return the question in somebody else's message. Raise MessageHidden."""
    text = mention.sub(" ", target.content).strip()
    if not text and not mention.search(target.content):
        raise MessageHidden(user_text.NO_TEXT if target.attachments or target.embeds else user_text.MESSAGE_HIDDEN)
    return text
