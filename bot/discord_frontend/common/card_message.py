"""Cards as discord.py sends them: text or an embed, with buttons and a select."""

from typing import Any

import discord
from discord import ui

from bot.cards import discord_limits
from bot.cards.card import CHOOSE, Button, Card
from bot.cards.markdown import truncate
from bot.cards.message_text import needs_embed, split_text


def to_messages(card: Card, *, may_embed: bool = True) -> list[dict[str, Any]]:
    """Return what to send for a card, as arguments for discord.py: one message, or several where nothing else holds it all.

    A card that is too long for a message's text goes into an embed with the same lines. The last message gets the buttons.
    """
    if may_embed and needs_embed(card):
        texts = split_text(card, discord_limits.EMBED_DESCRIPTION)
        contents: list[dict[str, Any]] = [{"embed": discord.Embed(description=text)} for text in texts]
    else:
        contents = [{"content": text} for text in split_text(card)]
    view = to_view(card)
    return [*contents[:-1], {**contents[-1], "view": view} if view.children else contents[-1]]


def to_embed(card: Card) -> discord.Embed:
    """Return a card as one embed, for where it is shown beside something else."""
    return discord.Embed(description=split_text(card, discord_limits.EMBED_DESCRIPTION)[0])


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
    """Return the buttons of a card, and below them the select of its choices.

    The view is stopped, so discord.py does not keep it: `CardComponent` handles every use of it by its custom id.
    """
    view = ui.View(timeout=None)
    for button in card.buttons:
        view.add_item(to_button(button))
    if card.choices:
        view.add_item(_to_select(card))
    view.stop()
    return view


def _to_select(card: Card) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=truncate(question, discord_limits.OPTION), value=entry)
        for entry, question in card.choices
    ]
    placeholder = truncate(card.choices_label, discord_limits.OPTION) or None
    row = max((button.row + 1 for button in card.buttons), default=0)
    return ui.Select(custom_id=CHOOSE, placeholder=placeholder, options=options, row=row)
