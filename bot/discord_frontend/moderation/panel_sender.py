"""Sending panels as answers to interactions."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.discord_frontend.common.card_message import to_button
from bot.discord_frontend.moderation.panels import Attachment, Panel
from bot.discord_frontend.services import Interaction


def to_view(panel: Panel) -> ui.View:
    """Return the panel's buttons and selects, below the disabled buttons of the card it previews.

    The view is stopped, so discord.py does not keep it; the action router knows every custom id.
    """
    view = ui.View(timeout=None)
    for press in panel.card_buttons:
        card_button = to_button(press, disabled=True)
        view.add_item(card_button)
    row = max((press.row + 1 for press in panel.card_buttons), default=0)
    for button in panel.buttons:
        view.add_item(
            ui.Button(
                label=truncate(button.label, discord_limits.BUTTON_LABEL),
                custom_id=button.custom_id,
                style=discord.ButtonStyle[button.style],
                row=row + button.row,
            )
        )
    row += max((button.row + 1 for button in panel.buttons), default=0)
    for i, select in enumerate(panel.selects):
        view.add_item(
            ui.Select(
                custom_id=select.custom_id,
                placeholder=select.placeholder,
                options=list(select.options),
                max_values=min(select.max_values, len(select.options)),
                row=row + i,
            )
        )
    view.stop()
    return view


async def send(interaction: Interaction, panel: Panel, *, in_place: bool = False) -> None:
    """Show a panel to the person alone: as a new message, in place of the message with the button that was pressed
    (`in_place`), or as the awaited answer where the response was deferred.
    """
    message: dict[str, Any] = {"content": panel.content, "embeds": list(panel.embeds), "view": to_view(panel)}
    files = _files(panel.attachments)
    if interaction.response.is_done():
        await interaction.edit_original_response(**message, attachments=files)
    elif in_place:
        await interaction.response.edit_message(**message, attachments=files)
    else:
        await interaction.response.send_message(**message, files=files, ephemeral=True)


async def defer(interaction: Interaction, progress: str, *, in_place: bool = False) -> None:
    """Defer the answer, privately. `in_place`: the message with the button shows `progress` until then."""
    if in_place:
        await send(interaction, Panel(progress), in_place=True)
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


def _files(attachments: Iterable[Attachment]) -> list[discord.File]:
    return [
        discord.File(
            BytesIO(attachment.data),
            attachment.filename,
            description=truncate(attachment.description, discord_limits.ALT_TEXT) or None,
        )
        for attachment in attachments
    ]
