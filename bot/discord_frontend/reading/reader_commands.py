"""The members' commands: /ask, the views of the story, and 'Answer this' in a message's Apps menu."""

import logging
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.charts.picture import THEMES, Theme
from bot.discord_frontend.asking.responses import language_of, respond_with_answer, respond_with_card
from bot.discord_frontend.asking.suggestions import Suggestion
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.channel_permissions import ATTACH_FILES
from bot.discord_frontend.common.error_handler import MalformedInteraction
from bot.discord_frontend.services import Interaction, Services
from bot.errors import PilcrowError
from bot.i18n import command_specs as specs
from bot.i18n.messages import messages

log = logging.getLogger(__name__)
Choice = app_commands.Choice[str]
Command = app_commands.Command[Any, ..., None]
ANSWER_THIS = locale_str("Answer this", fr="Répondre à ceci")
PLAIN_VIEWS = ("claims", "sources", "updates", "help", "about", "privacy")
"""Views without options of their own."""


class NoText(PilcrowError):
    """The message to answer has no text."""


class CannotAttachFiles(PilcrowError):
    """The bot may not attach files in this channel."""


def reader_commands(services: Services) -> list[Command | app_commands.ContextMenu]:
    """Return the members' commands."""
    return [
        _ask(services),
        _summary(services),
        _timeline(services),
        _who(services),
        _paragraph(services),
        *(_plain_view(services, name) for name in PLAIN_VIEWS),
        # The decorator for context menus does not work inside a function.
        app_commands.ContextMenu(name=ANSWER_THIS, callback=_answer_this(services)),
    ]


def as_command(spec: specs.Command) -> Callable[[Any], Command]:
    """Return a decorator that makes a function the command of a specification, in both languages."""
    french_name, french_description = spec.french

    def decorate(function: Any) -> Command:
        descriptions = {option.name: locale_str(option.description, fr=option.french[1]) for option in spec.options}
        names = {option.name: locale_str(option.name, fr=option.french[0]) for option in spec.options}
        if spec.options:
            function = app_commands.rename(**names)(app_commands.describe(**descriptions)(function))
        command = app_commands.command(
            name=locale_str(spec.name, fr=french_name), description=locale_str(spec.description, fr=french_description)
        )
        return command(function)

    return decorate


def _choices(choices: Sequence[specs.Choice]) -> list[Choice]:
    return [
        app_commands.Choice(name=locale_str(choice.name, fr=choice.french), value=choice.value) for choice in choices
    ]


def _autocomplete(services: Services, suggest: Callable[[str], list[Suggestion]]) -> Any:
    """Return an autocomplete callback; errors are logged without the user, whom discord.py would name."""

    async def complete(_: Interaction, typed: str) -> list[Choice]:
        try:
            suggestions = await services.gate.run(lambda: suggest(typed[: discord_limits.CHOICE_NAME]), urgent=True)
            return [app_commands.Choice(name=name, value=value) for name, value in suggestions]
        except Exception:
            log.exception("Autocomplete failed")
            return []

    return complete


async def _show_view(
    services: Services, interaction: Interaction, command: str, argument: str = "", *, private: bool
) -> None:
    language = language_of(interaction)
    await respond_with_card(
        interaction, lambda: services.views.page(command, argument, language=language), private=private
    )


def _ask(services: Services) -> Command:
    @as_command(specs.reader_commands()["ask"])
    async def ask(interaction: Interaction, question: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        language = language_of(interaction)
        await respond_with_answer(
            interaction, lambda: services.ask.ask_or_pick(question, language=language), private=private
        )

    ask.autocomplete("question")(_autocomplete(services, services.suggestions.entries))
    return ask


def _summary(services: Services) -> Command:
    @as_command(specs.reader_commands()["summary"])
    @app_commands.choices(length=_choices(specs.choices("length")))
    async def summary(
        interaction: Interaction,
        length: str = "short",
        topic: str = "",
        private: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        argument = f"{topic.replace(':', ' ')}:{length}"
        await _show_view(services, interaction, "summary", argument, private=private)

    summary.autocomplete("topic")(_autocomplete(services, services.suggestions.topics))
    return summary


def _timeline(services: Services) -> Command:
    @as_command(specs.reader_commands()["timeline"])
    @app_commands.choices(picture=_choices(specs.choices("picture")))
    async def timeline(interaction: Interaction, picture: str = "", private: bool = False) -> None:  # noqa: FBT001, FBT002
        theme = next((theme for theme in THEMES if theme == picture), None)
        if theme is None:
            await _show_view(services, interaction, "timeline", private=private)
        else:
            await _send_timeline_pictures(services, interaction, theme, private=private)

    return timeline


async def _send_timeline_pictures(services: Services, interaction: Interaction, theme: Theme, *, private: bool) -> None:
    services.cooldown.admit(interaction.user.id, "picture")
    if not interaction.app_permissions.attach_files:
        services.sender.log_missing(interaction, (ATTACH_FILES,))
        raise CannotAttachFiles(user_text.CANNOT_ATTACH)
    await interaction.response.defer(thinking=True, ephemeral=private)  # drawing may take longer than 3 seconds
    language = language_of(interaction)
    pictures = await services.renderer.render(services.views.timeline(theme, language))
    files = [
        discord.File(
            BytesIO(picture.png),
            f"timeline-{number}.png",
            description=truncate(picture.alt, discord_limits.ALT_TEXT),
        )
        for number, picture in enumerate(pictures, 1)
    ]
    for start in range(0, len(files), discord_limits.FILES):
        text = "" if start else messages(language).views.timeline_picture_caption
        await interaction.followup.send(text, files=files[start : start + discord_limits.FILES], ephemeral=private)


def _who(services: Services) -> Command:
    @as_command(specs.reader_commands()["who"])
    async def who(interaction: Interaction, name: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show_view(services, interaction, "who", name, private=private)

    who.autocomplete("name")(_autocomplete(services, services.suggestions.people))
    return who


def _paragraph(services: Services) -> Command:
    @as_command(specs.reader_commands()["paragraph"])
    async def paragraph(interaction: Interaction, number: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show_view(services, interaction, "paragraph", number, private=private)

    paragraph.autocomplete("number")(_autocomplete(services, services.suggestions.paragraphs))
    return paragraph


def _plain_view(services: Services, name: str) -> Command:
    @as_command(specs.reader_commands()[name])
    async def plain_view(interaction: Interaction, private: bool = False) -> None:  # noqa: FBT001, FBT002
        await _show_view(services, interaction, name, private=private)

    return plain_view


def _answer_this(services: Services) -> Any:
    async def answer_this(interaction: Interaction, message: discord.Message) -> None:
        if not isinstance(message, discord.Message):
            raise MalformedInteraction
        if not message.content.strip():
            raise NoText(user_text.NO_TEXT)
        await respond_with_answer(interaction, lambda: services.ask.ask(message.content, echo=True), private=False)

    return answer_this
