"""What is sent as an answer: an embed and the buttons under it."""

from typing import Literal

from discord import Embed
from msgspec import Struct

ButtonAction = Literal["entry", "related", "paragraphs", "vote", "none", "page"]


class CardButton(Struct, frozen=True):
    """A button under a card. `argument` is what the action applies to: an entry's id, with up or down before it for a vote."""

    label: str
    action: ButtonAction
    argument: str = ""
    emoji: str | None = None
    row: int = 0

    @property
    def custom_id(self) -> str:
        """What Discord sends back when the button is pressed; stable, because cards outlive the bot's process."""
        return ":".join(filter(None, ("pilcrow", self.action, self.argument)))


class Card(Struct, frozen=True):
    """An embed and its buttons."""

    embed: Embed
    buttons: tuple[CardButton, ...] = ()
