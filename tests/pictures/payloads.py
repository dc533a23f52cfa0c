"""Cards as Discord's API gets them."""

from __future__ import annotations

from discord.http import handle_message_parameters

from bot.cards.card import Card
from bot.discord_frontend.common.card_message import to_messages
from tests.pictures.discord_page import Payload


def card_payloads(card: Card) -> list[Payload]:
    """Return the bodies of the messages that the bot sends for a card."""
    payloads: list[Payload] = []
    for arguments in to_messages(card):
        with handle_message_parameters(**arguments) as parameters:
            payloads.append(parameters.payload or {})
    return payloads
