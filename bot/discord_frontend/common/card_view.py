"""The buttons of a card as discord.py sends them."""

from typing import Any

import discord
from discord import ui

from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.discord_frontend.common.card import Card, CardButton


def to_button(button: CardButton, *, disabled: bool = False) -> ui.Button[Any]:
    """Return the component for a card's button."""
    style = discord.ButtonStyle.primary if button.action == "entry" else discord.ButtonStyle.secondary
    return ui.Button(
        label=truncate(button.label, discord_limits.BUTTON_LABEL),
        custom_id=button.custom_id,
        emoji=button.emoji,
        row=button.row,
        style=style,
        disabled=disabled,
    )


def to_view(card: Card) -> ui.View:
    """Return the buttons of a card.

    The view is stopped, so discord.py does not keep it: `AnswerButton` handles every press by its custom id.
    """
    view = ui.View(timeout=None)
    for button in card.buttons:
        view.add_item(to_button(button))
    view.stop()
    return view
