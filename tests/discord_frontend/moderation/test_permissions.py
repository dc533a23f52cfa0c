"""Who may keep the base: every command, button, select, form and suggestion is tried by three people who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.moderation import kb_command_specs
from bot.discord_frontend.moderation.action_router import ACTIONS
from bot.journal.records import Draft
from tests.support.discord_rig import connected, utc_today
from tests.support.fake_discord import Channel, Interaction, Person
from tests.support.fake_discord.interaction import MODAL_SUBMIT
from tests.support.fake_discord.payloads import Scene
from tests.support.moderation_rig import ModerationRig, button_labels, content, moderation_rig
from tests.support.story_files import OLD, on_disk

REFUSED = "Only moderators of this bot can do that."
VALUES: dict[str, dict[str, Any]] = {
    "add": {"topic": "lamp"},
    "edit": {"entry": "keeper-place"},
    "phrase": {"entry": "keeper-place", "phrasing": "whereabouts of the lighthouse"},
    "remove": {"entry": "keeper-place"},
    "diff": {"number": 1},
    "undo": {"number": 1},
    "import": {"archive": ("base.zip", b"PK")},
    "test": {"question": "where is the lighthouse?"},
}
AUTOCOMPLETED = [
    ("add", "topic"),
    ("edit", "entry"),
    ("phrase", "entry"),
    ("remove", "entry"),
    ("diff", "number"),
    ("undo", "number"),
]
Outsider = tuple[Person, Channel]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[ModerationRig]:
    """Run a bot with a draft; assert at the end that its base is unchanged."""
    async with moderation_rig(tmp_path) as running:
        running.journal.drafts.add(draft(), utc_today(), pending=True)
        yield running
        assert on_disk(running.folder) == OLD


def draft() -> Draft:
    """Return a draft of a moderator."""
    return Draft(
        "edit", "keeper-place", {"answer": "A secret."}, {"answer": "It stands at Brim."}, key="0123456789abcdef"
    )


def member(rig: ModerationRig) -> Outsider:
    """Return a member of the moderators' server without the role."""
    return rig.ada, rig.channel


def foreign_moderator(rig: ModerationRig) -> Outsider:
    """Return a moderator of another server, which has a role of the same name."""
    guild = rig.fake_discord.guild("Elsewhere")
    rig.fake_discord.commands[guild.id] = [
        command | {"guild_id": str(guild.id)} for command in rig.fake_discord.commands[rig.guild.id]
    ]
    return rig.fake_discord.person(guild, "Eve", ["Moderators"]), guild.channel("general")


def former_moderator(rig: ModerationRig) -> Outsider:
    """Return a moderator who has just lost the role."""
    rig.guild.members[rig.mo.id].roles.remove(rig.role.id)
    return rig.mo, rig.channel


OUTSIDERS = [member, foreign_moderator, former_moderator]
Who = Callable[[ModerationRig], Outsider]


def assert_only(used: Interaction, sentence: str) -> None:
    """Assert that the answer is one private sentence and nothing else."""
    assert content(used) == sentence
    assert (used.message or {})["embeds"] == (used.message or {})["attachments"] == []
    assert used.modal is None
    assert used.followups == []


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_every_command_is_for_moderators_only(rig: ModerationRig, who: Who) -> None:
    """Another server does not even have the commands; if it had, the bot would refuse them."""
    person, channel = who(rig)
    unknown = "That command has changed. Please try again in a minute."
    for spec in kb_command_specs.COMMANDS:
        used = await person.slash(f"kb {spec.name}", force=True, channel=channel, options=VALUES.get(spec.name, {}))
        assert_only(used, unknown if who is foreign_moderator else REFUSED)


@pytest.mark.parametrize("who", OUTSIDERS)
async def test_autocomplete_is_for_moderators_only(rig: ModerationRig, who: Who) -> None:
    """Suggestions would show what the base holds and who changed it."""
    assert [await rig.mo.autocomplete(f"kb {name}", option, "") for name, option in AUTOCOMPLETED[:2]] != [[], []]
    person, channel = who(rig)
    for name, option in AUTOCOMPLETED:
        assert await person.autocomplete(f"kb {name}", option, "", force=True, channel=channel) == []


