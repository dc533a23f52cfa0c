"""What the bot may do in a channel, known before a request so that Discord need not refuse it."""

from typing import Any

import discord

VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS = "View Channel", "Send Messages", "Embed Links"
READ_HISTORY, ATTACH_FILES = "Read Message History", "Attach Files"


def missing_permissions(message: discord.Message) -> tuple[str, ...]:
    """Return the permissions that the bot lacks for answering a message, by Discord's names for them."""
    me = message.guild.me if message.guild else None
    channel = message.channel
    if me is None or isinstance(channel, discord.PartialMessageable):
        return ()
    granted = _permissions(channel, me)
    if granted is None:
        return ()
    if not granted.view_channel:
        return (VIEW_CHANNEL,)  # without it, as without the next, Discord denies all the others
    if not _can_send(granted, channel):
        return (SEND_MESSAGES,)
    required = {EMBED_LINKS: granted.embed_links, READ_HISTORY: granted.read_message_history}
    return tuple(name for name, has in required.items() if not has)


def can_send_to_channel(interaction: discord.Interaction[Any]) -> bool:
    """Return whether the bot may send a message of its own to an interaction's channel."""
    if interaction.guild_id is None:
        return interaction.context.dm_channel
    granted = interaction.app_permissions
    return interaction.is_guild_integration() and granted.view_channel and _can_send(granted, interaction.channel)


def _can_send(granted: discord.Permissions, channel: object) -> bool:
    return granted.send_messages_in_threads if isinstance(channel, discord.Thread) else granted.send_messages


def _permissions(channel: Any, me: discord.Member) -> discord.Permissions | None:
    """Return our permissions in a channel; None if too little is known of its server or of a thread's parent."""
    try:
        granted: discord.Permissions = channel.permissions_for(me)
    except (discord.ClientException, AttributeError, LookupError, TypeError):
        return None
    return granted
