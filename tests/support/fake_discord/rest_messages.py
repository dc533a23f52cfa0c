"""The HTTP API of channels, messages, reactions and direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import world as w
from .errors import ApiError, Json, unknown
from .messages import EPHEMERAL, Message
from .routing import Answer, Call, route

if TYPE_CHECKING:
    from .server import FakeDiscord

CHANNEL = "/channels/{channel_id}"
MESSAGE = CHANNEL + "/messages/{message_id}"
REACTION = MESSAGE + "/reactions/{emoji}"


def _channel(fake_discord: FakeDiscord, call: Call, needed: int = w.VIEW_CHANNEL) -> w.Channel:
    """Return the channel of the request. Raise 403 if the bot lacks a permission there."""
    channel = fake_discord.world.find_channel(call.params["channel_id"])
    if channel.guild is None:
        if fake_discord.bot not in channel.people:
            raise ApiError(403, 50001, "Missing Access")
        return channel
    granted = channel.guild.permissions(fake_discord.bot, channel)
    if not granted & w.VIEW_CHANNEL:
        raise ApiError(403, 50001, "Missing Access")
    if needed & ~granted:
        raise ApiError(403, 50013, "Missing Permissions")
    return channel


def _message(fake_discord: FakeDiscord, call: Call, needed: int = w.VIEW_CHANNEL) -> Message:
    """Return the message of the request; ephemeral ones cannot be reached."""
    message = fake_discord.messages_store.find(call.params["message_id"], _channel(fake_discord, call, needed))
    if message.viewer is not None:
        raise unknown("Message")
    return message


@route("GET", CHANNEL)
def get_channel(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return a channel."""
    return 200, _channel(fake_discord, call).payload(fake_discord.bot)


@route("POST", CHANNEL + "/messages")
def send(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Send a message of the bot."""
    there = fake_discord.world.channels.get(int(call.params["channel_id"]))
    needed = w.SEND_IN_THREADS if there and there.parent else w.SEND_MESSAGES
    needed |= w.ATTACH_FILES if call.uploads else 0
    needed |= w.EMBED_LINKS if call.form.get("embeds") else 0
    channel = _channel(fake_discord, call, needed)
    if any(person.id in fake_discord.world.closed_dms for person in channel.people):
        raise ApiError(403, 50007, "Cannot send messages to this user")
    body: Json = {**call.form, "flags": (call.form.get("flags") or 0) & ~EPHEMERAL}
    guild = channel.guild
    if body.get("message_reference") and guild and not guild.permissions(fake_discord.bot, channel) & w.READ_HISTORY:
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")
    store, key = fake_discord.messages_store, (channel.id, str(body.get("nonce")))
    if body.get("enforce_nonce") and (earlier := store.nonces.get(key)):
        return 200, earlier.payload()
    message = store.create(channel, fake_discord.bot, body, call.uploads)
    if body.get("nonce") is not None:
        store.nonces[key] = message
    fake_discord.message_events.announce(message)
    fake_discord.notify_listeners(message)
    return 200, message.payload()


@route("GET", CHANNEL + "/messages")
def history(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the messages of a channel, newest first."""
    channel = _channel(fake_discord, call, w.READ_HISTORY)
    before, after = int(call.query.get("before", 1 << 63)), int(call.query.get("after", 0))
    messages = [
        message
        for message in fake_discord.messages_store.all.values()
        if message.channel is channel and after < message.id < before and not message.deleted and message.viewer is None
    ]
    limit = int(call.query.get("limit", 50))
    chosen = messages[:limit] if after else messages[-limit:]
    return 200, [message.payload(may_read=fake_discord.may_read(message)) for message in reversed(chosen)]


@route("GET", MESSAGE)
def get_message(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return a message, with the same content restrictions as the gateway."""
    message = _message(fake_discord, call, w.READ_HISTORY)
    return 200, message.payload(may_read=fake_discord.may_read(message))


@route("PATCH", MESSAGE)
def edit(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Edit a message of the bot."""
    message = _message(fake_discord, call)
    if message.author != fake_discord.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    fake_discord.messages_store.edit(message, call.form, call.uploads)
    fake_discord.message_events.announce(message, "MESSAGE_UPDATE")
    return 200, message.payload()


@route("DELETE", MESSAGE)
def delete(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Delete a message of the bot or, with MANAGE_MESSAGES, of anyone."""
    message = _message(fake_discord, call)
    if message.author != fake_discord.bot:
        _channel(fake_discord, call, w.MANAGE_MESSAGES)
        if message.channel.guild is None:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
    fake_discord.message_events.drop(message)
    return 204, None


@route("POST", CHANNEL + "/typing")
def typing(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Record that the bot is typing."""
    fake_discord.typing.append(_channel(fake_discord, call, w.SEND_MESSAGES).id)
    return 204, None


@route("PUT", REACTION + "/@me")
def react(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Add a reaction of the bot."""
    message = _message(fake_discord, call, w.READ_HISTORY | w.ADD_REACTIONS)
    fake_discord.message_events.react(message, fake_discord.bot, call.params["emoji"])
    return 204, None


@route("DELETE", REACTION + "/@me")
def remove_own_reaction(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Remove a reaction of the bot."""
    fake_discord.message_events.unreact(_message(fake_discord, call), fake_discord.bot, call.params["emoji"])
    return 204, None


@route("DELETE", REACTION + "/{user_id}")
def remove_reaction(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Remove a reaction of another user."""
    message = _message(fake_discord, call, w.MANAGE_MESSAGES)
    user = fake_discord.world.users.get(int(call.params["user_id"]))
    if user is None:
        raise unknown("User")
    fake_discord.message_events.unreact(message, user, call.params["emoji"])
    return 204, None


@route("POST", "/users/@me/channels")
def open_dm(fake_discord: FakeDiscord, call: Call) -> Answer:
    """Return the direct message channel with a user."""
    person = fake_discord.world.users.get(int(call.form.get("recipient_id") or 0))
    if person is None or person == fake_discord.bot:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return 200, fake_discord.world.direct(person, fake_discord.bot).payload(fake_discord.bot)
