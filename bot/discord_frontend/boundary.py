"""The one error boundary: whatever goes wrong while somebody waits becomes one sentence to them, or none, never two."""

import logging
from typing import Any

import discord
from discord import app_commands

from bot.discord_frontend import wording
from bot.discord_frontend.wording import echo
from bot.errors import PilcrowError

log = logging.getLogger(__name__)
UNKNOWN_INTERACTION, ALREADY_ANSWERED = 10062, 40060


def sentence(error: BaseException) -> str | None:
    """What the person is told; None where nothing can reach them any more. Logs what is a bug."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, PilcrowError):
        return echo(str(error))
    if isinstance(error, (app_commands.CommandSignatureMismatch, app_commands.CommandNotFound)):
        return wording.CHANGED
    if isinstance(error, discord.HTTPException) and error.code in (UNKNOWN_INTERACTION, ALREADY_ANSWERED):
        log.warning("Discord took no answer: %s", error)
        return None
    if isinstance(error, discord.Forbidden):
        log.warning("Discord forbids to answer there: %s", error)
        return None
    log.error("This is a bug, or Discord is in trouble", exc_info=error)
    return wording.APOLOGY


async def tell(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tells the person who waits for an interaction, unless they have had an answer."""
    text = sentence(error)
    if text is None:
        return
    try:
        if not interaction.response.is_done():
            await interaction.response.send_message(text, ephemeral=True)
        elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=text)  # or it would look as if we went on thinking
    except discord.HTTPException as failed:
        log.warning("The apology did not arrive: %s", failed)


async def tell_author(message: discord.Message, error: BaseException) -> None:
    """Tells the author of a message that was for us."""
    text = sentence(error)
    if text is None:
        return
    try:
        await message.channel.send(text, reference=message.to_reference(fail_if_not_exists=False))
    except discord.HTTPException as failed:
        log.warning("The apology did not arrive: %s", failed)
