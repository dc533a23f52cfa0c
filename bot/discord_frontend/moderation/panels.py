"""What moderators are shown: a private message with buttons and selects, as plain records. Pure."""

from collections.abc import Sequence
from typing import Literal

from discord import Embed
from msgspec import Struct
from msgspec.structs import replace

from bot.discord_frontend.asking.cards import Press
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut

Look = Literal["plain", "main", "go", "danger"]
REST = "… The rest is in the file below."


class Act(Struct, frozen=True):
    """A button for moderators. `about`: what it is about, mostly the key of a draft."""

    label: str
    action: str
    about: str = ""
    look: Look = "plain"
    row: int = 0

    @property
    def custom_id(self) -> str:
        """What Discord sends back; stable, so that it works after a restart."""
        return f"pilcrow-kb:{self.action}:{self.about}"


class Pick(Struct, frozen=True):
    """A select for moderators: (label, value, description) of what can be chosen."""

    placeholder: str
    action: str
    about: str
    options: Sequence[tuple[str, str, str]]

    @property
    def custom_id(self) -> str:
        """What Discord sends back, with what was chosen."""
        return f"pilcrow-kb-pick:{self.action}:{self.about}"


class Paper(Struct, frozen=True):
    """A file with a message. `alt`: what a screen reader says of a picture."""

    name: str
    data: bytes
    alt: str = ""


class Sheet(Struct, frozen=True):
    """A private message. `card`: buttons of a card that is only being shown; they can't be pressed."""

    content: str
    embeds: tuple[Embed, ...] = ()
    acts: tuple[Act, ...] = ()
    picks: tuple[Pick, ...] = ()
    card: tuple[Press, ...] = ()
    papers: tuple[Paper, ...] = ()


def fitted(sheet: Sheet, whole: str, name: str = "preview.txt") -> Sheet:
    """The sheet with this text; where it is too long for a message, the whole of it is in a file.

    `whole` may hold Discord's formatting.
    """
    if len(whole) <= discord_limits.MESSAGE_CONTENT:
        return replace(sheet, content=whole)
    shown = cut(whole, discord_limits.MESSAGE_CONTENT - len(REST) - 1)
    return replace(sheet, content=f"{shown}\n{REST}", papers=(*sheet.papers, Paper(name, whole.encode())))
