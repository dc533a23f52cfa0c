"""Missing channel permissions: the bot does what is still allowed, and logs once what is missing, where, and the remedy."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.discord_frontend.common.channel_refusals import MAX_PER_SERVER, ChannelRefusals
from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    PLACE_QUESTION,
    Rig,
    discord_rig,
    embed,
    labels,
    logged_warnings,
    text,
)
from tests.support.fake_discord.messages import EPHEMERAL
from tests.support.fake_discord.world import ATTACH_FILES, EMBED_LINKS, READ_HISTORY, SEND_MESSAGES, VIEW_CHANNEL

HINT = "allow it to the bot's role in that channel's settings, under Permissions"


async def deny(rig: Rig, permissions: int) -> None:
    """Deny the bot permissions in the channel, and wait until it has received the event."""
    rig.fake_discord.deny_permissions(rig.channel, rig.fake_discord.bot, deny=permissions)
    await rig.fake_discord.watch.round_trip()


async def test_an_answer_needs_no_embed_links(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """It is text, with the same content and buttons; that the permission is missing is logged once all the same."""
    before = await rig.mention(PLACE_QUESTION)
    await deny(rig, EMBED_LINKS)
    for _ in range(2):
        reply = await rig.mention(PLACE_QUESTION)
        assert (reply["content"], reply["embeds"]) == (before["content"], [])
        assert labels(reply) == labels(before)
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HINT}"]
    assert [request.status for request in rig.fake_discord.requests if request.status >= 400] == []


@pytest.mark.parametrize("known", [True, False])
async def test_without_embed_links_a_long_answer_is_shortened_text(
    rig: Rig, caplog: pytest.LogCaptureFixture, *, known: bool
) -> None:
    """The closest thing gives way, the denial and what was found later stay; whether or not the refusal was expected."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION)
    assert "gist gist" in embed(await rig.mention(ACCUSED_QUESTION))["description"]
    if known:
        await deny(rig, EMBED_LINKS)
    else:
        rig.channel.overwrites[rig.fake_discord.bot.id] = (0, EMBED_LINKS)  # without an event
    reply = await rig.mention(ACCUSED_QUESTION)
    assert reply["embeds"] == []
    assert reply["content"].splitlines()[2:] == [
        "> **Denied:** Ada Quill denies it. ¶2",
        "> **Since the article:** [Jun 2020](<https://quay.example/lamp-found>), "
        "The lamp was found in the mayor's cellar. (The Quay, 1 June 2020)",
    ]
    assert "More" in labels(reply)
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HINT}"]


async def test_without_embed_links_a_longer_answer_takes_several_messages(rig: Rig) -> None:
    """Only the first is a reply, only the last has buttons; a follow-up may reply to either."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs=2)
    await deny(rig, EMBED_LINKS)
    first = await rig.mention(ACCUSED_QUESTION)
    second = await rig.fake_discord.next_message(rig.channel)
    assert ("message_reference" in first, "message_reference" in second) == (True, False)
    assert (labels(first), "More" in labels(second)) == ([], True)
    assert "**Denied:** Ada Quill denies it." in second["content"]
    for message in (first, second):
        await rig.mention("and where?", reply_to=message)
        assert rig.answerer.asked[-1] == ("and where?", (ACCUSED_QUESTION,))


@pytest.mark.parametrize("private", [True, False])
async def test_without_embed_links_a_command_is_answered_as_text(
    rig: Rig, caplog: pytest.LogCaptureFixture, *, private: bool
) -> None:
    """What does not fit follows as private, or as public, as the first message."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs=2)
    await deny(rig, EMBED_LINKS)
    used = await rig.ada.slash("ask", question=ACCUSED_QUESTION, private=private)
    (second,) = used.followups
    assert (used.ephemeral, bool(second["flags"] & EPHEMERAL)) == (private, private)
    assert "**Denied:** Ada Quill denies it." in second["content"]
    assert second["content"].endswith(f"\n-# Asked: {ACCUSED_QUESTION}")
    assert labels(second)[-3:] == ["More", "Good", "Wrong"]
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HINT}"]
    assert {str(body["allowed_mentions"]) for body in rig.bodies()} == {"{'parse': []}"}


