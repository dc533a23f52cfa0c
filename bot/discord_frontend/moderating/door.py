"""The one way in to the moderators' side. Whoever comes is looked at here, whatever they come with."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from bot.discord_frontend import boundary
from bot.discord_frontend.buttons import Interaction
from bot.discord_frontend.moderating import deeds, forms, history, inbox, wording
from bot.discord_frontend.moderating.office import Office
from bot.errors import PilcrowError

Deed = Callable[[Office, Interaction, str], Awaitable[None]]
DEEDS: Mapping[str, Deed] = {
    "form": deeds.reopen,
    "publish": deeds.publish,
    "despite": deeds.publish_despite,
    "discard": deeds.discard,
    "theirs": deeds.take_theirs,
    "mine": deeds.take_mine,
    "on": deeds.edit_on,
    "undo": deeds.undo,
    "drafts": deeds.list_drafts,
    "draft": deeds.open_draft,
    "history": history.page,
    "diff": history.diff,
    "inbox": inbox.page,
    "as": inbox.phrase,
    "new": inbox.write,
    "edit": inbox.edit,
    "dismiss": inbox.dismiss,
}
"""What each button and select does."""


class Closed(PilcrowError):
    """A button or a form from a time when the base was kept from Discord, or one that no version knows any more."""


class Door:
    """`office`: None where nobody keeps the base from Discord."""

    def __init__(self, office: Office | None) -> None:
        self._office = office

    async def pressed(self, interaction: Interaction, action: str, about: str) -> None:
        """Does what a button or a select is for. discord.py would only log what goes wrong."""
        try:
            office = self._open()
            office.desk.admit(interaction.user.id, "moderation")
            office.moderators.require(interaction)
            await DEEDS.get(action, _unknown)(office, interaction, about)
        except Exception as error:  # noqa: BLE001 (the boundary sorts it)
            await boundary.tell(interaction, error)

    async def submitted(self, interaction: Interaction) -> None:
        """Takes a form, whether it was opened by this process or by one before it."""
        data: Mapping[str, Any] = interaction.data or {}
        key = forms.key_of(data.get("custom_id") or "")
        if key is None or interaction.type is not discord.InteractionType.modal_submit:
            return
        try:
            office = self._open()
            # Who it is, is looked at after the text is kept: even a moderator of yesterday loses nothing.
            await deeds.submitted(office, interaction, key, forms.typed(data["components"]))
        except Exception as error:  # noqa: BLE001 (the boundary sorts it)
            await boundary.tell(interaction, error)

    def _open(self) -> Office:
        if self._office is None:
            raise Closed(wording.CLOSED)
        return self._office


async def _unknown(_: Office, __: Interaction, ___: str) -> None:
    raise Closed(wording.OLD_BUTTON)
