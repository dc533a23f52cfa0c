"""The buttons under a card, and answering an interaction with a card."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, Self, TypeVar, cast

import discord
from discord import ui

from bot.discord_frontend.asking.ask_service import DIRECT, Desk, Gone, Said
from bot.discord_frontend.asking.cards import Card, Press
from bot.discord_frontend.common import discord_limits, error_handler, user_text
from bot.discord_frontend.common.cooldown import Kind
from bot.discord_frontend.common.message_sender import Sender
from bot.errors import PilcrowError
from bot.nlp.languages import Language

MANY = 5
"""Digits that no page number has."""
CROWD = 20
"""Interactions waiting from which on it may take too long until each has its answer."""
MOST_PUT_OFF = 5_000
"""Answers put off at one time, which takes 50 MB; beyond that people are asked to come back later."""
COUNTED: Mapping[str, Kind] = {"entry": "question", "related": "question"}
"""What pressing a button counts as; any other is a press."""
Interaction = discord.Interaction[Any]
T = TypeVar("T")


class Crowded(PilcrowError):
    """More is being asked than can be answered."""


class HasDesk(error_handler.HasDesk, Protocol):
    """What a button needs of the client it belongs to."""

    sender: Sender


class Button(ui.DynamicItem[ui.Button[Any]], template=r"pilcrow:(?P<action>[a-z_]+)(?::(?P<about>.*))?"):
    """Any button of ours, known by its custom_id alone, so that it works after a restart."""

    def __init__(self, item: ui.Button[Any], action: str, about: str) -> None:
        super().__init__(item)
        self.action = action
        self.about = about

    @classmethod
    def of(cls, press: Press) -> Self:
        """The button for what a card offers."""
        style = discord.ButtonStyle.primary if press.action == "entry" else discord.ButtonStyle.secondary
        item: ui.Button[Any] = ui.Button(
            label=user_text.cut(press.label, discord_limits.BUTTON_LABEL),
            custom_id=press.custom_id,
            emoji=press.emoji,
            row=press.row,
            style=style,
        )
        return cls(item, press.action, press.about)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(cast("ui.Button[Any]", item), match["action"], match["about"] or "")

    async def callback(self, interaction: Interaction) -> None:
        """Answers the press. discord.py would only log what goes wrong here."""
        desk = cast("HasDesk", interaction.client).desk
        try:
            desk.admit(interaction.user.id, COUNTED.get(self.action, "press"))
            await PRESSED.get(self.action, _unknown)(desk, interaction, self.about)
        except Exception as error:  # noqa: BLE001 (the boundary sorts it)
            await error_handler.respond_with_error(interaction, error)


def view(card: Card) -> ui.View:
    """The buttons of a card. Stopped at once: discord.py need not keep it, since `Button` knows its own by their ids."""
    made = ui.View(timeout=None)
    for press in card.buttons:
        made.add_item(Button.of(press))
    made.stop()
    return made


async def respond(desk: Desk, interaction: Interaction, said: Said, *, private: bool) -> None:
    """Answers an interaction with a card; only then anything is written down."""
    desk.remember(await show(interaction, said.card, private=private), said)
    await desk.note(said, place(interaction))


async def answer(desk: Desk, interaction: Interaction, work: Callable[[], Said], *, private: bool) -> None:
    """Answer an interaction with what `work` finds, when its turn has come."""
    said = await in_turn(desk, interaction, work, private=private)
    if said is not None:
        await respond(desk, interaction, said, private=private)


async def read(desk: Desk, interaction: Interaction, work: Callable[[], Card], *, private: bool) -> None:
    """The same for something to read, of which nothing is remembered."""
    card = await in_turn(desk, interaction, work, private=private)
    if card is not None:
        await show(interaction, card, private=private)


async def in_turn(desk: Desk, interaction: Interaction, work: Callable[[], T], *, private: bool) -> T | None:
    """Do the work when its turn has come; in a crowd Discord first hears that an answer comes, and that comes later.

    Return None where Discord no longer wanted to hear it. Raises Crowded, and what the work raises.
    """
    turns = desk.turns
    if turns.ahead < CROWD:
        return await turns.take(work, urgent=True)
    if turns.behind + turns.ahead >= MOST_PUT_OFF:
        raise Crowded(user_text.CROWDED)
    with turns.acknowledging():
        if not await cast("HasDesk", interaction.client).sender.put_off(interaction, private=private):
            return None
    return await turns.take(work, urgent=False)


async def show(interaction: Interaction, card: Card, *, private: bool) -> int | None:
    """Answers an interaction with a card; the id of our message."""
    return await cast("HasDesk", interaction.client).sender.respond(interaction, card, view(card), private=private)


def place(interaction: Interaction) -> str:
    """Where it happened, as the journal has it."""
    return str(interaction.guild_id) if interaction.guild_id else DIRECT


def language(interaction: Interaction) -> Language:
    """The language that the person's Discord is in, of those that we speak."""
    return "fr" if interaction.locale is discord.Locale.french else "en"


async def _entry(desk: Desk, interaction: Interaction, id: str) -> None:
    # What one of several options leads to is the answer that the channel has been waiting for: all may see it, unless
    # the question was private too.
    message, speaking = interaction.message, language(interaction)
    private = message is not None and message.flags.ephemeral
    await answer(desk, interaction, lambda: desk.entry(id, speaking), private=private)


async def _related(desk: Desk, interaction: Interaction, id: str) -> None:
    # Reading on is one person's own business; a channel would fill up with cards.
    speaking = language(interaction)
    await answer(desk, interaction, lambda: desk.entry(id, speaking), private=True)


async def _paragraphs(desk: Desk, interaction: Interaction, id: str) -> None:
    await read(desk, interaction, lambda: desk.paragraphs(id), private=True)


async def _vote(desk: Desk, interaction: Interaction, about: str) -> None:
    verdict, _, id = about.partition(":")
    if not desk.known(id):
        raise Gone(user_text.GONE)
    message = interaction.message.id if interaction.message else None
    fresh = desk.first_time(message, interaction.user.id)
    await interaction.response.send_message(user_text.THANKS if fresh else user_text.COUNTED, ephemeral=True)
    if fresh:
        question = next(iter(desk.context(message)[-1:]), "")
        await desk.note_verdict(id, place(interaction), question, helpful=verdict == "up")


async def _none(desk: Desk, interaction: Interaction, _: str) -> None:
    message = interaction.message.id if interaction.message else None
    context = desk.context(message)
    await interaction.response.send_message(
        user_text.NONE_LISTED if context else user_text.NONE_FORGOTTEN, ephemeral=True
    )
    if context and desk.first_time(message, "none"):
        await desk.note_text(context[-1], place(interaction), "none_of_these")


async def _page(desk: Desk, interaction: Interaction, about: str) -> None:
    number, _, rest = about.partition(":")
    command, _, about = rest.partition(":")
    page = int(number) if number.isdecimal() and len(number) < MANY else 1
    card = desk.read(command, about, page, language(interaction))
    message = interaction.message
    opened = message.interaction_metadata if message else None
    if opened is None or opened.user.id == interaction.user.id:
        await interaction.response.edit_message(embed=card.embed, view=view(card))
    else:  # somebody else's page stays where it is
        await show(interaction, card, private=True)


async def _unknown(_: Desk, __: Interaction, ___: str) -> None:
    raise Gone(user_text.OLD_BUTTON)


PRESSED: dict[str, Callable[[Desk, Interaction, str], Awaitable[None]]] = {
    "entry": _entry,
    "related": _related,
    "paragraphs": _paragraphs,
    "vote": _vote,
    "none": _none,
    "page": _page,
}