async def test_a_user_installed_app_answers_without_embed_links_too(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """In a server that the bot is not in, its permissions are the person's; nobody there could change the bot's role."""
    elsewhere = rig.fake_discord.guild("Elsewhere", installed=False)
    elsewhere.channel("general").overwrites[elsewhere.id] = (0, EMBED_LINKS)
    bob = rig.fake_discord.person(elsewhere, name="Bob")
    bob.install()
    rig.answerer.answer_at_length(ACCUSED_QUESTION)
    used = await bob.slash("ask", question=ACCUSED_QUESTION)
    assert "**Denied:** Ada Quill denies it." in (used.message or {})["content"]
    assert logged_warnings(caplog) == []


async def test_a_user_installed_app_answers_in_other_peoples_conversations(rig: Rig) -> None:
    """A long answer is an embed there."""
    bob = rig.fake_discord.person(name="Bob")
    bob.install()
    rig.answerer.answer_at_length(ACCUSED_QUESTION)
    used = await bob.slash("ask", channel=rig.fake_discord.private(bob, rig.ada), question=ACCUSED_QUESTION)
    assert "**Denied:** Ada Quill denies it." in text(used.message)
    assert (await bob.click(used, "More")).ephemeral


async def test_without_send_messages_no_request_is_made(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once, and again after a change; commands are still answered."""
    await deny(rig, SEND_MESSAGES)
    before = len(rig.fake_discord.requests)
    for _ in range(3):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert len(rig.fake_discord.requests) == before
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages in channel {rig.channel.id}: {HINT}"]
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message  # answers to commands need no permission
    await deny(rig, 0)
    assert text(await rig.mention(PLACE_QUESTION))
    await deny(rig, SEND_MESSAGES)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert len(logged_warnings(caplog)) == 2


async def test_several_missing_permissions_are_logged_in_one_line(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Each is named."""
    await deny(rig, EMBED_LINKS | READ_HISTORY)
    assert (await rig.mention(PLACE_QUESTION))["content"]
    assert logged_warnings(caplog) == [
        f"The bot lacks Embed Links and Read Message History in channel {rig.channel.id}: {HINT}"
    ]


async def test_without_read_message_history_the_answer_has_no_reference(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord refuses replies there, but not messages."""
    await deny(rig, READ_HISTORY)
    reply = await rig.mention(LEFT_QUESTION)
    assert text(reply)
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == [f"The bot lacks Read Message History in channel {rig.channel.id}: {HINT}"]


@pytest.mark.parametrize("permission", [SEND_MESSAGES, VIEW_CHANNEL])
async def test_an_unexpected_403_is_logged_once(rig: Rig, permission: int, caplog: pytest.LogCaptureFixture) -> None:
    """There is one request, no apology and no traceback."""
    rig.channel.overwrites[rig.fake_discord.bot.id] = (0, permission & ~VIEW_CHANNEL)  # without an event
    if permission == VIEW_CHANNEL:
        rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 403, body={"message": "Missing Access", "code": 50001})
    before = len(rig.fake_discord.requests)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert len(rig.fake_discord.requests) == before + 1
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages in channel {rig.channel.id}: {HINT}"]


async def test_a_command_whose_embed_is_refused_is_answered_as_text(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The text is sent without the embed."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION)
    rig.fake_discord.fail_next("POST", "/callback$", 403, body={"message": "Missing Permissions", "code": 50013})
    used = await rig.ada.slash("ask", question=ACCUSED_QUESTION)
    assert used.message is not None
    assert used.message["embeds"] == []
    assert "**Denied:** Ada Quill denies it." in used.message["content"]
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HINT}"]


async def test_without_attach_files_no_picture_is_rendered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The user is told at once."""
    await deny(rig, ATTACH_FILES)
    used = await rig.ada.slash("timeline", picture="dark")
    assert used.message is not None
    assert used.message["content"] == (
        "I'm not allowed to attach files here. \\`/timeline\\` without a picture shows the same as text."
    )
    assert used.ephemeral
    assert logged_warnings(caplog) == [f"The bot lacks Attach Files in channel {rig.channel.id}: {HINT}"]


async def test_an_answer_to_a_deleted_question_has_no_reference(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged."""
    held = rig.fake_discord.hold_next("POST", MESSAGES_ROUTE)
    asked = await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    await rig.ada.delete(asked)
    held.release()
    reply = await rig.fake_discord.next_message(rig.channel)
    assert text(reply)
    assert "message_reference" not in reply
    assert logged_warnings(caplog) == []


async def test_an_answer_to_a_deleted_channel_is_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Other channels are answered as before."""
    other = rig.fake_discord.world.channel(rig.guild, "other")
    rig.fake_discord.join_guild(rig.guild)
    held = rig.fake_discord.hold_next("POST", f"/channels/{other.id}/messages")
    await rig.ada.send(other, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    rig.fake_discord.delete_channel(other)
    held.release()
    assert text(await rig.mention(PLACE_QUESTION))
    assert logged_warnings(caplog) == [f"Can't send an answer: channel {other.id} is gone"]


async def test_permissions_of_a_deleted_role_are_lost(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Permissions of @everyone still hold."""
    (role,) = [role for role in rig.guild.roles.values() if role.managed_by is not None]
    rig.fake_discord.deny_permissions(rig.channel, rig.guild.roles[rig.guild.id], deny=EMBED_LINKS)
    rig.fake_discord.delete_role(rig.guild, role)
    await rig.fake_discord.watch.round_trip()
    assert (await rig.mention(PLACE_QUESTION))["content"].startswith("It stands at Brim.")
    assert logged_warnings(caplog) == [f"The bot lacks Embed Links in channel {rig.channel.id}: {HINT}"]


async def test_a_button_of_a_deleted_card_is_answered(rig: Rig) -> None:
    """The interaction outlives its message."""
    card = await rig.mention(PLACE_QUESTION)
    held = rig.fake_discord.hold_next("POST", "/callback$")
    pressing = asyncio.create_task(rig.ada.click(card, "More"))
    await held.arrived.wait()
    rig.fake_discord.message_events.drop(rig.fake_discord.messages_store.find(card["id"]))
    held.release()
    assert (await pressing).message


async def test_configured_channels_that_the_bot_cannot_see_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They are checked once the guilds are known."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen_channels=(99999999,)) as rig:
        await rig.client.on_ready()
        assert logged_warnings(caplog) == [
            "The bot can't see channel 99999999 of the settings: allow it View Channel there, "
            "or remove the channel from config.yaml"
        ]


async def test_moderators_that_are_not_there_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A role or server that was mistyped makes nobody a moderator; said once, not at each reconnection."""
    async with discord_rig(tmp_path, moderator_guilds=(88888888,), moderator_roles=(99999999,)) as rig:
        await rig.client.on_ready()
        await rig.client.on_ready()
        lines = [line.partition(":")[0] for line in logged_warnings(caplog)]
        assert [line for line in lines if "moderator_" in line] == [
            "The bot is not in server 88888888 of moderator_guilds",
            "There is no role 99999999 of moderator_roles in any server of moderator_guilds, so it makes nobody a moderator",
        ]


async def test_after_a_refusal_nothing_is_tried_there_for_minutes(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Discord counts refusals: one request and one line, however many ask, and commands are answered."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 403, 99, body={"message": "no", "code": 50001})
    for _ in range(10):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
        await rig.fake_discord.assert_silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [f"The bot lacks Send Messages in channel {rig.channel.id}: {HINT}"]
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message


def test_a_server_full_of_refusing_channels_is_left_alone() -> None:
    """With many channels a server could collect as many refusals; other servers are answered."""
    refusals = ChannelRefusals()
    for channel in range(MAX_PER_SERVER):
        assert not refusals.covers(channel, 7)
        refusals.add(channel, 7)
    assert refusals.covers(99, 7)
    assert not refusals.covers(100, 8)
