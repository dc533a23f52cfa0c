"""Who is a moderator: decided anew for every command, button, form and suggestion, from what Discord says about it."""

from collections.abc import Collection
from typing import Any

import discord
from discord import app_commands
from msgspec import Struct

from bot.discord_frontend.common.user_text import NOT_HOME
from bot.errors import PilcrowError

NOT_A_MODERATOR = "Only moderators of this bot can do that."


class Refused(PilcrowError, app_commands.CheckFailure):
    """Somebody wants to change the base, or to look behind it, who is no moderator; or not in this process."""


class Moderators(Struct, frozen=True):
    """The servers in which moderators work, and the roles that make somebody one there.

    home: whether this process may change the base; another one does where there are several.
    """

    guilds: Collection[int]
    roles: Collection[int]
    home: bool = True

    def include(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the person has one of the roles, in one of the servers, at this moment.

        Discord sends the person's roles along with each interaction, so nothing that was known earlier counts.
        """
        person = interaction.user
        if interaction.guild_id not in self.guilds or not isinstance(person, discord.Member):
            return False
        return any(person.get_role(role) is not None for role in self.roles)

    def require(self, interaction: discord.Interaction[Any]) -> None:
        """Raises Refused."""
        if not self.include(interaction):
            raise Refused(NOT_A_MODERATOR)
        if not self.home:
            raise Refused(NOT_HOME)

    def check(self, interaction: discord.Interaction[Any]) -> bool:
        """The same as a check of a command. Raises Refused."""
        self.require(interaction)
        return True
