"""What the stand-in tells the bot through the gateway when something happens to a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import gateway as g
from .errors import Json
from .messages import Message
from .world import VIEW_CHANNEL, User

if TYPE_CHECKING:
    from .server import StandIn


class Telling:
    """Message events, each to those who may see them, with what they may read."""

    def __init__(self, standin: StandIn) -> None:
        self.standin = standin

    def announce(self, message: Message, event: str = "MESSAGE_CREATE") -> None:
        """A message is there, or has changed (MESSAGE_UPDATE); ephemeral ones are told to nobody."""
        self.standin.signal.notify()
        if not self._told(message):
            return

        def build(session: g.Session) -> Json:
            may_read = bool(session.intents & g.MESSAGE_CONTENT) or self.standin.messages_store.readable(message)
            return message.payload(may_read=may_read) | self._around(message)

        self._dispatch(event, message, build, (g.GUILD_MESSAGES, g.DM_MESSAGES))

    def drop(self, message: Message) -> None:
        """A message goes."""
        message.deleted = True
        self.standin.signal.notify()
        if self._told(message):
            around = {key: value for key, value in self._around(message).items() if key == "guild_id"}
            gone = {"id": str(message.id), "channel_id": str(message.channel.id), **around}
            self._dispatch("MESSAGE_DELETE", message, lambda _: gone, (g.GUILD_MESSAGES, g.DM_MESSAGES))

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Somebody reacts."""
        if user.id not in (who := message.reactions.setdefault(emoji, [])):
            who.append(user.id)
            self._reaction(message, user, emoji, "MESSAGE_REACTION_ADD")

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Somebody takes a reaction back."""
        if user.id in (who := message.reactions.get(emoji, [])):
            who.remove(user.id)
            self._reaction(message, user, emoji, "MESSAGE_REACTION_REMOVE")

    def _reaction(self, message: Message, user: User, emoji: str, event: str) -> None:
        """Tell of a reaction."""
        self.standin.signal.notify()
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
        if self._told(message):
            self._dispatch(event, message, lambda _: data, (g.GUILD_REACTIONS, g.DM_REACTIONS))

    def _told(self, message: Message) -> bool:
        """Whether the bot is where this message is."""
        guild, bot = message.channel.guild, self.standin.bot
        if message.viewer is not None:
            return False
        if guild is None:
            return bot in message.channel.people
        return guild.installed and bool(guild.permissions(bot, message.channel) & VIEW_CHANNEL)

    def _around(self, message: Message) -> Json:
        """What the gateway adds to a message."""
        guild = message.channel.guild
        if guild is None:
            return {"channel_type": 1}
        around: Json = {"guild_id": str(guild.id), "channel_type": 0}
        if message.author.id in guild.members:
            around["member"] = guild.members[message.author.id].payload(with_user=False)
        return around

    def _dispatch(self, event: str, message: Message, build: Any, intents: tuple[int, int]) -> None:
        guild = message.channel.guild
        self.standin.gateway.dispatch(event, build, guild.id if guild else None, intents[0 if guild else 1])
