"""The buttons under a card."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, cast

import discord
from discord import ui

from bot.discord_frontend.asking.responses import (
    language_of,
    place_of,
    respond_with_answer,
    respond_with_card,
    send_card,
)
from bot.discord_frontend.common import error_handler, user_text
from bot.discord_frontend.common.card_view import to_view
from bot.discord_frontend.common.cooldown import Usage
from bot.discord_frontend.services import Interaction
from bot.errors import PilcrowError

MAX_PAGE_DIGITS = 4
USAGES: Mapping[str, Usage] = {"entry": "question", "related": "question"}
"""What pressing a button counts as; any other counts as a button."""


class UnknownButton(PilcrowError):
    """A button of a version that had other actions."""


class AnswerButton(ui.DynamicItem[ui.Button[Any]], template=r"pilcrow:(?P<action>[a-z_]+)(?::(?P<argument>.*))?"):
    """Any button under a card, identified by its custom id alone, so that it works after a restart."""

    def __init__(self, item: ui.Button[Any], action: str, argument: str) -> None:
        super().__init__(item)
        self.action = action
        self.argument = argument

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Return the button that was pressed."""
        return cls(cast("ui.Button[Any]", item), match["action"], match["argument"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Run the button's action. Errors are handled here: discord.py would only log them."""
        try:
            interaction.client.services.cooldown.admit(interaction.user.id, USAGES.get(self.action, "button"))
            await ACTIONS.get(self.action, _unknown)(interaction, self.argument)
        except Exception as error:  # noqa: BLE001 (the error handler sorts it)
            await error_handler.respond_with_error(interaction, error)


async def _entry(interaction: Interaction, id: str) -> None:
    # One of several options leads to the answer that the channel is waiting for: everybody may see it, unless the
    # question was private too.
    private = interaction.message is not None and interaction.message.flags.ephemeral
    await _show_entry(interaction, id, private=private)


async def _related(interaction: Interaction, id: str) -> None:
    # Reading on is one user's own business; it would fill up the channel with cards.
    await _show_entry(interaction, id, private=True)


async def _show_entry(interaction: Interaction, id: str, *, private: bool) -> None:
    ask, language = interaction.client.services.ask, language_of(interaction)
    await respond_with_answer(interaction, lambda: ask.entry(id, language), private=private)


async def _paragraphs(interaction: Interaction, id: str) -> None:
    ask = interaction.client.services.ask
    await respond_with_card(interaction, lambda: ask.paragraphs(id), private=True)


async def _vote(interaction: Interaction, argument: str) -> None:
    direction, _, id = argument.partition(":")
    services = interaction.client.services
    services.ask.require_entry(id)
    message_id = interaction.message.id if interaction.message else None
    first = services.conversations.first_time(message_id, interaction.user.id)
    text = user_text.VOTE_COUNTED if first else user_text.ALREADY_VOTED
    await interaction.response.send_message(text, ephemeral=True)
    if first:
        helpful = direction == "up"
        question = next(iter(services.conversations.questions(message_id)[-1:]), "")
        if question and not helpful and not services.may_keep_question(interaction.user.id):
            question = ""  # the vote counts all the same
        await services.journal.record_vote(id, place_of(interaction), question, helpful=helpful)


async def _none(interaction: Interaction, _: str) -> None:
    services = interaction.client.services
    message_id = interaction.message.id if interaction.message else None
    questions = services.conversations.questions(message_id)
    first = bool(questions) and services.conversations.first_time(message_id, "none")
    kept = first and services.may_keep_question(interaction.user.id)
    text = user_text.NONE_EXPIRED
    if questions:
        text = user_text.NONE_RECORDED if kept or not first else user_text.NONE_NOT_RECORDED
    await interaction.response.send_message(text, ephemeral=True)
    if kept:
        await services.journal.record_unanswered(questions[-1], place_of(interaction), "none_of_these")


async def _page(interaction: Interaction, argument: str) -> None:
    number, _, rest = argument.partition(":")
    command, _, view_argument = rest.partition(":")
    page = int(number) if number.isdecimal() and len(number) <= MAX_PAGE_DIGITS else 1
    card = interaction.client.services.views.page(command, view_argument, page, language_of(interaction))
    message = interaction.message
    opened = message.interaction_metadata if message else None
    if opened is None or opened.user.id == interaction.user.id:
        await interaction.response.edit_message(embed=card.embed, view=to_view(card))
    else:  # somebody else's page stays as it is
        await send_card(interaction, card, private=True)


async def _unknown(_: Interaction, __: str) -> None:
    raise UnknownButton(user_text.UNKNOWN_BUTTON)


ACTIONS: Mapping[str, Callable[[Interaction, str], Awaitable[None]]] = {
    "entry": _entry,
    "related": _related,
    "paragraphs": _paragraphs,
    "vote": _vote,
    "none": _none,
    "page": _page,
}
"""Actions by the name in their custom id."""
