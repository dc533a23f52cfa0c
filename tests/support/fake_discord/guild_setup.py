"""Setting up guilds, channels and roles, and changing them with their gateway events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .creation import World
from .errors import Json
from .gateway import GUILD_MEMBERS, GUILDS, Gateway
from .world import Channel, Guild, Role, User

if TYPE_CHECKING:
    from .actor import Person


class GuildSetup:
    """The part of FakeDiscord that creates guilds and roles, and moves the bot in and out of guilds."""

    world: World
    gateway: Gateway
    bot: User
    owner: User

    def guild(
        self,
        name: str = "Reading room",
        *,
        channels: Sequence[str] = ("general",),
        installed: bool = True,
        locale: str = "en-US",
        owner: Person | None = None,
    ) -> Guild:
        """Create a guild; with `installed=False` the bot is not in it (for user installs)."""
        guild = self.world.guild(
            name, owner.user if owner else self.owner, self.bot, installed=installed, locale=locale
        )
        for channel in channels:
            self.world.channel(guild, channel)
        return guild

    def role(self, guild: Guild, name: str, permissions: int = 0) -> Role:
        """Create a role."""
        return self.world.role(guild, name, permissions)

    def private(self, person: Person, other: Person) -> Channel:
        """Return the direct message channel of two people."""
        return self.world.direct(person.user, other.user)

    def join_guild(self, guild: Guild) -> None:
        """Dispatch GUILD_CREATE: a guild became available, or the bot joined it."""
        guild.unavailable = False
        self.gateway.dispatch(
            "GUILD_CREATE",
            lambda session: guild.payload(self.bot, all_members=bool(session.intents & GUILD_MEMBERS)),
            guild.id,
            GUILDS,
        )

    def leave_guild(self, guild: Guild, *, outage: bool = False) -> None:
        """Dispatch GUILD_DELETE: the bot left a guild, or the guild has an outage."""
        guild.unavailable, guild.installed = outage, outage
        gone: Json = {"id": str(guild.id)} | ({"unavailable": True} if outage else {})
        self.gateway.dispatch("GUILD_DELETE", lambda _: gone, guild.id, GUILDS)

    def deny_permissions(self, channel: Channel, target: User | Role, *, deny: int) -> None:
        """Deny permissions to a user or a role in a channel, and dispatch CHANNEL_UPDATE."""
        channel.overwrites[target.id] = (0, deny)
        self._dispatch_channel(channel, "CHANNEL_UPDATE")

    def delete_channel(self, channel: Channel, *, dispatch: bool = True) -> None:
        """Delete a channel and, with `dispatch`, dispatch CHANNEL_DELETE."""
        self.world.channels.pop(channel.id)
        if channel.guild:
            channel.guild.channels.pop(channel.id)
        if dispatch:
            self._dispatch_channel(channel, "CHANNEL_DELETE")

    def delete_role(self, guild: Guild, role: Role) -> None:
        """Delete a role, take it from its members, and dispatch GUILD_ROLE_DELETE."""
        guild.roles.pop(role.id)
        for member in guild.members.values():
            member.roles = [id for id in member.roles if id != role.id]
        gone: Json = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.gateway.dispatch("GUILD_ROLE_DELETE", lambda _: gone, guild.id, GUILDS)

    def _dispatch_channel(self, channel: Channel, event: str) -> None:
        if channel.guild:
            self.gateway.dispatch(event, lambda _: channel.payload(self.bot), channel.guild.id, GUILDS)
