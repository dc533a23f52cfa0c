"""Malformed events and packets are skipped, and logged once for each kind without their content."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.common import error_handler, user_text
from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, Rig, discord_rig, text
from tests.support.fake_discord import Channel
from tests.support.moderation_rig import moderation_rig

SECRET = "my secret"
PERSON = "123456789012345678"


@pytest.fixture
async def rig(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Rig]:
    """Run a bot with its log lines captured."""
    caplog.set_level(logging.INFO, logger="bot")
    async with discord_rig(tmp_path) as running:
        yield running


def logged_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return all log lines from warning on, of all loggers."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def assert_still_answering(rig: Rig) -> None:
    """Assert that questions are answered over the same connection."""
    assert text(await rig.mention(LEFT_QUESTION))
    assert (await rig.ada.slash("ask", question=PLACE_QUESTION)).message
    assert (len(rig.fake_discord.gateway.identifies), len(rig.fake_discord.gateway.resumes)) == (1, 0)


def skip_message(what: str, error: str) -> str:
    """Return the log line for a kind of malformed data."""
    return f"Skipped a {what} from Discord that can't be read ({error}); more like it won't be logged"


MALFORMED: list[tuple[str, Any, str]] = [
    ("MESSAGE_CREATE", {"id": PERSON, "content": SECRET}, "KeyError"),
    ("MESSAGE_CREATE", [SECRET], "TypeError"),
    (
        "MESSAGE_CREATE",
        {"id": PERSON, "channel_id": PERSON, "author": {"id": PERSON, "username": SECRET}, "content": SECRET},
        "ValidationError",
    ),
    ("MESSAGE_CREATE", None, "TypeError"),
    ("CHANNEL_CREATE", {"id": PERSON, "type": 0, "name": SECRET, "guild_id": "x"}, "ValueError"),
    ("GUILD_CREATE", {"id": PERSON, "name": SECRET, "roles": {"a": 1}}, "TypeError"),
    ("GUILD_MEMBER_ADD", {"guild_id": {"a": SECRET}}, "TypeError"),
    ("INTERACTION_CREATE", {"id": PERSON, "type": 2, "data": SECRET}, "KeyError"),
    ("THREAD_CREATE", {"guild_id": "1", "id": SECRET}, "KeyError"),
]


@pytest.mark.parametrize(("event", "data", "error"), MALFORMED)
async def test_a_malformed_event_is_skipped(
    rig: Rig, event: str, data: Any, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once for its kind, without its content."""
    for _ in range(3):
        rig.fake_discord.send_event(event, data)
    await assert_still_answering(rig)
    lines = logged_warnings(caplog)
    assert len(lines) <= 1
    for line in lines:
        assert re.match(rf"Skipped an? {event} from Discord that can't be read \(", line)
        assert error
    assert SECRET not in caplog.text
    assert PERSON not in caplog.text


