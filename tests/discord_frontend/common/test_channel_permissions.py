"""What the bot may not do: as much of the answer as is allowed, and one line that says which permission, where, and how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.discord_rig import (
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    PLACE_QUESTION,
    Rig,
    embed,
    labels,
    logged_warnings,
    rig,
)
from tests.support.fake_discord.world import ATTACH_FILES, EMBED_LINKS, READ_HISTORY, SEND_MESSAGES, VIEW_CHANNEL

HOW = "allow it to the bot's role in that channel's settings, under Permissions"


@pytest.fixture
async def r(tmp_path: Path) -> AsyncIterator[Rig]:
    """A running bot."""
    async with rig(tmp_path) as running:
        yield running


async def deny(r: Rig, permissions: int) -> None:
    """Somebody forbids the bot something in the channel; the bot has been told."""
    r.fake_discord.deny_permissions(r.channel, r.fake_discord.bot, deny=permissions)
    await r.fake_discord.watch.round_trip()


async def test_where_embeds_are_forbidden_the_answer_is_text(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The same answer with its paragraph, standing and buttons; the line comes once."""
    await deny(r, EMBED_LINKS)
    for _ in range(2):
        reply = await r.mention(PLACE_QUESTION)
        assert reply["embeds"] == []
        assert reply["content"] == (
            "**Where is the lighthouse?**\n\nIt stands at Brim.\n\n**Standing**: Reported by the article\n\n"
            "**Source**: [¶1](https://quay.example/harbour-light#:~:text=Keeper%20Ada%20Quill,on%20Friday%20evening.) "
            "Keeper Ada Quill left the lighthouse at Brim on Friday.\n\n"
            "¶ Pilcrow · answers are written by people · Harbour light goes dark · The Quay"
        )
        assert "Show the paragraphs" in labels(reply)
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {r.channel.id}: {HOW}"]
    assert [request.status for request in r.fake_discord.requests if request.status >= 400] == []


async def test_where_it_may_not_write_nothing_is_tried(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """No request that Discord would refuse, however often it is asked; the line comes once, and again after a change."""
    await deny(r, SEND_MESSAGES)
    before = len(r.fake_discord.requests)
    for _ in range(3):
        await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True)
    await r.fake_discord.silent(r.channel)
    assert len(r.fake_discord.requests) == before
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages in channel {r.channel.id}: {HOW}"]
    assert (await r.ada.slash("ask", question=LEFT_QUESTION)).message  # answers to commands need no permission
    await deny(r, 0)
    assert embed(await r.mention(PLACE_QUESTION))["title"]
    await deny(r, SEND_MESSAGES)
    await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True)
    await r.fake_discord.silent(r.channel)
    assert len(logged_warnings(caplog)) == 2


async def test_several_are_named_together(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One line names all that is missing."""
    await deny(r, EMBED_LINKS | READ_HISTORY)
    assert (await r.mention(PLACE_QUESTION))["content"]
    assert logged_warnings(caplog) == [
        f"The bot lacks Embed Links and Read Message History in channel {r.channel.id}: {HOW}"
    ]


async def test_where_it_may_not_read_history_it_answers_without_a_reference(
    r: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord refuses a reply there, but not a message."""
    await deny(r, READ_HISTORY)
    reply = await r.mention(LEFT_QUESTION)
    assert embed(reply)["title"]
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == [f"The bot lacks Read Message History in channel {r.channel.id}: {HOW}"]


@pytest.mark.parametrize("permission", [SEND_MESSAGES, EMBED_LINKS, VIEW_CHANNEL])
async def test_a_refusal_that_it_could_not_foresee(r: Rig, permission: int, caplog: pytest.LogCaptureFixture) -> None:
    """Discord knows better than we do: one request, one line, no apology and no traceback."""
    r.channel.overwrites[r.fake_discord.bot.id] = (0, permission & ~VIEW_CHANNEL)  # and nobody tells the bot
    if permission == VIEW_CHANNEL:
        r.fake_discord.fail_next("POST", MESSAGES_ROUTE, 403, body={"message": "Missing Access", "code": 50001})
    before = len(r.fake_discord.requests)
    await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True)
    await r.fake_discord.silent(r.channel)
    assert len(r.fake_discord.requests) == before + 1
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages or Embed Links in channel {r.channel.id}: {HOW}"]


