"""The buttons under a card, and its select."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self

import discord
from discord import ui

from bot.cards.why_card import why_card
from bot.discord_frontend.asking.responses import (
    language_of,
    place_of,
    respond_with_answer,
    respond_with_card,
    send_card,
)
from bot.discord_frontend.common import error_handler, user_text
from bot.discord_frontend.common.card_message import to_messages
from bot.discord_frontend.common.cooldown import Usage
from bot.discord_frontend.services import Interaction
from bot.errors import PilcrowError
from bot.i18n.messages import messages
from bot.journal.records import REASONS

MAX_PAGE_DIGITS = 4
USAGES: Mapping[str, Usage] = dict.fromkeys(("entry", "related", "choose"), "question")
"""What using a component counts as; any other counts as a button."""


class UnknownButton(PilcrowError):
    """A button of a version that had other actions."""


class CardComponent(ui.DynamicItem[ui.Item[Any]], template=r"pilcrow:(?P<action>[a-z_]+)(?::(?P<argument>.*))?"):
    """Any button under a card, or its select, identified by its custom id alone, so that it works after a restart."""

    def __init__(self, item: ui.Item[Any], action: str, argument: str) -> None:
        super().__init__(item)
        self.action = action
        self.argument = argument

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Return the component that was used."""
        return cls(item, match["action"], match["argument"] or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Run the component's action. Errors are handled here: discord.py would only log them."""
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


async def _choose(interaction: Interaction, _: str) -> None:
    data: Any = interaction.data
    (chosen,) = data["values"]
    await _show_entry(interaction, str(chosen), private=True)


async def _more(interaction: Interaction, id: str) -> None:
    ask, language = interaction.client.services.ask, language_of(interaction)
    await respond_with_card(interaction, lambda: ask.more(id, language), private=True)


async def _copy(interaction: Interaction, id: str) -> None:
    first, *rest = interaction.client.services.ask.copy(id, language_of(interaction))
    await interaction.response.send_message(first, ephemeral=True)
    for block in rest:
        await interaction.followup.send(block, ephemeral=True)


async def _view(interaction: Interaction, argument: str) -> None:
    kind, _, view_argument = argument.partition(":")
    views, language = interaction.client.services.views, language_of(interaction)
    await respond_with_card(interaction, lambda: views.page(kind, view_argument, language=language), private=True)


async def _vote(interaction: Interaction, argument: str) -> None:
    direction, _, id = argument.partition(":")
    services = interaction.client.services
    services.ask.require_entry(id)
    message_id = interaction.message.id if interaction.message else None
    if not services.conversations.first_time(message_id, interaction.user.id):
        await interaction.response.send_message(user_text.ALREADY_VOTED, ephemeral=True)
        return
    question = next(iter(services.conversations.questions(message_id)[-1:]), "")
    if direction == "up":
        await interaction.response.send_message(user_text.VOTE_COUNTED, ephemeral=True)
        await services.journal.record_vote(id, place_of(interaction), question, helpful=True)
        return
    asking_why = await send_card(interaction, why_card(id, language_of(interaction)), private=True)
    known = bool(question)
    if known and not services.may_keep_question(interaction.user.id):
        question = ""  # the vote counts all the same
    if known:
        for key in asking_why:
            services.conversations.remember(key, (question,))
    await services.journal.record_vote(id, place_of(interaction), question, helpful=False)


async def _why(interaction: Interaction, argument: str) -> None:
    reason, _, id = argument.partition(":")
    if reason not in REASONS:
        raise UnknownButton(user_text.UNKNOWN_BUTTON)
    services = interaction.client.services
    services.ask.require_entry(id)
    message_id = interaction.message.id if interaction.message else None
    first = services.conversations.first_time("why", message_id, interaction.user.id)
    noted = messages(language_of(interaction)).reply.reason_noted
    await interaction.response.edit_message(content=noted, view=None)
    if not first:
        return
    remembered = services.conversations.questions(message_id)
    if remembered:
        question = remembered[-1]
    else:  # the question is forgotten; what is wrong is worth knowing all the same
        question = services.ask.question(id) if services.may_keep_question(interaction.user.id) else ""
    if question:
        await services.journal.record_reason(id, place_of(interaction), question, reason)


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
    shown = to_messages(card, may_embed=interaction.app_permissions.embed_links)
    message = interaction.message
    opened = message.interaction_metadata if message else None
    if len(shown) == 1 and (opened is None or opened.user.id == interaction.user.id):
        empty: dict[str, Any] = {"content": None, "embed": None, "view": None}
        await interaction.response.edit_message(**empty | shown[0])
    else:  # somebody else's page stays as it is
        await send_card(interaction, card, private=True)


async def _unknown(_: Interaction, __: str) -> None:
    raise UnknownButton(user_text.UNKNOWN_BUTTON)


ACTIONS: Mapping[str, Callable[[Interaction, str], Awaitable[None]]] = {
    "entry": _entry,
    "related": _related,
    "choose": _choose,
    "more": _more,
    "paragraphs": _more,  # what the button was called that the cards of earlier versions have in its place
    "copy": _copy,
    "view": _view,
    "vote": _vote,
    "why": _why,
    "none": _none,
    "page": _page,
}
"""Actions by the name in their custom id. Cards stay in their channels for years: never take one away."""
