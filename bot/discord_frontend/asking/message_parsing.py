"""Which messages are questions to us, and what they ask. Nothing is sent here."""

import re
from collections.abc import Collection

import discord
from msgspec import Struct

from bot.discord_frontend.common import user_text
from bot.errors import PilcrowError

WRITTEN = (discord.MessageType.default, discord.MessageType.reply)


class TextHidden(PilcrowError):
    """We were asked about a message whose text Discord does not show us."""


class Asked(Struct, frozen=True):
    """A question found in a message. `about`: the message of ours or the direct channel that it goes on from."""

    question: str
    about: int | None = None
    called: bool = True
    """False where nobody called us, in a channel that we listen to."""


def asked(message: discord.Message, me: discord.abc.Snowflake, listening: Collection[int]) -> Asked | None:
    """What a message asks us, None where it is not for us. Raises TextHidden."""
    if message.author.bot or message.webhook_id is not None or message.type not in WRITTEN:
        return None
    mention = re.compile(rf"<@!?{me.id}>")
    text = mention.sub(" ", message.content).strip()
    target = _target(message)
    if target is not None and target.author.id == me.id:
        # Without a ping Discord shows us no text of a reply, and nothing is asked.
        pinged = any(user.id == me.id for user in message.mentions)
        return Asked(text, about=target.id) if text or pinged else None
    if mention.search(message.content):
        return Asked(text if text or target is None else _text_of(target, mention))
    if is_direct(message):
        return Asked(text, about=message.channel.id)
    heard = {message.channel.id, getattr(message.channel, "parent_id", None)}
    return Asked(text, called=False) if text and not heard.isdisjoint(listening) else None


def guild_id(message: discord.Message) -> int | None:
    """Return the server that a message stands in, also where nothing else is known of that server."""
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def is_direct(message: discord.Message) -> bool:
    """Return whether a message was written to us directly."""
    return guild_id(message) is None


def _target(message: discord.Message) -> discord.Message | None:
    """The message that this one replies to, if it is still there."""
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    resolved = message.reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def _text_of(target: discord.Message, mention: re.Pattern[str]) -> str:
    """The question in somebody else's message. Raises TextHidden."""
    text = mention.sub(" ", target.content).strip()
    if not text and not mention.search(target.content):
        raise TextHidden(user_text.NO_TEXT if target.attachments or target.embeds else user_text.UNREADABLE)
    return text
