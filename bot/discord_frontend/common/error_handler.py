"""The one place that handles errors: each becomes one sentence to the user who waits, or none, and a line in the log."""

import asyncio
import logging
import traceback
from typing import Any

import discord
from discord import app_commands

from bot.cards.markdown import echo
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.retry import ALREADY_ACKNOWLEDGED
from bot.discord_frontend.gateway.http_monitor import TRANSPORT_ERRORS, describe_error
from bot.discord_frontend.services import Interaction, Services
from bot.errors import PilcrowError
from bot.ops.throttled_logger import ThrottledLogger

log = logging.getLogger(__name__)
UNKNOWN_INTERACTION = 10062
"""Discord's code for an interaction that was not answered within INTERACTION_SECONDS."""
BAD_REQUEST = 400
UPDATE_RESPONSES = (
    discord.InteractionResponseType.deferred_message_update,
    discord.InteractionResponseType.message_update,
)
"""Responses that update the message they belong to, so that a follow-up is possible."""
REJECTIONS = {
    UNKNOWN_INTERACTION: "it was not answered within 3 seconds; is the machine or the network too slow?",
    ALREADY_ACKNOWLEDGED: "it was answered already; unless Discord has just had an outage, another process uses the same token",
}


BLOCKED = {
    200000: "the server's AutoMod blocks it",
    200001: "the server's AutoMod blocks its title",
    240000: "Discord's filter of harmful links blocks it",
    50083: "the thread is archived",
    160005: "the thread is locked",
}
"""Discord's codes for messages that a server's own settings forbid, which is no bug of ours."""


class MalformedInteraction(PilcrowError):
    """An interaction that can't be read."""

    def __init__(self) -> None:
        super().__init__(user_text.MALFORMED)


class UnhandledExceptionHandler:
    """The event loop's exception handler: logs the error's type and place, and nothing else of it."""

    def __init__(self) -> None:
        self._log = ThrottledLogger(log)

    def __call__(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log an exception that no task or callback handled."""
        error = context.get("exception")
        if isinstance(error, TRANSPORT_ERRORS):
            self._log.warning(type(error), f"A request failed: {describe_error(error)}")
        elif isinstance(error, BaseException):
            frames = traceback.extract_tb(error.__traceback__)[-1:]
            kind = (type(error), *((frame.filename, frame.lineno) for frame in frames))
            self._log.warning(kind, "Unhandled error in a background task", error)
        else:
            log.debug("The event loop reports: %s", context.get("message"))


def user_message(error: BaseException) -> str | None:
    """Return what to tell the user, or None if they can't be reached; log what the operator should know."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, PilcrowError):
        return echo(str(error))
    if isinstance(error, (app_commands.CommandSignatureMismatch, app_commands.CommandNotFound)):
        return user_text.COMMAND_CHANGED
    if isinstance(error, discord.HTTPException) and error.code in REJECTIONS:
        log.warning("Discord rejected the answer to an interaction: %s", REJECTIONS[error.code])
        return None
    if isinstance(error, discord.HTTPException) and error.code in BLOCKED:
        log.warning("Can't send an answer: %s", BLOCKED[error.code])
        return None
    bad_request = isinstance(error, discord.HTTPException) and error.status == BAD_REQUEST  # a bug of ours
    if isinstance(error, TRANSPORT_ERRORS) and not bad_request:
        log.warning("Can't send an answer: %s", describe_error(error))
        return None
    log.error("This is a bug%s", f": {describe_error(error)}" if bad_request else "", exc_info=error)
    return user_text.INTERNAL_ERROR


async def respond_with_error(interaction: Interaction, error: BaseException) -> None:
    """Tell the user of an interaction what went wrong, unless it was answered or the client is closed."""
    if interaction.client.is_closed():
        return
    text, response = user_message(error), interaction.response
    deferred = response.type is discord.InteractionResponseType.deferred_channel_message
    if text is None and deferred:
        text = user_text.INTERNAL_ERROR  # or Discord would go on showing 'thinking'
    if text is None:
        return
    user_id = getattr(interaction.user, "id", 0)  # a malformed interaction may have no user
    if not response.is_done() and not interaction.client.services.cooldown.may_report_error(user_id):
        return  # Discord itself shows the user that there was no response
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            await response.autocomplete([])  # no text can be shown there
        elif deferred:
            await interaction.edit_original_response(content=text)
        elif response.type in UPDATE_RESPONSES:
            await interaction.followup.send(text, ephemeral=True)
        elif not response.is_done():
            await response.send_message(text, ephemeral=True)
    except TRANSPORT_ERRORS as failure:
        log.warning("Can't send the error message: %s", describe_error(failure))


async def reply_with_error(services: Services, message: discord.Message, error: BaseException) -> None:
    """Tell the author of a message what went wrong, within the limit for their channel."""
    text = user_message(error)
    if text is None or not services.cooldown.may_report_error(message.author.id, message.channel.id):
        return
    try:
        await services.sender.reply_with_text(message, text)
    except TRANSPORT_ERRORS as failure:
        log.warning("Can't send the error message: %s", describe_error(failure))