async def test_a_command_where_embeds_are_refused_is_answered_in_words(
    r: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Should Discord refuse the embed of an interaction, the same text goes without it."""
    r.fake_discord.fail_next("POST", "/callback$", 403, body={"message": "Missing Permissions", "code": 50013})
    used = await r.ada.slash("ask", question=PLACE_QUESTION)
    assert used.message is not None
    assert used.message["content"].startswith("**Where is the lighthouse?**\n\nIt stands at Brim.")
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {r.channel.id}: {HOW}"]


async def test_where_files_are_forbidden_the_picture_is_not_drawn(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """A sentence to the person at once, a line to the operator."""
    await deny(r, ATTACH_FILES)
    used = await r.ada.slash("timeline", picture="dark")
    assert used.message is not None
    assert used.message["content"] == (
        "I'm not allowed to attach files here. \\`/timeline\\` without a picture shows the same as text."
    )
    assert used.ephemeral
    assert logged_warnings(caplog) == [f"The bot lacks Attach Files in channel {r.channel.id}: {HOW}"]


async def test_a_question_deleted_while_it_is_answered(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The answer comes without its reference; nothing is said to be wrong."""
    held = r.fake_discord.hold_next("POST", MESSAGES_ROUTE)
    asked = await r.ada.says(r.channel, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    await r.ada.deletes(asked)
    held.release()
    reply = await r.fake_discord.next_message(r.channel)
    assert embed(reply)["title"]
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == []


async def test_a_channel_deleted_while_it_answers(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """One line; others are answered as before."""
    other = r.fake_discord.world.channel(r.guild, "other")
    r.fake_discord.join_guild(r.guild)
    held = r.fake_discord.hold_next("POST", f"/channels/{other.id}/messages")
    await r.ada.says(other, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    r.fake_discord.delete_channel(other)
    held.release()
    assert embed(await r.mention(PLACE_QUESTION))["title"]
    assert logged_warnings(caplog) == [f"Can't send an answer: channel {other.id} is gone"]


async def test_the_bots_role_is_deleted(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """What everybody may do it may still do; what only its role allowed is named."""
    (role,) = [role for role in r.guild.roles.values() if role.managed_by is not None]
    r.fake_discord.deny_permissions(r.channel, r.guild.roles[r.guild.id], deny=EMBED_LINKS)
    r.fake_discord.delete_role(r.guild, role)
    await r.fake_discord.watch.round_trip()
    assert (await r.mention(PLACE_QUESTION))["content"].startswith("**Where is the lighthouse?**")
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {r.channel.id}: {HOW}"]


async def test_a_card_deleted_while_its_button_is_pressed(r: Rig) -> None:
    """Whoever presses gets the answer."""
    card = await r.mention(PLACE_QUESTION)
    held = r.fake_discord.hold_next("POST", "/callback$")
    pressing = asyncio.create_task(r.ada.clicks(card, "Show the paragraphs"))
    await held.arrived.wait()
    r.fake_discord.message_events.drop(r.fake_discord.messages_store.find(card["id"]))
    held.release()
    assert (await pressing).message


async def test_channels_of_the_settings_that_are_not_there_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A channel that has been deleted, or that the bot does not see, is named once the servers are known."""
    async with rig(tmp_path, privileged=["message_content"], listen_channels=(99999999,)) as r:
        await r.client.on_ready()
        assert logged_warnings(caplog) == [
            "The bot can't see channel 99999999 of the settings: allow it View Channel there, "
            "or remove the channel from config.yaml"
        ]
