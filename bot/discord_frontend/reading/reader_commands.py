"""The commands: /ask with its suggestions, what can be read of the story, and 'Answer this' in a message's Apps menu."""

import logging
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, Protocol, cast

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.charts.picture import THEMES, Theme
from bot.discord_frontend.asking.ask_service import Desk, TooFast
from bot.discord_frontend.asking.buttons import HasDesk, Interaction, answer, language, read
from bot.discord_frontend.common import discord_limits, error_handler, user_text
from bot.discord_frontend.common.autocomplete_limiter import Keystrokes
from bot.discord_frontend.common.cooldown import Kind
from bot.discord_frontend.common.message_sender import FILES
from bot.discord_frontend.gateway.event_guard import EventGuard
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS
from bot.errors import PilcrowError
from bot.i18n import command_specs
from bot.i18n.command_specs import choices, reader_commands
from bot.i18n.messages import messages

log = logging.getLogger(__name__)
Choice = app_commands.Choice[str]
MENU = locale_str("Answer this", fr="Répondre à ceci")


SLASH = discord.AppCommandType.chat_input.value
BROKEN_DATA = (app_commands.AppCommandError, app_commands.TransformerError)
"""What discord.py raises for interactions that it can't make sense of."""


class HasGuard(Protocol):
    """What the tree needs of its client."""

    guard: EventGuard


class NothingToRead(PilcrowError):
    """A message to answer holds no text."""


class NoFiles(PilcrowError):
    """We may not attach files there."""


