"""Making the world in which a test takes place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .creation import World
from .errors import Json
from .gateway import GUILD_MEMBERS, GUILDS, Gateway
from .world import Channel, Guild, Role, User

if TYPE_CHECKING:
    from .actor import Person


class Making:
    """The part of the StandIn that makes guilds and roles, and moves the bot in and out of guilds."""

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
        """Make a server; `installed=False`: the bot is not in it (for user installs)."""
        guild = self.world.guild(
            name, owner.user if owner else self.owner, self.bot, installed=installed, locale=locale
        )
        for channel in channels:
            self.world.channel(guild, channel)
        return guild

    def role(self, guild: Guild, name: str, permissions: int = 0) -> Role:
        """Make a role."""
        return self.world.role(guild, name, permissions)

    def private(self, one: Person, other: Person) -> Channel:
        """The conversation of two people, which the bot is not in."""
        return self.world.direct(one.user, other.user)

    def appears(self, guild: Guild) -> None:
        """GUILD_CREATE: a guild becomes available, or (made after the start) the bot has joined it."""
        guild.unavailable = False
        self.gateway.dispatch(
            "GUILD_CREATE",
            lambda session: guild.payload(self.bot, all_members=bool(session.intents & GUILD_MEMBERS)),
            guild.id,
            GUILDS,
        )

    def leaves(self, guild: Guild, *, outage: bool = False) -> None:
        """GUILD_DELETE: the bot is out of a guild, or the guild has an outage."""
        guild.unavailable, guild.installed = outage, outage
        gone: Json = {"id": str(guild.id)} | ({"unavailable": True} if outage else {})
        self.gateway.dispatch("GUILD_DELETE", lambda _: gone, guild.id, GUILDS)

    def may(self, channel: Channel, target: User | Role, *, deny: int) -> None:
        """Somebody changes what the bot, another user or a role may do in a channel: CHANNEL_UPDATE."""
        channel.overwrites[target.id] = (0, deny)
        self._tell_of(channel, "CHANNEL_UPDATE")

    def removes(self, channel: Channel, *, told: bool = True) -> None:
        """Somebody deletes a channel: CHANNEL_DELETE, unless it has not been `told` yet."""
        self.world.channels.pop(channel.id)
        if channel.guild:
            channel.guild.channels.pop(channel.id)
        if told:
            self._tell_of(channel, "CHANNEL_DELETE")

    def removes_role(self, guild: Guild, role: Role) -> None:
        """Somebody deletes a role: GUILD_ROLE_DELETE, and whoever had it has it no more."""
        guild.roles.pop(role.id)
        for member in guild.members.values():
            member.roles = [id for id in member.roles if id != role.id]
        gone: Json = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.gateway.dispatch("GUILD_ROLE_DELETE", lambda _: gone, guild.id, GUILDS)

    def _tell_of(self, channel: Channel, event: str) -> None:
        if channel.guild:
            self.gateway.dispatch(event, lambda _: channel.payload(self.bot), channel.guild.id, GUILDS)
