"""Dispatching moderators' buttons, selects and forms. Permissions are checked here, whatever the way in."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import discord

from bot.discord_frontend.common import error_handler
from bot.discord_frontend.moderation import draft_actions, forms, history_panels, inbox_panel, moderation_text
from bot.discord_frontend.moderation.custom_ids import ActionUnavailable, unknown_action
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.panels import BUTTON_PREFIX, SELECT_PREFIX
from bot.discord_frontend.services import Interaction

Action = Callable[[ModerationService, Interaction, str], Awaitable[None]]
ACTIONS: Mapping[str, Action] = {
    "form": draft_actions.reopen_form,
    "publish": draft_actions.publish,
    "despite": partial(draft_actions.publish, despite_warnings=True),
    "discard": draft_actions.discard,
    "theirs": draft_actions.keep_theirs,
    "mine": draft_actions.use_mine,
    "on": draft_actions.keep_editing,
    "undo": draft_actions.undo,
    "drafts": draft_actions.list_drafts,
    "draft": draft_actions.open_draft,
    "history": history_panels.show_history,
    "diff": history_panels.show_change,
    "inbox": inbox_panel.show_inbox,
    "as": inbox_panel.add_phrasing,
    "several": inbox_panel.list_suggestions,
    "accept": inbox_panel.accept_suggestions,
    "new": inbox_panel.write_answer,
    "edit": inbox_panel.edit_answer,
    "dismiss": inbox_panel.dismiss,
    "dismissed": inbox_panel.list_dismissed,
    "restore": inbox_panel.restore,
}
"""Actions by the name in their custom id. Buttons of earlier versions still send these names, so never change one."""


class ActionRouter:
    """Routes moderators' interactions. `service`: None where the base can't be changed from Discord."""

    def __init__(self, service: ModerationService | None) -> None:
        self._service = service

    async def handle(self, interaction: Interaction) -> None:
        """Handle a button, a select or a form of the moderators' panels; leave every other interaction alone.

        Works for messages and forms of an earlier process too: their custom ids hold everything. Whatever is raised is
        told to the person; discord.py would only log it.
        """
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id") or "")
        try:
            if interaction.type is discord.InteractionType.component:
                if custom_id.startswith(BUTTON_PREFIX):
                    await self._run(interaction, custom_id.removeprefix(BUTTON_PREFIX))
                elif custom_id.startswith(SELECT_PREFIX):
                    await self._run(interaction, custom_id.removeprefix(SELECT_PREFIX) + " ".join(data["values"]))
            elif interaction.type is discord.InteractionType.modal_submit and (key := forms.draft_key(custom_id)):
                # Permissions are checked after the text is saved: even a former moderator loses nothing.
                texts = forms.submitted_texts(data["components"])
                await draft_actions.submit(self._open_service(), interaction, key, texts)
        except Exception as error:  # noqa: BLE001 (the error handler sorts it)
            await error_handler.respond_with_error(interaction, error)

    async def _run(self, interaction: Interaction, pressed: str) -> None:
        """Run what `action:argument` names."""
        name, _, argument = pressed.partition(":")
        service = self._open_service()
        service.cooldown.admit(interaction.user.id, "moderation")
        service.moderators.require(interaction)
        if name not in ACTIONS:
            raise unknown_action()
        await ACTIONS[name](service, interaction, argument)

    def _open_service(self) -> ModerationService:
        if self._service is None:
            raise ActionUnavailable(moderation_text.NOT_MODERATED)
        return self._service
