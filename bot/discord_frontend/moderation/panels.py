"""Panels: the private messages that moderators work with, as plain records. Pure."""

from collections.abc import Sequence
from typing import Literal

from discord import Embed, SelectOption
from msgspec import Struct
from msgspec.structs import replace

from bot.cards import card, discord_limits
from bot.cards.markdown import truncate

Style = Literal["secondary", "primary", "success", "danger"]
BUTTON_PREFIX, SELECT_PREFIX = "pilcrow-kb:", "pilcrow-kb-pick:"
"""How custom ids start. Discord keeps the messages of earlier versions with their custom ids, so never change these."""
TRUNCATED = "… The rest is in the file below."


class Button(Struct, frozen=True):
    """A button that starts an action; `argument` tells the action what it is about, mostly the key of a draft."""

    label: str
    action: str
    argument: str = ""
    style: Style = "secondary"
    row: int = 0

    @property
    def custom_id(self) -> str:
        """Return what Discord sends back when the button is pressed."""
        return f"{BUTTON_PREFIX}{self.action}:{self.argument}"


class Select(Struct, frozen=True):
    """A select that starts an action; the value of the chosen option is the action's argument."""

    placeholder: str
    action: str
    options: Sequence[SelectOption]
    max_values: int = 1
    """How many may be chosen at once; the action's argument has their values with blanks between."""

    @property
    def custom_id(self) -> str:
        """Return what Discord sends back, together with the chosen values."""
        return f"{SELECT_PREFIX}{self.action}:"


class Attachment(Struct, frozen=True):
    """A file sent with a panel. `description`: a picture's alternative text for screen readers."""

    filename: str
    data: bytes
    description: str = ""


class Panel(Struct, frozen=True):
    """A private message. `card_buttons`: the buttons of a card that is only previewed; they are shown disabled."""

    content: str
    embeds: tuple[Embed, ...] = ()
    buttons: tuple[Button, ...] = ()
    selects: tuple[Select, ...] = ()
    card_buttons: tuple[card.Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def select_option(label: str, value: str, description: str = "") -> SelectOption:
    """Return an option whose texts are cut to Discord's limits."""
    return SelectOption(
        label=truncate(label, discord_limits.OPTION),
        value=value,
        description=truncate(description, discord_limits.OPTION) or None,
    )


def with_content(panel: Panel, text: str, filename: str = "preview.txt") -> Panel:
    """Return the panel with `text` as its content; a text too long for a message is also attached in full.

    `text` may contain Discord's formatting.
    """
    if len(text) <= discord_limits.MESSAGE_CONTENT:
        return replace(panel, content=text)
    shown = truncate(text, discord_limits.MESSAGE_CONTENT - len(TRUNCATED) - 1)
    attachments = (*panel.attachments, Attachment(filename, text.encode()))
    return replace(panel, content=f"{shown}\n{TRUNCATED}", attachments=attachments)
