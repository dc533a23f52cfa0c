"""Cards as discord.py sends them: text or an embed, with buttons and a select."""

from typing import Any

import discord
from discord import ui

from bot.cards import discord_limits
from bot.cards.card import Button, Card
from bot.cards.markdown import truncate
from bot.cards.message_text import fit_text, markdown_text, split_text


def to_messages(card: Card, *, may_embed: bool = True) -> list[dict[str, Any]]:
    """Return what to send for a card, as arguments for discord.py: one message, or several where nothing else holds it all.

    A card that is too long for a message's text goes into an embed with the same lines. The last message gets the buttons.
    """
    if may_embed and (card.as_embed or len(markdown_text(card)) > discord_limits.MESSAGE_CONTENT):
        description = fit_text(card, discord_limits.EMBED_DESCRIPTION)
        contents: list[dict[str, Any]] = [{"embed": discord.Embed(description=description)}] if description else []
    else:
        contents = []
    contents = contents or [{"content": text} for text in split_text(card)]
    return [*contents[:-1], {**contents[-1], "view": to_view(card)}]


def to_button(button: Button, *, disabled: bool = False) -> ui.Button[Any]:
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
