"""Who is a moderator: decided for every command, button, form and suggestion from what Discord says at that moment."""

from collections.abc import Collection
from typing import Any

import discord
from discord import app_commands
from msgspec import Struct

from bot.discord_frontend.common.user_text import NOT_HOME
from bot.errors import PilcrowError

NOT_A_MODERATOR = "Only moderators of this bot can do that."


class PermissionDenied(PilcrowError, app_commands.CheckFailure):
    """The person is no moderator, or this process may not change the base."""


class Moderators(Struct, frozen=True):
    """The servers in which moderators work, and the roles that make somebody a moderator there.

    home: whether this process may change the base; of several processes only one may.
    """

    guilds: Collection[int]
    roles: Collection[int]
    home: bool = True

    def include(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether the person has one of the roles, in one of the servers.

        Discord sends the roles with each interaction, so nothing is remembered from earlier ones.
        """
        person = interaction.user
        if interaction.guild_id not in self.guilds or not isinstance(person, discord.Member):
            return False
        return any(person.get_role(role) is not None for role in self.roles)

    def require(self, interaction: discord.Interaction[Any]) -> bool:
        """Return True for a moderator where the base may be changed; raise PermissionDenied otherwise.

        Serves as a command check as it is.
        """
        if not self.include(interaction):
            raise PermissionDenied(NOT_A_MODERATOR)
        if not self.home:
            raise PermissionDenied(NOT_HOME)
        return True
