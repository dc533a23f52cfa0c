"""The command tree: rate limits, malformed interactions and translations, for every command."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.discord_frontend.common import error_handler
from bot.discord_frontend.common.autocomplete_limiter import AutocompleteLimiter
from bot.discord_frontend.common.cooldown import OnCooldown, Usage
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS
from bot.discord_frontend.services import Interaction, ServiceClient
from bot.errors import PilcrowError

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
SLASH_COMMAND = discord.AppCommandType.chat_input.value
MALFORMED_ERRORS = (app_commands.AppCommandError, app_commands.TransformerError)
"""What discord.py raises for interactions that it can't read; subclasses mean something else."""


class FrenchTranslator(app_commands.Translator):
    """Translates names and descriptions into French, which each string carries as an extra."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the French text, or None for any other language."""
        return string.extras.get("fr") if locale is discord.Locale.french else None


class CommandTree(app_commands.CommandTree[ServiceClient]):
    """The commands of one client, registered in `guilds`, or globally if there are none."""

    def __init__(
        self, client: ServiceClient, guard: EventGuard, commands: Iterable[AnyCommand], guilds: Sequence[int]
    ) -> None:
        super().__init__(
            client,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=not guilds),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=not guilds, private_channel=not guilds
            ),
        )
        self._guard = guard
        self._cooldown = client.services.cooldown
        self._autocomplete_limiter = AutocompleteLimiter(self._cooldown)
        self._usages: dict[str, Usage] = {}
        where: Any = {"guilds": [discord.Object(id) for id in guilds]} if guilds else {}
        for command in commands:
            self.add_command(command, **where)

    def add_moderator_commands(self, group: app_commands.Group, guilds: Sequence[int]) -> None:
        """Add the moderators' commands, which count as moderation and not as questions."""
        self._usages[group.name] = "moderation"
        self.add_command(group, guilds=[discord.Object(id) for id in guilds])

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Apply the user's rate limits: every command and autocomplete goes through here."""
        user_id, data = interaction.user.id, cast("Any", interaction.data)
        if interaction.type is discord.InteractionType.autocomplete:
            return await self._autocomplete_limiter.acquire(user_id)
        try:
            self._cooldown.admit(user_id, self._usages.get(data["name"], "question"))
        except OnCooldown as error:
            await error_handler.respond_with_error(interaction, error)
            return False
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Handle what a command raised."""
        await error_handler.respond_with_error(interaction, error)

    async def _call(self, interaction: Interaction) -> None:
        """Run a command or its autocomplete; data that can't be read is handled here rather than as a lost task."""
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                if await self.interaction_check(interaction):
                    await self._autocomplete(interaction)
            else:
                self._check_option_types(interaction.data)
                await super()._call(interaction)
        except TRANSPORT_ERRORS as error:
            await error_handler.respond_with_error(interaction, error)
        except Exception as error:
            # What a command itself raises comes as CommandInvokeError; a bare AppCommandError means malformed data.
            known = isinstance(error, app_commands.AppCommandError) and type(error) not in MALFORMED_ERRORS
            if known or isinstance(error, PilcrowError):
                raise
            self._guard.log_skipped("an interaction", error)
            await error_handler.respond_with_error(interaction, error_handler.MalformedInteraction())

    def _check_option_types(self, data: Any) -> None:
        """Raise CommandSignatureMismatch if an option has another type than declared, which discord.py does not check."""
        if data.get("type", SLASH_COMMAND) != SLASH_COMMAND:
            return
        command, options = self._get_app_command_options(data)
        if isinstance(command, app_commands.Command):
            types = {parameter.display_name: parameter.type.value for parameter in command.parameters}
            if any(types.get(option["name"], option["type"]) != option["type"] for option in options):
                raise app_commands.CommandSignatureMismatch(command)

    async def _autocomplete(self, interaction: Interaction) -> None:
        """Suggest values for the focused option. discord.py's own version would log the user with a failure."""
        data: Any = interaction.data
        command, options = self._get_app_command_options(data)
        (focused,) = (option["name"] for option in options if option.get("focused"))
        values = app_commands.Namespace(interaction, data.get("resolved", {}), options)
        if not isinstance(values.__dict__[focused], str):
            raise TypeError("autocomplete is for strings only")
        try:
            await command._invoke_autocomplete(interaction, focused, values)  # noqa: SLF001 (as discord.py does itself)
        except (app_commands.AppCommandError, *TRANSPORT_ERRORS):
            raise
        except Exception as error:
            raise app_commands.CommandInvokeError(command, error) from error