class French(app_commands.Translator):
    """Names and descriptions in French, which each text brings along."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _: app_commands.TranslationContextTypes
    ) -> str | None:
        """The text in French, None for any other language."""
        return string.extras.get("fr") if locale is discord.Locale.french else None


class Tree(app_commands.CommandTree[Any]):
    """The commands of one client, registered in `guilds`, or everywhere where none is named."""

    def __init__(self, client: discord.Client, desk: Desk, guilds: Sequence[int]) -> None:
        super().__init__(
            client,
            allowed_installs=app_commands.AppInstallationType(guild=True, user=not guilds),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=not guilds, private_channel=not guilds
            ),
        )
        self._desk = desk
        self._keystrokes = Keystrokes(desk.cooldown)
        self.kinds: dict[str, Kind] = {}
        """What using a command counts as, by its name; any other is a question."""
        where: Any = {"guilds": [discord.Object(id) for id in guilds]} if guilds else {}
        for command in (_ask(desk), _summary(desk), _timeline(desk), _who(desk), _paragraph(desk)):
            self.add_command(command, **where)
        for name in ("claims", "sources", "updates", "help", "about", "privacy"):
            self.add_command(_plain(desk, name), **where)
        # Made by hand: the decorator for menu commands does not work inside a function that is given its desk.
        self.add_command(app_commands.ContextMenu(name=MENU, callback=_answer_this(desk)), **where)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Hold each person to their limit: every command and every suggestion comes through here."""
        person, data = interaction.user.id, cast("Any", interaction.data)
        if interaction.type is discord.InteractionType.autocomplete:
            return await self._keystrokes.is_latest(person)
        try:
            self._desk.admit(person, self.kinds.get(data["name"], "question"))
        except TooFast as error:
            await error_handler.respond_with_error(interaction, error)
            return False
        return True

    async def _call(self, interaction: Interaction) -> None:
        """Run a command, or suggest values for its option; data that can't be read ends here, and not as a lost task."""
        try:
            if interaction.type is discord.InteractionType.autocomplete:
                if await self.interaction_check(interaction):
                    await self._suggest(interaction)
            else:
                self._check_kinds(interaction.data)
                await super()._call(interaction)
        except TRANSPORT_ERRORS as error:
            await error_handler.respond_with_error(interaction, error)
        except Exception as error:
            # What a command itself raises comes as CommandInvokeError; AppCommandError as such is for broken data.
            known = isinstance(error, app_commands.AppCommandError) and type(error) not in BROKEN_DATA
            if known or isinstance(error, PilcrowError):
                raise
            cast("HasGuard", self.client).guard.log_skipped("an interaction", error)
            await error_handler.respond_with_error(interaction, error_handler.MalformedInteraction())

    def _check_kinds(self, data: Any) -> None:
        """Raise CommandSignatureMismatch where an option has another type than its command declares.

        discord.py hands any value on.
        """
        if data.get("type", SLASH) != SLASH:
            return
        command, options = self._get_app_command_options(data)
        if isinstance(command, app_commands.Command):
            kinds = {one.display_name: one.type.value for one in command.parameters}
            if any(kinds.get(one["name"], one["type"]) != one["type"] for one in options):
                raise app_commands.CommandSignatureMismatch(command)

    async def _suggest(self, interaction: Interaction) -> None:
        """Offer values for the option that is being typed into. discord.py itself would log the person with a failure."""
        data: Any = interaction.data
        command, options = self._get_app_command_options(data)
        (focused,) = (option["name"] for option in options if option.get("focused"))
        values = app_commands.Namespace(interaction, data.get("resolved", {}), options)
        typed = values.__dict__[focused]
        if not isinstance(typed, str):
            raise TypeError("only texts are suggested")
        try:
            await command._invoke_autocomplete(interaction, focused, values)  # noqa: SLF001 (what discord.py does itself)
        except (app_commands.AppCommandError, *TRANSPORT_ERRORS):
            raise
        except Exception as error:
            raise app_commands.CommandInvokeError(command, error) from error

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Everything that a command raises."""
        await error_handler.respond_with_error(interaction, error)


def as_command(one: command_specs.Command) -> Callable[[Any], "app_commands.Command[Any, ..., None]"]:
    """Makes a function the command of the list, with its names in both languages."""
    name, description = one.french

    def make(function: Any) -> "app_commands.Command[Any, ..., None]":
        described = {o.name: locale_str(o.description, fr=o.french[1]) for o in one.options}
        renamed = {o.name: locale_str(o.name, fr=o.french[0]) for o in one.options}
        function = (
            app_commands.rename(**renamed)(app_commands.describe(**described)(function)) if one.options else function
        )
        made = app_commands.command(
            name=locale_str(one.name, fr=name), description=locale_str(one.description, fr=description)
        )
        return made(function)

    return make


def _choices(values: Sequence[command_specs.Choice]) -> list[Choice]:
    return [app_commands.Choice(name=locale_str(one.name, fr=one.french), value=one.value) for one in values]


def _suggesting(desk: Desk, suggest: Callable[[str], list[tuple[str, str]]]) -> Any:
    """Autocomplete from (name, value) pairs; what goes wrong is logged without the person."""

    async def complete(_: discord.Interaction, typed: str) -> list[Choice]:
        try:
            found = await desk.turns.take(lambda: suggest(typed[: discord_limits.CHOICE_NAME]), urgent=True)
            return [
                app_commands.Choice(name=user_text.cut(name, discord_limits.CHOICE_NAME), value=value)
                for name, value in found
            ]
        except Exception:  # discord.py's own log line would name the person
            log.exception("No suggestions could be made")
            return []

    return complete


async def _show(desk: Desk, interaction: Interaction, command: str, about: str = "", *, private: bool) -> None:
    speaking = language(interaction)
    await read(desk, interaction, lambda: desk.read(command, about, language=speaking), private=private)


def _ask(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()["ask"])
    async def ask(interaction: discord.Interaction, question: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        speaking = language(interaction)
        await answer(desk, interaction, lambda: desk.pick(question, echo=True, language=speaking), private=private)

    ask.autocomplete("question")(_suggesting(desk, desk.suggest))
    return ask


def _summary(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()["summary"])
    @app_commands.choices(length=_choices(choices("length")))
    async def summary(
        interaction: discord.Interaction,
        length: str = "short",
        topic: str = "",
        private: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        about = f"{topic.replace(':', ' ')}:{length}"
        await _show(desk, interaction, "summary", about, private=private)

    summary.autocomplete("topic")(_suggesting(desk, desk.topics))
    return summary


def _timeline(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()["timeline"])
    @app_commands.choices(picture=_choices(choices("picture")))
    async def timeline(interaction: discord.Interaction, picture: str = "", private: bool = False) -> None:  # noqa: FBT001, FBT002
        theme = next((theme for theme in THEMES if theme == picture), None)
        if theme is None:
            await _show(desk, interaction, "timeline", private=private)
        else:
            await _picture(desk, interaction, theme, private=private)

    return timeline


async def _picture(desk: Desk, interaction: Interaction, theme: Theme, *, private: bool) -> None:
    desk.admit(interaction.user.id, "picture")
    if not interaction.app_permissions.attach_files:
        cast("HasDesk", interaction.client).sender.tell_operator(interaction, (FILES,))
        raise NoFiles(user_text.NO_FILES)
    await interaction.response.defer(thinking=True, ephemeral=private)  # drawing may take longer than an answer may
    caption = messages(language(interaction)).views.timeline_picture_caption
    files = [
        discord.File(
            BytesIO(one.png), f"timeline-{number}.png", description=user_text.cut(one.alt, discord_limits.ALT_TEXT)
        )
        for number, one in enumerate(await desk.pictures(theme, language(interaction)), 1)
    ]
    for start in range(0, len(files), discord_limits.FILES):
        text = "" if start else caption
        await interaction.followup.send(text, files=files[start : start + discord_limits.FILES], ephemeral=private)


def _who(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()["who"])
    async def who(interaction: discord.Interaction, name: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show(desk, interaction, "who", name, private=private)

    who.autocomplete("name")(_suggesting(desk, desk.people))
    return who


def _paragraph(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()["paragraph"])
    async def paragraph(interaction: discord.Interaction, number: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show(desk, interaction, "paragraph", number, private=private)

    paragraph.autocomplete("number")(_suggesting(desk, desk.paragraph_numbers))
    return paragraph


def _plain(desk: Desk, name: str) -> "app_commands.Command[Any, ..., None]":
    @as_command(reader_commands()[name])
    async def plain(interaction: discord.Interaction, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show(desk, interaction, name, private=private)

    return plain


def _answer_this(desk: Desk) -> Any:
    async def answer_this(interaction: discord.Interaction, message: discord.Message) -> None:
        if not isinstance(message, discord.Message):
            raise error_handler.MalformedInteraction
        if not message.content.strip():
            raise NothingToRead(user_text.NO_TEXT)
        await answer(desk, interaction, lambda: desk.ask(message.content, echo=True), private=False)

    return answer_this
