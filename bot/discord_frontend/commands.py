"""The commands: /ask with its suggestions, and 'Answer this' in a message's Apps menu."""

import logging
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands

from bot.discord_frontend import boundary, wording
from bot.discord_frontend.buttons import Interaction, respond
from bot.discord_frontend.desk import Desk
from bot.errors import PilcrowError

log = logging.getLogger(__name__)
Choice = app_commands.Choice[str]


class NothingToRead(PilcrowError):
    """A message to answer holds no text."""


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
        where: Any = {"guilds": [discord.Object(id) for id in guilds]} if guilds else {}
        self.add_command(_ask(desk), **where)
        # Made by hand: the decorator for menu commands does not work inside a function that is given its desk.
        self.add_command(app_commands.ContextMenu(name="Answer this", callback=_answer_this(desk)), **where)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Everything that a command raises."""
        await boundary.tell(interaction, error)


def _ask(desk: Desk) -> "app_commands.Command[Any, ..., None]":
    @app_commands.command(name="ask", description="Ask about the story; the answer names its paragraphs.")
    @app_commands.describe(
        question="Your question, in your own words, or one of the suggestions", private="Show the answer to me only"
    )
    async def ask(interaction: discord.Interaction, question: str, private: bool = False) -> None:  # noqa: FBT001, FBT002
        desk.admit(interaction.user.id)
        await respond(desk, interaction, desk.pick(question, echo=True), private=private)

    @ask.autocomplete("question")
    async def suggest(_: discord.Interaction, typed: str) -> list[Choice]:
        try:
            return [app_commands.Choice(name=name, value=value) for name, value in desk.suggest(typed)]
        except Exception:  # discord.py's own log line would name the person
            log.exception("No suggestions could be made")
            return []

    return ask


def _answer_this(desk: Desk) -> Any:
    async def answer_this(interaction: discord.Interaction, message: discord.Message) -> None:
        desk.admit(interaction.user.id)
        if not message.content.strip():
            raise NothingToRead(wording.NO_TEXT)
        await respond(desk, interaction, desk.ask(message.content, echo=True), private=False)

    return answer_this
