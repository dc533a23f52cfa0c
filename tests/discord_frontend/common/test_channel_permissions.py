"""What the bot may not do: as much of the answer as is allowed, and one line that says which permission, where, and how."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.discord_rig import (
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    PLACE_QUESTION,
    Rig,
    discord_rig,
    embed,
    labels,
    logged_warnings,
)
from tests.support.fake_discord.world import ATTACH_FILES, EMBED_LINKS, READ_HISTORY, SEND_MESSAGES, VIEW_CHANNEL

HOW = "allow it to the bot's role in that channel's settings, under Permissions"


async def deny(rig: Rig, permissions: int) -> None:
    """Somebody forbids the bot something in the channel; the bot has been told."""
    rig.fake_discord.deny_permissions(rig.channel, rig.fake_discord.bot, deny=permissions)
    await rig.fake_discord.watch.round_trip()


async def test_where_embeds_are_forbidden_the_answer_is_text(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The same answer with its paragraph, standing and buttons; the line comes once."""
    await deny(rig, EMBED_LINKS)
    for _ in range(2):
        reply = await rig.mention(PLACE_QUESTION)
        assert reply["embeds"] == []
        assert reply["content"] == (
            "**Where is the lighthouse?**\n\nIt stands at Brim.\n\n**Standing**: Reported by the article\n\n"
            "**Source**: [¶1](https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.) "
            "Keeper Ada Quill left the lighthouse at Brim on Friday.\n\n"
            "¶ Pilcrow · answers are written by people · Harbour light goes dark · The Quay"
        )
        assert "Show the paragraphs" in labels(reply)
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HOW}"]
    assert [request.status for request in rig.fake_discord.requests if request.status >= 400] == []


async def test_where_it_may_not_write_nothing_is_tried(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """No request that Discord would refuse, however often it is asked; the line comes once, and again after a change."""
    await deny(rig, SEND_MESSAGES)
    before = len(rig.fake_discord.requests)
    for _ in range(3):
        await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert len(rig.fake_discord.requests) == before
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages in channel {rig.channel.id}: {HOW}"]
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message  # answers to commands need no permission
    await deny(rig, 0)
    assert embed(await rig.mention(PLACE_QUESTION))["title"]
    await deny(rig, SEND_MESSAGES)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert len(logged_warnings(caplog)) == 2


async def test_several_are_named_together(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One line names all that is missing."""
    await deny(rig, EMBED_LINKS | READ_HISTORY)
    assert (await rig.mention(PLACE_QUESTION))["content"]
    assert logged_warnings(caplog) == [
        f"The bot lacks Embed Links and Read Message History in channel {rig.channel.id}: {HOW}"
    ]


async def test_where_it_may_not_read_history_it_answers_without_a_reference(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord refuses a reply there, but not a message."""
    await deny(rig, READ_HISTORY)
    reply = await rig.mention(LEFT_QUESTION)
    assert embed(reply)["title"]
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == [f"The bot lacks Read Message History in channel {rig.channel.id}: {HOW}"]


@pytest.mark.parametrize("permission", [SEND_MESSAGES, EMBED_LINKS, VIEW_CHANNEL])
async def test_a_refusal_that_it_could_not_foresee(rig: Rig, permission: int, caplog: pytest.LogCaptureFixture) -> None:
    """Discord knows better than we do: one request, one line, no apology and no traceback."""
    rig.channel.overwrites[rig.fake_discord.bot.id] = (0, permission & ~VIEW_CHANNEL)  # and nobody tells the bot
    if permission == VIEW_CHANNEL:
        rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 403, body={"message": "Missing Access", "code": 50001})
    before = len(rig.fake_discord.requests)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert len(rig.fake_discord.requests) == before + 1
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages or Embed Links in channel {rig.channel.id}: {HOW}"]


async def test_a_command_where_embeds_are_refused_is_answered_in_words(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Should Discord refuse the embed of an interaction, the same text goes without it."""
    rig.fake_discord.fail_next("POST", "/callback$", 403, body={"message": "Missing Permissions", "code": 50013})
    used = await rig.ada.slash("ask", question=PLACE_QUESTION)
    assert used.message is not None
    assert used.message["content"].startswith("**Where is the lighthouse?**\n\nIt stands at Brim.")
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HOW}"]


async def test_where_files_are_forbidden_the_picture_is_not_drawn(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A sentence to the person at once, a line to the operator."""
    await deny(rig, ATTACH_FILES)
    used = await rig.ada.slash("timeline", picture="dark")
    assert used.message is not None
    assert used.message["content"] == (
        "I'm not allowed to attach files here. \\`/timeline\\` without a picture shows the same as text."
    )
    assert used.ephemeral
    assert logged_warnings(caplog) == [f"The bot lacks Attach Files in channel {rig.channel.id}: {HOW}"]


async def test_a_question_deleted_while_it_is_answered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The answer comes without its reference; nothing is said to be wrong."""
    held = rig.fake_discord.hold_next("POST", MESSAGES_ROUTE)
    asked = await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    await rig.ada.deletes(asked)
    held.release()
    reply = await rig.fake_discord.next_message(rig.channel)
    assert embed(reply)["title"]
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == []


async def test_a_channel_deleted_while_it_answers(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One line; others are answered as before."""
    other = rig.fake_discord.world.channel(rig.guild, "other")
    rig.fake_discord.join_guild(rig.guild)
    held = rig.fake_discord.hold_next("POST", f"/channels/{other.id}/messages")
    await rig.ada.says(other, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    rig.fake_discord.delete_channel(other)
    held.release()
    assert embed(await rig.mention(PLACE_QUESTION))["title"]
    assert logged_warnings(caplog) == [f"Can't send an answer: channel {other.id} is gone"]


async def test_the_bots_role_is_deleted(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """What everybody may do it may still do; what only its role allowed is named."""
    (role,) = [role for role in rig.guild.roles.values() if role.managed_by is not None]
    rig.fake_discord.deny_permissions(rig.channel, rig.guild.roles[rig.guild.id], deny=EMBED_LINKS)
    rig.fake_discord.delete_role(rig.guild, role)
    await rig.fake_discord.watch.round_trip()
    assert (await rig.mention(PLACE_QUESTION))["content"].startswith("**Where is the lighthouse?**")
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HOW}"]


async def test_a_card_deleted_while_its_button_is_pressed(rig: Rig) -> None:
    """Whoever presses gets the answer."""
    card = await rig.mention(PLACE_QUESTION)
    held = rig.fake_discord.hold_next("POST", "/callback$")
    pressing = asyncio.create_task(rig.ada.clicks(card, "Show the paragraphs"))
    await held.arrived.wait()
    rig.fake_discord.message_events.drop(rig.fake_discord.messages_store.find(card["id"]))
    held.release()
    assert (await pressing).message


async def test_channels_of_the_settings_that_are_not_there_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A channel that has been deleted, or that the bot does not see, is named once the servers are known."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen_channels=(99999999,)) as rig:
        await rig.client.on_ready()
        assert logged_warnings(caplog) == [
            "The bot can't see channel 99999999 of the settings: allow it View Channel there, "
            "or remove the channel from config.yaml"
        ]
