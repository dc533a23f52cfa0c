"""Responding to interactions with cards."""

from collections.abc import Callable
from typing import TypeVar

import discord

from bot.cards.card import Card
from bot.discord_frontend.asking.ask_service import Answered
from bot.discord_frontend.common import user_text
from bot.discord_frontend.services import Interaction
from bot.errors import PilcrowError
from bot.nlp.languages import Language

DEFER_AT = 20
"""Waiting interactions at which an answer may take too long, so that it is deferred."""
MAX_DEFERRED = 5_000
"""Answers waiting at one time, about 50 MB; further ones are refused."""
DIRECT_MESSAGE = "dm"
"""The place of a direct message, as the journal has it; otherwise it is the server's id."""
T = TypeVar("T")


class Overloaded(PilcrowError):
    """More is being asked than can be answered."""


async def respond_with_answer(interaction: Interaction, work: Callable[[], Answered], *, private: bool) -> None:
    """Respond with the answer that `work` returns, and record it. Raise Overloaded, and what `work` raises."""
    answered = await run_in_turn(interaction, work, private=private)
    if answered is not None:
        ids = await send_card(interaction, answered.card, private=private)
        await interaction.client.services.record(answered, interaction.user.id, place_of(interaction), *ids)


async def respond_with_card(interaction: Interaction, work: Callable[[], Card], *, private: bool) -> None:
    """Respond with the card that `work` returns. Raise Overloaded, and what `work` raises."""
    card = await run_in_turn(interaction, work, private=private)
    if card is not None:
        await send_card(interaction, card, private=private)


async def run_in_turn(interaction: Interaction, work: Callable[[], T], *, private: bool) -> T | None:
    """Run the work when its turn comes, deferring the response under load; return None if it is too late to respond.

    Raise Overloaded, and what the work raises.
    """
    services = interaction.client.services
    gate = services.gate
    if gate.urgent_count < DEFER_AT:
        return await gate.run(work, urgent=True)
    if gate.deferrable_count + gate.urgent_count >= MAX_DEFERRED:
        raise Overloaded(user_text.OVERLOADED)
    with gate.acknowledging():
        if not await services.sender.defer(interaction, private=private):
            return None
    return await gate.run(work, urgent=False)


async def send_card(interaction: Interaction, card: Card, *, private: bool) -> list[int]:
    """Respond with a card; return the ids of our messages, as far as known."""
    return await interaction.client.services.sender.respond(interaction, card, private=private)


def place_of(interaction: Interaction) -> str:
    """Return where an interaction happened, as the journal has it."""
    return str(interaction.guild_id) if interaction.guild_id else DIRECT_MESSAGE


def language_of(interaction: Interaction) -> Language:
    """Return the language of the user's Discord, or English if it is not supported."""
    return "fr" if interaction.locale is discord.Locale.french else "en"