async def test_the_log_names_the_event_and_the_error(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Here a channel has no position."""
    (channel,) = rig.guild.channels.values()
    shown = channel.payload(rig.fake_discord.bot)
    del shown["position"]
    rig.fake_discord.send_event("CHANNEL_CREATE", shown | {"guild_id": str(rig.guild.id), "id": PERSON})
    await assert_still_answering(rig)
    assert logged_warnings(caplog) == [skip_message("CHANNEL_CREATE", "KeyError")]


@pytest.mark.parametrize(
    "packet", ["", "no json", "[]", "null", '"text"', "[" * 100_000, '{"op": "secret"}', '{"op": 0, "t": {}, "d": 1}']
)
async def test_a_malformed_packet_is_skipped(rig: Rig, packet: str) -> None:
    """Neither the connection nor the process ends."""
    rig.fake_discord.send_packet(packet)
    await assert_still_answering(rig)


async def test_a_partly_malformed_guild_is_served(tmp_path: Path) -> None:
    """Its messages are not mistaken for direct messages."""
    async with discord_rig(tmp_path) as rig:
        late = rig.fake_discord.guild("Late room")
        bob, channel = rig.fake_discord.person(late, name="Bob"), late.channel("general")
        broken = late.payload(rig.fake_discord.bot, all_members=False) | {
            "roles": {},
            "channels": [{"id": str(channel.id)}],
        }
        rig.fake_discord.send_event("GUILD_CREATE", broken)
        await bob.send(channel, LEFT_QUESTION, mention_bot=True)
        assert text(await rig.fake_discord.next_message(channel))
        await bob.send(channel, "just chatting")
        await rig.fake_discord.assert_silent(channel)


def _message(rig: Rig, channel: Channel, **more: Any) -> dict[str, Any]:
    """Return a message that mentions the bot as the gateway sends it, with some fields changed."""
    body = {"content": f"<@{rig.fake_discord.bot.id}> {LEFT_QUESTION}"}
    message = rig.fake_discord.messages_store.create(channel, rig.ada.user, body)
    payload = message.payload() | rig.fake_discord.message_events._gateway_fields(message)
    return {key: value for key, value in (payload | more).items() if value != "gone"}


@pytest.mark.parametrize(
    "more",
    [
        {
            "poll": {
                "question": {"text": "?"},
                "answers": [],
                "expiry": None,
                "layout_type": 1,
                "allow_multiselect": False,
            }
        },
        {"embeds": [7]},
        {"attachments": "none"},
        {"components": [{"type": "x"}]},
    ],
)
async def test_a_question_beside_malformed_fields_is_answered(rig: Rig, more: dict[str, Any]) -> None:
    """Polls, embeds, attachments and components may be malformed."""
    rig.fake_discord.mark()
    rig.fake_discord.send_event("MESSAGE_CREATE", _message(rig, rig.channel, **more))
    assert text(await rig.fake_discord.next_message(rig.channel))


async def test_a_message_with_a_null_guild_is_a_direct_message(rig: Rig) -> None:
    """Some servers send `guild_id: null` where Discord omits it."""
    rig.fake_discord.mark()
    rig.fake_discord.send_event("MESSAGE_CREATE", _message(rig, rig.ada.direct, guild_id=None))
    assert text(await rig.fake_discord.next_message(rig.ada))


async def test_a_thread_with_an_unknown_parent_is_answered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Its permissions are unknown, so the bot tries."""
    thread = rig.fake_discord.world.channel(rig.guild, "a thread")
    meta = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-01-01T00:00:00+00:00"}
    about = {"id": str(thread.id), "type": 11, "guild_id": str(rig.guild.id), "parent_id": PERSON, "name": "a thread"}
    counts = {"owner_id": str(rig.ada.id), "message_count": 0, "member_count": 1, "thread_metadata": meta}
    rig.fake_discord.send_event("THREAD_CREATE", about | counts)
    await rig.ada.send(thread, LEFT_QUESTION, mention_bot=True)
    assert text(await rig.fake_discord.next_message(thread))
    assert logged_warnings(caplog) == []


BROKEN_READY: list[dict[str, Any]] = [
    {"guilds": [{"id": None}]},
    {"guilds": [7]},
    {"guilds": None},
    {"user": {"id": PERSON}},
    {"user": None},
]


@pytest.mark.parametrize("change", BROKEN_READY)
async def test_a_partly_malformed_ready_is_used(tmp_path: Path, change: dict[str, Any]) -> None:
    """GUILD_CREATE brings the guilds, and the login the bot's user."""
    async with discord_rig(tmp_path) as rig:
        sessions = list(rig.fake_discord.gateway.sessions.values())
        (session,) = sessions
        ready = {"v": 10, "session_id": session.id, "resume_gateway_url": rig.fake_discord.gateway_url, "guilds": []}
        rig.fake_discord.send_event("READY", ready | {"user": rig.fake_discord.bot.payload(), "shard": [0, 1]} | change)
        rig.fake_discord.join_guild(rig.guild)
        await assert_still_answering(rig)


@pytest.mark.parametrize("kind", ["menu", "autocomplete"])
async def test_a_malformed_command_is_answered_with_an_error(
    rig: Rig, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once, and no task fails."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    send = rig.fake_discord.gateway.dispatch

    def broken(event: str, build: Any, *more: Any) -> None:
        payload = build(None)
        if kind == "menu":
            payload["data"]["resolved"] = {"messages": {payload["data"]["target_id"]: SECRET}}
        else:
            payload["data"]["options"] = [{"name": "question", "type": 3, "focused": True, "value": {"a": SECRET}}]
        send(event, lambda _: payload, *more)

    asked = await rig.ada.send(rig.channel, LEFT_QUESTION)
    await rig.fake_discord.watch.wait(5)
    rig.fake_discord.gateway.dispatch = broken  # type: ignore[method-assign, assignment]
    if kind == "menu":
        used = await rig.ada.menu("Answer this", asked)
        assert used.message is not None
        assert used.message["content"] == user_text.MALFORMED
        assert used.ephemeral
    else:
        assert await rig.ada.autocomplete("ask", "question", "when") == []
    rig.fake_discord.gateway.dispatch = send  # type: ignore[method-assign]
    assert [
        line.startswith("Skipped an INTERACTION_CREATE from Discord that can't be read (")
        for line in logged_warnings(caplog)
    ] == [True]
    assert SECRET not in "\n".join(logged_warnings(caplog))
    assert unhandled == []
    await assert_still_answering(rig)


async def test_late_suggestions_are_logged_without_the_user(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """discord.py would log the user's id."""
    rig.fake_discord.fail_next("POST", "/callback", 404, body={"message": "no", "code": 10062})
    with pytest.raises(AssertionError):
        await rig.ada.autocomplete("ask", "question", "when")
    assert logged_warnings(caplog) == [
        "Discord rejected the answer to an interaction: it was not answered within 3 seconds; "
        "is the machine or the network too slow?"
    ]
    assert str(rig.ada.id) not in caplog.text


async def test_an_unhandled_exception_is_logged_once_without_content(caplog: pytest.LogCaptureFixture) -> None:
    """Asyncio's own message would show the object."""
    handler = error_handler.UnhandledExceptionHandler()
    loop = asyncio.get_running_loop()
    for _ in range(2):
        handler(loop, {"message": f"Task exception was never retrieved {SECRET}", "exception": KeyError(SECRET)})
    assert logged_warnings(caplog) == ["Unhandled error in a background task"]


async def test_an_interaction_that_is_delivered_twice_is_handled_once(tmp_path: Path) -> None:
    """A resumed session may repeat events; each repetition would leave a draft of its own."""
    async with moderation_rig(tmp_path) as rig:
        used = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts of the tower")
        for _ in range(2):
            rig.fake_discord.gateway.dispatch("INTERACTION_CREATE", lambda _: used.payload, rig.guild.id)
        await rig.mo.slash("kb history")
        assert len(rig.journal.drafts.pending(9)) == 1


async def test_a_lone_surrogate_in_what_is_typed_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The draft can be stored and read again, and nothing is a bug."""
    async with moderation_rig(tmp_path) as rig:
        await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts \ud800 of the tower")
        (draft,) = rig.journal.drafts.pending(9)
        assert draft.texts == {"phrasing": "whereabouts \ufffd of the tower"}
        form = await rig.mo.slash("kb edit", entry="keeper-place")
        await rig.mo.submit(form, {"Answer": "It stands \udfff at Brim."})
        assert [draft.texts.get("answer") for draft in rig.journal.drafts.pending(9)] == [
            "It stands \ufffd at Brim.",
            None,
        ]
    assert "bug" not in caplog.text
