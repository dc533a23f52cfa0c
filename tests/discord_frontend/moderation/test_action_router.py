"""Routing: buttons, selects and forms that an earlier version has sent find their action."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.moderation import forms
from bot.discord_frontend.moderation.action_router import ACTIONS
from bot.discord_frontend.moderation.panels import Button, Select
from bot.journal.records import Draft
from tests.support.discord_rig import utc_today
from tests.support.fake_discord import Interaction
from tests.support.moderation_rig import ModerationRig, content, moderation_rig

SENT_BEFORE = (
    "as despite diff discard dismiss draft drafts edit form history inbox mine new on publish theirs undo".split()
)
"""The actions in custom ids of the first version; messages with them are still in Discord."""


async def press(rig: ModerationRig, custom_id: str, *, value: str | None = None) -> Interaction:
    """Let the moderator press a button, or choose from a select, of a message that an earlier version has sent."""
    used = await rig.mo.slash("kb history")
    message = rig.fake_discord.messages_store.find((used.message or {})["id"])
    part: dict[str, Any] = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id, "id": 2}
    if value is not None:
        part = {"type": 3, "custom_id": custom_id, "id": 2, "options": [{"label": "x", "value": value}]}
    message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
    if value is None:
        return await rig.mo.click(message.payload(), "x")
    return await rig.mo.select(message.payload(), custom_id, ["x"])


def test_every_action_ever_sent_is_still_known() -> None:
    """Actions may be added, never renamed or removed."""
    assert set(SENT_BEFORE) <= ACTIONS.keys()


def test_custom_ids_are_those_of_earlier_versions() -> None:
    """Their format is shared by all versions."""
    assert Button("Undo", "undo", "3").custom_id == "pilcrow-kb:undo:3"
    assert Select("Choose a draft", "draft", ()).custom_id == "pilcrow-kb-pick:draft:"
    assert forms.draft_key("pilcrow-kb-form:text:0123456789abcdef") == "0123456789abcdef"
    assert forms.draft_key("another-form:text:0123456789abcdef") is None


async def test_buttons_and_selects_of_earlier_versions_work(tmp_path: Path) -> None:
    """The process that sent a message need not be the one that handles it."""
    async with moderation_rig(tmp_path) as rig:
        preview = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower")
        await rig.mo.click(preview, "Publish")
        inbox = await press(rig, "pilcrow-kb:inbox:1")
        assert content(inbox) == "The inbox is empty."
        change = await press(rig, "pilcrow-kb-pick:diff:", value="1")
        assert "- added: whereabouts of the tower" in content(change)
        undo = await press(rig, "pilcrow-kb:undo:1")
        assert "**Preview: undoing change 1.**" in content(undo)


HUGE = "9" * 30
INVENTED = ["nothing:1", ""]
INVENTED += [
    f"{action}:{number}" for action in ("history", "diff", "undo", "inbox", "new") for number in ("x", "-1", HUGE)
]
INVENTED += [
    "diff:",
    "undo:",
    "new:",
    "as:x:keeper-place",
    "edit:x:keeper-place",
    "dismiss:1:x",
    "dismiss:x:²",
    "diff:1²",
]


@pytest.mark.parametrize("custom_id", [f"pilcrow-kb:{rest}" for rest in INVENTED])
async def test_an_unknown_button_says_so(tmp_path: Path, custom_id: str, caplog: pytest.LogCaptureFixture) -> None:
    """The person gets an answer that says what to do; whatever a custom id holds is no bug of ours."""
    async with moderation_rig(tmp_path) as rig:
        used = await press(rig, custom_id)
        assert content(used) == "That button no longer works. Please use the command again."
    assert "bug" not in caplog.text


@pytest.mark.parametrize("kind", ["edit", "remove", "import"])
async def test_an_unknown_form_of_a_draft_says_so(tmp_path: Path, kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Also a form of a draft that has none."""
    async with moderation_rig(tmp_path) as rig:
        draft = Draft(kind, "keeper-place")
        rig.journal.drafts.add(draft, utc_today(), pending=True)
        for form in ("bogus", "", *(() if kind == "edit" else ("text", "phrase"))):
            used = await press(rig, f"pilcrow-kb:form:{form}:{draft.key}")
            assert content(used) == "That button no longer works. Please use the command again."
    assert "bug" not in caplog.text
