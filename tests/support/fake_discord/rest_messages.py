"""The HTTP API of channels, messages, reactions, and direct conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import world as w
from .errors import ApiError, Json, unknown
from .messages import EPHEMERAL, Message
from .routing import Answer, Call, route

if TYPE_CHECKING:
    from .server import StandIn

CHANNEL = "/channels/{channel_id}"
MESSAGE = CHANNEL + "/messages/{message_id}"
REACTION = MESSAGE + "/reactions/{emoji}"


def _channel(standin: StandIn, call: Call, needed: int = w.VIEW_CHANNEL) -> w.Channel:
    """The channel of the request, if the bot may do there what it wants to."""
    channel = standin.world.find_channel(call.params["channel_id"])
    if channel.guild is None:
        if standin.bot not in channel.people:
            raise ApiError(403, 50001, "Missing Access")
        return channel
    granted = channel.guild.permissions(standin.bot, channel)
    if not granted & w.VIEW_CHANNEL:
        raise ApiError(403, 50001, "Missing Access")
    if needed & ~granted:
        raise ApiError(403, 50013, "Missing Permissions")
    return channel


def _message(standin: StandIn, call: Call, needed: int = w.VIEW_CHANNEL) -> Message:
    """The message of the request; ephemeral ones are out of reach from here."""
    message = standin.messages_store.find(call.params["message_id"], _channel(standin, call, needed))
    if message.viewer is not None:
        raise unknown("Message")
    return message


@route("GET", CHANNEL)
def get_channel(standin: StandIn, call: Call) -> Answer:
    """A channel."""
    return 200, _channel(standin, call).payload(standin.bot)


@route("POST", CHANNEL + "/messages")
def send(standin: StandIn, call: Call) -> Answer:
    """A regular message of the bot."""
    needed = w.SEND_MESSAGES | (w.ATTACH_FILES if call.uploads else 0)
    needed |= w.EMBED_LINKS if call.form.get("embeds") else 0
    channel = _channel(standin, call, needed)
    if any(person.id in standin.world.closed_dms for person in channel.people):
        raise ApiError(403, 50007, "Cannot send messages to this user")
    body: Json = {**call.form, "flags": (call.form.get("flags") or 0) & ~EPHEMERAL}
    guild = channel.guild
    if body.get("message_reference") and guild and not guild.permissions(standin.bot, channel) & w.READ_HISTORY:
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")
    store, key = standin.messages_store, (channel.id, str(body.get("nonce")))
    if body.get("enforce_nonce") and (earlier := store.nonces.get(key)):
        return 200, earlier.payload()
    message = store.create(channel, standin.bot, body, call.uploads)
    if body.get("nonce") is not None:
        store.nonces[key] = message
    standin.message_events.announce(message)
    standin.heard(message)
    return 200, message.payload()


@route("GET", CHANNEL + "/messages")
def history(standin: StandIn, call: Call) -> Answer:
    """The messages of a channel, newest first."""
    channel = _channel(standin, call, w.READ_HISTORY)
    before, after = int(call.query.get("before", 1 << 63)), int(call.query.get("after", 0))
    found = [
        message
        for message in standin.messages_store.all.values()
        if message.channel is channel and after < message.id < before and not message.deleted and message.viewer is None
    ]
    limit = int(call.query.get("limit", 50))
    chosen = found[:limit] if after else found[-limit:]
    return 200, [message.payload(may_read=standin.may_read(message)) for message in reversed(chosen)]


@route("GET", MESSAGE)
def get_message(standin: StandIn, call: Call) -> Answer:
    """One message, blanked like in the gateway."""
    message = _message(standin, call, w.READ_HISTORY)
    return 200, message.payload(may_read=standin.may_read(message))


@route("PATCH", MESSAGE)
def edit(standin: StandIn, call: Call) -> Answer:
    """Change a message of the bot's own."""
    message = _message(standin, call)
    if message.author != standin.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    standin.messages_store.edit(message, call.form, call.uploads)
    standin.message_events.announce(message, "MESSAGE_UPDATE")
    return 200, message.payload()


@route("DELETE", MESSAGE)
def delete(standin: StandIn, call: Call) -> Answer:
    """Delete a message: the bot's own, or with MANAGE_MESSAGES anyone's."""
    message = _message(standin, call)
    if message.author != standin.bot:
        _channel(standin, call, w.MANAGE_MESSAGES)
        if message.channel.guild is None:
            raise ApiError(403, 50003, "Cannot execute action on a DM channel")
    standin.message_events.drop(message)
    return 204, None


@route("POST", CHANNEL + "/typing")
def typing(standin: StandIn, call: Call) -> Answer:
    """'... is typing'."""
    standin.typing.append(_channel(standin, call, w.SEND_MESSAGES).id)
    return 204, None


@route("PUT", REACTION + "/@me")
def react(standin: StandIn, call: Call) -> Answer:
    """The bot reacts to a message."""
    message = _message(standin, call, w.READ_HISTORY | w.ADD_REACTIONS)
    standin.message_events.react(message, standin.bot, call.params["emoji"])
    return 204, None


@route("DELETE", REACTION + "/@me")
def take_back(standin: StandIn, call: Call) -> Answer:
    """The bot takes its reaction back."""
    standin.message_events.unreact(_message(standin, call), standin.bot, call.params["emoji"])
    return 204, None


@route("DELETE", REACTION + "/{user_id}")
def remove_reaction(standin: StandIn, call: Call) -> Answer:
    """The bot removes somebody's reaction."""
    message = _message(standin, call, w.MANAGE_MESSAGES)
    user = standin.world.users.get(int(call.params["user_id"]))
    if user is None:
        raise unknown("User")
    standin.message_events.unreact(message, user, call.params["emoji"])
    return 204, None


@route("POST", "/users/@me/channels")
def open_dm(standin: StandIn, call: Call) -> Answer:
    """Open the direct conversation with a person."""
    person = standin.world.users.get(int(call.form.get("recipient_id") or 0))
    if person is None or person == standin.bot:
        raise ApiError(400, 50033, "Invalid Recipient(s)")
    return 200, standin.world.direct(person, standin.bot).payload(standin.bot)
