"""The moderators' buttons and selects, and sending what they are shown."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Protocol, Self, cast

import discord
from discord import ui

from bot.discord_frontend.asking.buttons import Button, Interaction
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut
from bot.discord_frontend.moderation.panels import Act, Paper, Pick, Sheet

STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "main": discord.ButtonStyle.primary,
    "go": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


class Door(Protocol):
    """Where every press arrives; it looks at who comes."""

    async def pressed(self, interaction: Interaction, action: str, about: str) -> None:
        """Does what a button or a select is for."""


class HasDoor(Protocol):
    """What a control needs of the client it belongs to."""

    door: Door


class Control(ui.DynamicItem[ui.Button[Any]], template=r"pilcrow-kb:(?P<action>[a-z_]+):(?P<about>.*)"):
    """Any moderators' button, known by its custom_id alone, so that it works after a restart."""

    def __init__(self, item: ui.Button[Any], action: str, about: str) -> None:
        super().__init__(item)
        self.action = action
        self.about = about

    @classmethod
    def of(cls, act: Act, row: int) -> Self:
        """The button for what a sheet offers."""
        item: ui.Button[Any] = ui.Button(
            label=cut(act.label, discord_limits.BUTTON_LABEL), custom_id=act.custom_id, style=STYLES[act.look], row=row
        )
        return cls(item, act.action, act.about)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The button that was pressed."""
        return cls(cast("ui.Button[Any]", item), match["action"], match["about"])

    async def callback(self, interaction: Interaction) -> None:
        """Does it."""
        await cast("HasDoor", interaction.client).door.pressed(interaction, self.action, self.about)


class Picker(ui.DynamicItem[ui.Select[Any]], template=r"pilcrow-kb-pick:(?P<action>[a-z_]+):(?P<about>.*)"):
    """Any moderators' select: as a button for what was chosen."""

    def __init__(self, item: ui.Select[Any], action: str, about: str) -> None:
        super().__init__(item)
        self.action = action
        self.about = about

    @classmethod
    def of(cls, pick: Pick, row: int) -> Self:
        """The select for what a sheet offers."""
        options = [
            discord.SelectOption(
                label=cut(label, discord_limits.OPTION),
                value=value,
                description=cut(more, discord_limits.OPTION) or None,
            )
            for label, value, more in pick.options
        ]
        item: ui.Select[Any] = ui.Select(
            custom_id=pick.custom_id, placeholder=pick.placeholder, options=options, row=row
        )
        return cls(item, pick.action, pick.about)

    @classmethod
    async def from_custom_id(cls, _: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """The select that was used."""
        return cls(cast("ui.Select[Any]", item), match["action"], match["about"])

    async def callback(self, interaction: Interaction) -> None:
        """Does it."""
        (chosen,) = cast("Any", interaction.data)["values"]
        await cast("HasDoor", interaction.client).door.pressed(interaction, self.action, f"{self.about}{chosen}")


def view(sheet: Sheet) -> ui.View:
    """The buttons and selects of a sheet, those of the card that it shows above them. Stopped at once, as for a card."""
    made = ui.View(timeout=None)
    for press in sheet.card:
        button = Button.of(press)
        button.item.disabled = True
        made.add_item(button)
    row = max((press.row + 1 for press in sheet.card), default=0)
    for act in sheet.acts:
        made.add_item(Control.of(act, row + act.row))
    row += max((act.row + 1 for act in sheet.acts), default=0)
    for number, pick in enumerate(sheet.picks):
        made.add_item(Picker.of(pick, row + number))
    made.stop()
    return made


async def show(interaction: Interaction, sheet: Sheet, *, here: bool = False) -> None:
    """Shows a sheet to the person alone: as the answer, in place of the message with the button (`here`), or as what an
    answer that was put off turns out to be.
    """
    shown: dict[str, Any] = {"content": sheet.content, "embeds": list(sheet.embeds), "view": view(sheet)}
    if interaction.response.is_done():
        await interaction.edit_original_response(**shown, attachments=_files(sheet.papers))
    elif here:
        await interaction.response.edit_message(**shown, attachments=_files(sheet.papers))
    else:
        await interaction.response.send_message(**shown, files=_files(sheet.papers), ephemeral=True)


async def wait(interaction: Interaction, sheet: Sheet, *, here: bool = False) -> None:
    """Puts the answer off, privately; `here`: it will stand in place of the message, which says so meanwhile."""
    if here:
        await show(interaction, sheet, here=True)
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)


def _files(papers: Iterable[Paper]) -> list[discord.File]:
    return [
        discord.File(BytesIO(one.data), one.name, description=cut(one.alt, discord_limits.ALT_TEXT) or None)
        for one in papers
    ]
