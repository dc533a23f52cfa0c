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
from tests.support.fake_discord import Channel, Interaction, NotOffered, Person
from tests.support.fake_discord.interaction import MODAL_SUBMIT
from tests.support.fake_discord.payloads import Scene
from tests.support.kb_rig import Kb, buttons, content, kb
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
TYPED = [
    ("add", "topic"),
    ("edit", "entry"),
    ("phrase", "entry"),
    ("remove", "entry"),
    ("diff", "number"),
    ("undo", "number"),
]
Stranger = tuple[Person, Channel]


@pytest.fixture
async def k(tmp_path: Path) -> AsyncIterator[Kb]:
    async with kb(tmp_path) as made:
        made.journal.drafts.add(draft(), utc_today(), pending=True)
        yield made
        assert on_disk(made.folder) == OLD


def draft() -> Draft:
    """Something a moderator has written."""
    return Draft(
        "edit", "keeper-place", {"answer": "A secret."}, {"answer": "It stands at Brim."}, key="0123456789abcdef"
    )


def member(k: Kb) -> Stranger:
    """Somebody in the moderators' server who is none."""
    return k.ada, k.channel


def elsewhere(k: Kb) -> Stranger:
    """A moderator of another server, where the bot is too and the role has the same name."""
    guild = k.standin.guild("Elsewhere")
    k.standin.commands[guild.id] = [one | {"guild_id": str(guild.id)} for one in k.standin.commands[k.guild.id]]
    return k.standin.person(guild, "Eve", ["Moderators"]), guild.channel("general")


def former(k: Kb) -> Stranger:
    """A moderator whose role was taken away a moment ago."""
    k.guild.members[k.mo.id].roles.remove(k.role.id)
    return k.mo, k.channel


STRANGERS = [member, elsewhere, former]
Who = Callable[[Kb], Stranger]


def nothing_but(used: Interaction, sentence: str) -> None:
    """One private sentence, and nothing else."""
    assert content(used) == sentence
    assert (used.message or {})["embeds"] == (used.message or {})["attachments"] == []
    assert used.modal is None
    assert used.followups == []


@pytest.mark.parametrize("who", STRANGERS)
async def test_every_command_looks_at_who_uses_it(k: Kb, who: Who) -> None:
    """A private sentence. In another server Discord does not even know the command; if it did, the bot would not."""
    person, channel = who(k)
    unknown = "That command has changed. Please try again in a minute."
    for one in kb_command_specs.COMMANDS:
        used = await person.slash(f"kb {one.name}", force=True, channel=channel, options=VALUES.get(one.name, {}))
        nothing_but(used, unknown if who is elsewhere else REFUSED)


@pytest.mark.parametrize("who", STRANGERS)
async def test_every_suggestion_looks_at_who_types(k: Kb, who: Who) -> None:
    """Nothing is suggested: suggestions would show what the base holds and who changed it."""
    assert [await k.mo.autocomplete(f"kb {name}", option, "") for name, option in TYPED[:2]] != [[], []]
    person, channel = who(k)
    for name, option in TYPED:
        assert await person.autocomplete(f"kb {name}", option, "", force=True, channel=channel) == []


@pytest.mark.parametrize("who", STRANGERS)
async def test_every_button_and_select_looks_at_who_uses_it(k: Kb, who: Who) -> None:
    """Also on messages that the person should never have got, or got while it was all right."""
    used = await k.mo.slash("kb history")
    person, channel = who(k)
    message = k.standin.messages_store.find((used.message or {})["id"])
    message.viewer, message.channel = person.id, channel
    key = draft().key
    abouts = {"form": f"text:{key}", "publish": f"{key}:x", "despite": f"{key}:x"}
    for action in ACTIONS:
        custom_id = f"pilcrow-kb:{action}:{abouts.get(action, key)}"
        part: dict[str, Any] = {"type": 2, "style": 2, "label": "x", "custom_id": custom_id, "id": 2}
        message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
        nothing_but(await person.clicks(message.payload(), "x"), REFUSED)
        choice = {"label": "x", "value": key}
        part = {"type": 3, "custom_id": f"pilcrow-kb-pick:{action}:", "id": 2, "options": [choice]}
        message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
        nothing_but(await person.selects(message.payload(), part["custom_id"], ["x"]), REFUSED)
    assert k.journal.drafts.pending(9) == [draft()]


