"""The one way in to the moderators' side. Whoever comes is looked at here, whatever they come with."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from bot.discord_frontend.asking.buttons import Interaction
from bot.discord_frontend.common import error_handler
from bot.discord_frontend.moderation import draft_actions, forms, history_panels, inbox_panel, moderation_text
from bot.discord_frontend.moderation.moderation_service import Office
from bot.errors import PilcrowError

Deed = Callable[[Office, Interaction, str], Awaitable[None]]
DEEDS: Mapping[str, Deed] = {
    "form": draft_actions.reopen,
    "publish": draft_actions.publish,
    "despite": draft_actions.publish_despite,
    "discard": draft_actions.discard,
    "theirs": draft_actions.take_theirs,
    "mine": draft_actions.take_mine,
    "on": draft_actions.edit_on,
    "undo": draft_actions.undo,
    "drafts": draft_actions.list_drafts,
    "draft": draft_actions.open_draft,
    "history": history_panels.page,
    "diff": history_panels.diff,
    "inbox": inbox_panel.page,
    "as": inbox_panel.phrase,
    "new": inbox_panel.write,
    "edit": inbox_panel.edit,
    "dismiss": inbox_panel.dismiss,
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
            await error_handler.respond_with_error(interaction, error)

    async def submitted(self, interaction: Interaction) -> None:
        """Takes a form, whether it was opened by this process or by one before it."""
        data: Mapping[str, Any] = interaction.data or {}
        key = forms.key_of(data.get("custom_id") or "")
        if key is None or interaction.type is not discord.InteractionType.modal_submit:
            return
        try:
            office = self._open()
            # Who it is, is looked at after the text is kept: even a moderator of yesterday loses nothing.
            await draft_actions.submitted(office, interaction, key, forms.typed(data["components"]))
        except Exception as error:  # noqa: BLE001 (the boundary sorts it)
            await error_handler.respond_with_error(interaction, error)

    def _open(self) -> Office:
        if self._office is None:
            raise Closed(moderation_text.CLOSED)
        return self._office


async def _unknown(_: Office, __: Interaction, ___: str) -> None:
    raise Closed(moderation_text.OLD_BUTTON)
