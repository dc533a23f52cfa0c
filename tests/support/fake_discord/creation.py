"""All users, guilds and channels of the fake Discord, and how they are created."""

from __future__ import annotations

from .errors import unknown
from .snowflakes import Snowflakes
from .world import EVERYONE, TEXT_CHANNEL, Channel, Guild, Member, Role, User


class World:
    """All users, guilds and channels by id."""

    def __init__(self, snowflakes: Snowflakes) -> None:
        self.snowflakes = snowflakes
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.closed_dms: set[int] = set()  # users who accept no direct messages

    def user(self, name: str, *, bot: bool = False) -> User:
        """Create a user."""
        user = User(self.snowflakes.fixed(), name, bot=bot)
        self.users[user.id] = user
        return user

    def role(self, guild: Guild, name: str, permissions: int = 0, managed_by: int | None = None) -> Role:
        """Create a role."""
        role = Role(self.snowflakes.fixed(), name, permissions, len(guild.roles), managed_by)
        guild.roles[role.id] = role
        return role

    def channel(self, guild: Guild, name: str, kind: int = TEXT_CHANNEL, *, parent: Channel | None = None) -> Channel:
        """Create a channel; with a `parent` a thread of it, or a post of a forum."""
        channel = Channel(self.snowflakes.fixed(), name, guild, kind=kind, parent=parent)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def direct(self, *people: User) -> Channel:
        """Return the direct message channel of these users; create it if there is none."""
        for channel in self.channels.values():
            if channel.guild is None and set(channel.people) == set(people):
                return channel
        channel = Channel(self.snowflakes.fixed(), people=people)
        self.channels[channel.id] = channel
        return channel

    def guild(self, name: str, owner: User, bot: User, *, installed: bool, locale: str) -> Guild:
        """Create a guild with its @everyone role, and with the bot as a member if it is installed."""
        guild = Guild(self.snowflakes.fixed(), name, owner, locale, installed=installed)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE, 0)
        self.guilds[guild.id] = guild
        self.join(guild, owner)
        if installed:
            self.join(guild, bot, [self.role(guild, bot.name, EVERYONE, managed_by=bot.id)])
        return guild

    def join(self, guild: Guild, user: User, roles: list[Role] | None = None) -> Member:
        """Make a user a member of a guild."""
        member = Member(user, self.snowflakes.fixed(), [role.id for role in roles or []])
        guild.members[user.id] = member
        return member

    def find_channel(self, channel_id: str) -> Channel:
        """Return the channel with this id. Raise Discord's 404."""
        channel = self.channels.get(int(channel_id)) if channel_id.isdecimal() else None
        if channel is None:
            raise unknown("Channel")
        return channel