@pytest.mark.parametrize("kind", ["button", "select"])
@pytest.mark.parametrize("who", OUTSIDERS)
async def test_every_button_and_select_is_for_moderators_only(rig: ModerationRig, who: Who, kind: str) -> None:
    """That holds for messages that the person should not have, or has had for long.

    Each is pressed once: a client sends only so many heartbeats a minute, and the fake Discord asks for some at every press.
    """
    used = await rig.mo.slash("kb history")
    person, channel = who(rig)
    message = rig.fake_discord.messages_store.find((used.message or {})["id"])
    message.viewer, message.channel = person.id, channel
    key = draft().key
    abouts = {"form": f"text:{key}", "publish": f"{key}:x", "despite": f"{key}:x"}
    for action in ACTIONS:
        choice = {"label": "x", "value": key}
        parts: dict[str, dict[str, Any]] = {
            "button": {
                "type": 2,
                "style": 2,
                "label": "x",
                "custom_id": f"pilcrow-kb:{action}:{abouts.get(action, key)}",
            },
            "select": {"type": 3, "custom_id": f"pilcrow-kb-pick:{action}:", "options": [choice]},
        }
        part = parts[kind]
        message.data["components"] = [{"type": 1, "id": 1, "components": [part | {"id": 2}]}]
        if kind == "button":
            assert_only(await person.click(message.payload(), "x"), REFUSED)
        else:
            assert_only(await person.select(message.payload(), part["custom_id"], ["x"]), REFUSED)
    assert rig.journal.drafts.pending(9) == [draft()]


@pytest.mark.parametrize("who", [member, foreign_moderator])
@pytest.mark.parametrize("part", ["text", "more", "links", "phrase"])
async def test_every_form_is_for_moderators_only(rig: ModerationRig, who: Who, part: str) -> None:
    """The form was not opened for the person."""
    person, channel = who(rig)
    field = {"type": 4, "id": 2, "custom_id": "answer", "value": "Mine."}
    data = {
        "custom_id": f"pilcrow-kb-form:{part}:ffffffffffffffff",
        "components": [{"type": 18, "id": 1, "component": field}],
    }
    scene = Scene(person, channel)
    assert_only(await rig.fake_discord.interact(scene, MODAL_SUBMIT, data, scene.owners()), REFUSED)


async def test_a_form_of_a_former_moderator_is_saved(rig: ModerationRig) -> None:
    """Nothing is shown or published; with the role back, the draft is there."""
    opened = await rig.mo.slash("kb edit", entry="keeper-place")
    former_moderator(rig)
    used = await rig.mo.submit(opened, {"Answer": "It stands in the harbour of Brim."})
    assert_only(used, REFUSED)
    assert button_labels(used) == ["Back to the form", "Source and denial", "Button and links", "Discard"]
    assert_only(await rig.mo.click(used, "Back to the form"), REFUSED)
    rig.guild.members[rig.mo.id].roles.append(rig.role.id)
    again = await rig.mo.click(used, "Back to the form")
    assert [part["component"].get("value") for part in (again.modal or {})["components"]][1] == (
        "It stands in the harbour of Brim."
    )


async def test_a_bot_without_moderators_has_no_commands(tmp_path: Path) -> None:
    """Buttons sent before say so."""
    async with moderation_rig(tmp_path) as rig:
        used = await rig.mo.slash("kb history")
        await rig.client.close()
        rig.config = rig.config.__class__(api=rig.config.api, gateway=rig.config.gateway)
        async with connected(rig.restarted(), rig.fake_discord):
            message = rig.fake_discord.messages_store.find((used.message or {})["id"])
            part = {"type": 2, "style": 2, "label": "x", "custom_id": "pilcrow-kb:inbox:1", "id": 2}
            message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
            assert_only(
                await rig.mo.click(message.payload(), "x"), "This bot's base can no longer be changed from Discord."
            )


async def test_only_the_home_process_changes_the_base(rig: ModerationRig) -> None:
    """Of several processes, the others send moderators to the home server."""
    used = await rig.mo.slash("kb history")
    message = rig.fake_discord.messages_store.find((used.message or {})["id"])
    part = {"type": 2, "style": 2, "label": "x", "custom_id": "pilcrow-kb:inbox:1", "id": 2}
    message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
    await rig.client.close()
    rig.config = replace(rig.config, shards=2, shard_ids=(1 - (rig.guild.id >> 22) % 2,), home_guild=rig.guild.id)
    async with connected(rig.restarted(), rig.fake_discord):
        assert_only(
            await rig.mo.click(message.payload(), "x"),
            "The base can only be changed in its home server. Go there, or use 'pilcrow kb' in a terminal.",
        )
