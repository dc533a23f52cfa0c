"""The /kb commands: autocomplete and how entries are named."""

from __future__ import annotations

import tracemalloc

import pytest

from bot.discord_frontend.moderation import kb_command_specs
from bot.journal.records import Change
from tests.support.fake_discord import NotOffered
from tests.support.moderation_rig import ModerationRig, content


async def test_an_unknown_entry_is_answered_with_the_closest_one(rig: ModerationRig) -> None:
    """Free text may be typed in place of a suggestion."""
    used = await rig.mo.slash("kb edit", entry="Where is the *lighthose*?")
    assert (
        content(used)
        == "There is no answer to ‘Where is the \\*lighthose\\*?’. Did you mean ‘Where is the lighthouse?’?"
    )


async def test_autocomplete_of_changes_reads_no_texts(rig: ModerationRig) -> None:
    """It runs at every keystroke, and number, author, time and title are all it needs."""
    files = {"qa/keeper.yaml": ("a\n" * 100_000, "b\n" * 100_000)}
    for number in range(30):
        rig.journal.history.add(Change(0, "2026-05-23 14:05", "mo", f"edit {number}", "", (), "a", "b", files))
    await rig.mo.autocomplete("kb diff", "number", "")
    tracemalloc.start()
    try:
        changes = rig.journal.history.changes(50)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200_000
    assert len(changes) == 30
    assert len(await rig.mo.autocomplete("kb undo", "number", "")) == 25


async def test_the_commands_are_registered_in_the_moderators_server_only(rig: ModerationRig) -> None:
    """Discord hides them from members who may not manage messages."""
    (registered,) = rig.fake_discord.commands[rig.guild.id]
    assert registered["name"] == "kb"
    assert registered["default_member_permissions"] == str(1 << 13)
    assert {option["name"] for option in registered["options"]} == {spec.name for spec in kb_command_specs.COMMANDS}
    assert "kb" not in [command["name"] for command in rig.fake_discord.commands[None]]
    with pytest.raises(NotOffered):
        await rig.ada.slash("kb inbox")


async def test_the_commands_have_french_names(rig: ModerationRig) -> None:
    """Discord shows them to people who use it in French."""
    (registered,) = rig.fake_discord.commands[rig.guild.id]
    assert registered["name_localizations"] == {"fr": "base"}
    known = {option["name"]: option for option in registered["options"]}
    for spec in kb_command_specs.COMMANDS:
        assert known[spec.name]["name_localizations"] == {"fr": spec.french[0]}
        assert known[spec.name]["description_localizations"] == {"fr": spec.french[1]}
        options = {option["name"]: option for option in known[spec.name].get("options", ())}
        assert {name: option["name_localizations"] for name, option in options.items()} == {
            option.name: {"fr": option.french[0]} for option in spec.options
        }
