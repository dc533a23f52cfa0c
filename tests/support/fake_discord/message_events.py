"""Gateway events about messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import gateway as g
from .errors import Json
from .messages import Message
from .world import VIEW_CHANNEL, User

if TYPE_CHECKING:
    from .server import FakeDiscord


class MessageEvents:
    """Dispatches message events to the sessions that may receive them, with the content they may read."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self.fake_discord = fake_discord

    def announce(self, message: Message, event: str = "MESSAGE_CREATE") -> None:
        """Dispatch a new message or, with MESSAGE_UPDATE, a changed one; ephemeral ones are not dispatched."""
        self.fake_discord.signal.notify()
        if not self._visible_to_bot(message):
            return

        def build(session: g.Session) -> Json:
            may_read = bool(session.intents & g.MESSAGE_CONTENT) or self.fake_discord.messages_store.readable(message)
            return message.payload(may_read=may_read) | self._gateway_fields(message)

        self._dispatch(event, message, build, (g.GUILD_MESSAGES, g.DM_MESSAGES))

    def drop(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        self.fake_discord.signal.notify()
        if self._visible_to_bot(message):
            around = {key: value for key, value in self._gateway_fields(message).items() if key == "guild_id"}
            gone = {"id": str(message.id), "channel_id": str(message.channel.id), **around}
            self._dispatch("MESSAGE_DELETE", message, lambda _: gone, (g.GUILD_MESSAGES, g.DM_MESSAGES))

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction."""
        if user.id not in (who := message.reactions.setdefault(emoji, [])):
            who.append(user.id)
            self._reaction(message, user, emoji, "MESSAGE_REACTION_ADD")

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Remove a reaction."""
        if user.id in (who := message.reactions.get(emoji, [])):
            who.remove(user.id)
            self._reaction(message, user, emoji, "MESSAGE_REACTION_REMOVE")

    def _reaction(self, message: Message, user: User, emoji: str, event: str) -> None:
        """Dispatch a reaction event."""
        self.fake_discord.signal.notify()
        data: Json = {
            "user_id": str(user.id),
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "message_author_id": str(message.author.id),
            "burst": False,
            "type": 0,
        }
        if guild := message.channel.guild:
            data["guild_id"] = str(guild.id)
            if user.id in guild.members:
                data["member"] = guild.members[user.id].payload()
        if self._visible_to_bot(message):
            self._dispatch(event, message, lambda _: data, (g.GUILD_REACTIONS, g.DM_REACTIONS))

    def _visible_to_bot(self, message: Message) -> bool:
        """Return whether the bot can see this message."""
        guild, bot = message.channel.guild, self.fake_discord.bot
        if message.viewer is not None:
            return False
        if guild is None:
            return bot in message.channel.people
        return guild.installed and bool(guild.permissions(bot, message.channel) & VIEW_CHANNEL)

    def _gateway_fields(self, message: Message) -> Json:
        """Return the fields that the gateway adds to a message."""
        guild = message.channel.guild
        if guild is None:
            return {"channel_type": 1}
        around: Json = {"guild_id": str(guild.id), "channel_type": message.channel.kind}
        if message.author.id in guild.members:
            around["member"] = guild.members[message.author.id].payload(with_user=False)
        return around

    def _dispatch(self, event: str, message: Message, build: Any, intents: tuple[int, int]) -> None:
        guild = message.channel.guild
        self.fake_discord.gateway.dispatch(event, build, guild.id if guild else None, intents[0 if guild else 1])