@pytest.mark.parametrize("who", [member, elsewhere])
@pytest.mark.parametrize("part", ["text", "more", "phrase"])
async def test_every_form_looks_at_who_sends_it(k: Kb, who: Who, part: str) -> None:
    """A form that nobody opened for them."""
    person, channel = who(k)
    field = {"type": 4, "id": 2, "custom_id": "answer", "value": "Mine."}
    data = {
        "custom_id": f"pilcrow-kb-form:{part}:ffffffffffffffff",
        "components": [{"type": 18, "id": 1, "component": field}],
    }
    scene = Scene(person, channel)
    nothing_but(await k.standin.interact(scene, MODAL_SUBMIT, data, scene.owners()), REFUSED)


async def test_a_form_of_a_moderator_whose_role_was_taken_away_is_not_lost(k: Kb) -> None:
    """Nothing is shown and nothing is published; with the role back, the text is there again."""
    opened = await k.mo.slash("kb edit", entry="keeper-place")
    former(k)
    used = await k.mo.submits(opened, {"Answer": "It stands in the harbour of Brim."})
    nothing_but(used, REFUSED)
    assert buttons(used) == ["Back to the form", "Source, denial and links", "Discard"]
    nothing_but(await k.mo.clicks(used, "Back to the form"), REFUSED)
    k.guild.members[k.mo.id].roles.append(k.role.id)
    again = await k.mo.clicks(used, "Back to the form")
    assert [part["component"].get("value") for part in (again.modal or {})["components"]][1] == (
        "It stands in the harbour of Brim."
    )


async def test_the_commands_are_registered_with_the_moderators_only(k: Kb) -> None:
    """In their server, hidden from whoever may not manage messages; nowhere else."""
    (registered,) = k.standin.commands[k.guild.id]
    assert registered["name"] == "kb"
    assert registered["default_member_permissions"] == str(1 << 13)
    assert {option["name"] for option in registered["options"]} == {one.name for one in kb_command_specs.COMMANDS}
    assert "kb" not in [command["name"] for command in k.standin.commands[None]]
    with pytest.raises(NotOffered):
        await k.ada.slash("kb inbox")


async def test_names_come_in_french_too(k: Kb) -> None:
    """Discord shows them to whoever uses Discord in French."""
    (registered,) = k.standin.commands[k.guild.id]
    assert registered["name_localizations"] == {"fr": "base"}
    known = {option["name"]: option for option in registered["options"]}
    for one in kb_command_specs.COMMANDS:
        assert known[one.name]["name_localizations"] == {"fr": one.french[0]}
        assert known[one.name]["description_localizations"] == {"fr": one.french[1]}
        options = {option["name"]: option for option in known[one.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in one.options
        }


async def test_where_nobody_keeps_the_base_from_discord_there_are_no_commands(tmp_path: Path) -> None:
    """And an old button says so."""
    async with kb(tmp_path) as k:
        used = await k.mo.slash("kb history")
        await k.client.close()
        k.config = k.config.__class__(api=k.config.api, gateway=k.config.gateway)
        async with connected(k.another(), k.standin):
            message = k.standin.messages_store.find((used.message or {})["id"])
            part = {"type": 2, "style": 2, "label": "x", "custom_id": "pilcrow-kb:inbox:1", "id": 2}
            message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
            nothing_but(
                await k.mo.clicks(message.payload(), "x"), "This bot's base can no longer be changed from Discord."
            )


async def test_where_another_process_keeps_the_base_a_moderator_is_told_so(k: Kb) -> None:
    """Of several processes only one changes it."""
    used = await k.mo.slash("kb history")
    message = k.standin.messages_store.find((used.message or {})["id"])
    part = {"type": 2, "style": 2, "label": "x", "custom_id": "pilcrow-kb:inbox:1", "id": 2}
    message.data["components"] = [{"type": 1, "id": 1, "components": [part]}]
    await k.client.close()
    k.config = replace(k.config, shards=2, shard_ids=(1 - (k.guild.id >> 22) % 2,), home_guild=k.guild.id)
    async with connected(k.another(), k.standin):
        nothing_but(
            await k.mo.clicks(message.payload(), "x"),
            "The base can only be changed in its home server. Go there, or use 'pilcrow kb' in a terminal.",
        )
