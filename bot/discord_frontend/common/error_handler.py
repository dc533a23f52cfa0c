"""The one error boundary: whatever goes wrong while somebody waits becomes one sentence to them, or none, never two."""

import asyncio
import logging
import traceback
from typing import Any, Protocol, cast

import discord
from discord import app_commands

from bot.discord_frontend.asking.ask_service import Desk
from bot.discord_frontend.common import user_text
from bot.discord_frontend.common.message_sender import ANSWERED, Sender
from bot.discord_frontend.common.user_text import echo
from bot.discord_frontend.gateway.http_monitor import TROUBLE, trouble
from bot.errors import PilcrowError
from bot.ops.log_setup import Seldom

log = logging.getLogger(__name__)
LATE = 10062
"""Unknown interaction: nobody answered it within limits.INTERACTION_SECONDS."""
BAD_REQUEST = 400
IN_PLACE = (discord.InteractionResponseType.deferred_message_update, discord.InteractionResponseType.message_update)
"""Answers that stand where a message was, so that something more can be said."""
REASONS = {
    LATE: "it was not answered within 3 seconds; is the machine or the network too slow?",
    ANSWERED: "it has one already; unless Discord has just been in trouble, another process runs with the same token",
}


class HasDesk(Protocol):
    """What the boundary needs of the client that an interaction came to."""

    desk: Desk


class Malformed(PilcrowError):
    """Discord sent an interaction that can't be made sense of."""

    def __init__(self) -> None:
        super().__init__(user_text.MALFORMED)


class Unhandled:
    """The event loop's handler of errors that nobody waits for: their type and place are logged, and nothing else."""

    def __init__(self) -> None:
        self._seldom = Seldom(log)

    def __call__(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what a task or a callback left behind."""
        error = context.get("exception")
        if isinstance(error, TROUBLE):
            self._seldom.warning(type(error), f"A request came to nothing: {trouble(error)}")
        elif isinstance(error, BaseException):
            places = traceback.extract_tb(error.__traceback__)[-1:]
            kind = (type(error), *((place.filename, place.lineno) for place in places))
            self._seldom.warning(kind, "Something failed that nobody was waiting for", error)
        else:
            log.debug("The event loop reports: %s", context.get("message"))


def sentence(error: BaseException) -> str | None:
    """What the person is told; None where nothing can reach them any more. Logs what the operator should know."""
    if isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    if isinstance(error, PilcrowError):
        return echo(str(error))
    if isinstance(error, (app_commands.CommandSignatureMismatch, app_commands.CommandNotFound)):
        return user_text.CHANGED
    if isinstance(error, discord.HTTPException) and error.code in REASONS:
        log.warning("Discord took no answer to an interaction: %s", REASONS[error.code])
        return None
    ours = (
        isinstance(error, discord.HTTPException) and error.status == BAD_REQUEST
    )  # we sent what Discord does not take
    if isinstance(error, TROUBLE) and not ours:
        log.warning("An answer was not sent: %s", trouble(error))
        return None
    log.error("This is a bug%s", f": {trouble(error)}" if ours else "", exc_info=error)
    return user_text.APOLOGY


async def tell(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tells the person who waits for an interaction, unless they have had an answer, or the bot is closed already."""
    if interaction.client.is_closed():
        return
    text, response = sentence(error), interaction.response
    deferred = response.type is discord.InteractionResponseType.deferred_channel_message
    if text is None and deferred:
        text = user_text.APOLOGY  # or it would look as if we went on thinking
    if text is None:
        return
    desk = cast("HasDesk", interaction.client).desk
    person = getattr(interaction.user, "id", 0)  # 0 for all whom a malformed interaction does not name
    if not response.is_done() and not desk.may_refuse(person):
        return  # Discord says that there was no answer, to that person alone
    try:
        if interaction.type is discord.InteractionType.autocomplete:
            await response.autocomplete([])  # nothing can be said there
        elif deferred:
            await interaction.edit_original_response(content=text)
        elif response.type in IN_PLACE:
            await interaction.followup.send(text, ephemeral=True)
        elif not response.is_done():
            await response.send_message(text, ephemeral=True)
    except TROUBLE as failed:
        log.warning("The apology did not arrive: %s", trouble(failed))


async def tell_author(sender: Sender, desk: Desk, message: discord.Message, error: BaseException) -> None:
    """Tell the author of a message that was for us, unless they have been told something in that channel just now."""
    text = sentence(error)
    if text is None or not desk.may_refuse(message.author.id, message.channel.id):
        return
    try:
        await sender.say(message, text)
    except TROUBLE as failed:
        log.warning("The apology did not arrive: %s", trouble(failed))
