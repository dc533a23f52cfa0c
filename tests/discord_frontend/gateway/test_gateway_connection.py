"""The gateway connection breaks in every way there is: the bot comes back by itself, and says so in one line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.discord_frontend.gateway import fatal_errors, gateway_connection
from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.runner import start
from bot.errors import StartError
from tests.support.discord_rig import LEFT_QUESTION, OPENAPI, PLACE_QUESTION, Rig, discord_rig, embed, new_client
from tests.support.fake_discord import FakeDiscord

LOST = "Lost the connection to Discord"
AGAIN = "Reconnected after"


@pytest.fixture
async def rig(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Rig]:
    """A running bot which does not wait five seconds before it begins a new session."""
    caplog.set_level(logging.INFO, logger="bot")
    async with discord_rig(tmp_path) as running:

        async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
            """Discord's limit of one new session in five seconds is the fake Discord's to forget."""

        running.client.before_identify_hook = at_once  # type: ignore[method-assign]
        yield running


Break = Callable[[Rig], Awaitable[None]]


async def dropped(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(4000)


async def closed_without_reason(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(1000)


async def cable_pulled(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(None)


async def told_to_reconnect(rig: Rig) -> None:
    await rig.fake_discord.request_reconnect()


async def invalidated_but_resumable(rig: Rig) -> None:
    await rig.fake_discord.invalidate_session(resumable=True)


async def invalidated(rig: Rig) -> None:
    await rig.fake_discord.invalidate_session(resumable=False)


async def session_timed_out(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(4009)


RESUMED: list[Break] = [dropped, closed_without_reason, cable_pulled, told_to_reconnect, invalidated_but_resumable]
NEW_SESSION: list[Break] = [invalidated, session_timed_out]


def said(caplog: pytest.LogCaptureFixture, start: str) -> list[str]:
    """Our own lines that start so."""
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith(start)]


@pytest.mark.parametrize("trouble", RESUMED)
async def test_a_session_that_goes_on_misses_nothing(
    rig: Rig, trouble: Break, caplog: pytest.LogCaptureFixture
) -> None:
    """What is asked while the connection is away is answered once; commands stay; one line for the loss, one for the end."""
    await trouble(rig)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.wait_for_reconnect()
    assert embed(await rig.fake_discord.next_message(rig.channel))["title"]
    await rig.fake_discord.silent(rig.channel)
    assert (await rig.ada.slash("ask", question=PLACE_QUESTION)).message
    assert rig.fake_discord.command_calls == [("PUT", None)]
    assert (len(rig.fake_discord.gateway.resumes), len(rig.fake_discord.gateway.identifies)) == (1, 1)
    assert len(said(caplog, LOST)) == 1
    (line,) = said(caplog, AGAIN)
    assert line.endswith("; no messages were missed")


@pytest.mark.parametrize("trouble", NEW_SESSION)
async def test_a_session_that_is_gone_is_begun_anew(rig: Rig, trouble: Break, caplog: pytest.LogCaptureFixture) -> None:
    """Commands are still there and are not registered again; the line says that something may have been missed."""
    await trouble(rig)
    await rig.fake_discord.wait_for_reconnect()
    await rig.fake_discord.watch.round_trip()
    assert embed(await rig.mention(LEFT_QUESTION))["title"]
    assert (await rig.ada.slash("ask", question=PLACE_QUESTION)).message
    assert rig.fake_discord.command_calls == [("PUT", None)]
    assert len(rig.fake_discord.gateway.identifies) == 2
    assert len(said(caplog, LOST)) == 1
    (line,) = said(caplog, AGAIN)
    assert line.endswith("in a new session; messages sent meanwhile were missed")


async def test_a_message_that_comes_twice_is_answered_once(rig: Rig) -> None:
    """After a lost connection Discord may send an event again."""
    asked = await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.next_message(rig.channel)
    rig.fake_discord.mark()
    rig.fake_discord.message_events.announce(rig.fake_discord.messages_store.find(asked["id"]))
    await rig.fake_discord.silent(rig.channel)


async def test_a_server_that_comes_later_is_served(tmp_path: Path) -> None:
    """READY may name a server that has an outage; when it is back, so is the bot there."""
    async with discord_rig(tmp_path) as rig:
        late = rig.fake_discord.guild("Late room")
        bob = rig.fake_discord.person(late, name="Bob")
        rig.fake_discord.leave_guild(late, outage=True)
        await rig.fake_discord.watch.round_trip()
        rig.fake_discord.join_guild(late)
        await bob.says(late.channel("general"), LEFT_QUESTION, mention_bot=True)
        assert embed(await rig.fake_discord.next_message(late.channel("general")))["title"]
        assert (await bob.slash("ask", question=PLACE_QUESTION)).message


@pytest.mark.parametrize("silent", [False, True])
async def test_a_connection_without_heartbeats_is_made_anew(
    tmp_path: Path, *, silent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Heartbeats that nobody acknowledges, or nothing at all any more: the connection is ended and made again."""
    caplog.set_level(logging.INFO, logger="bot")
    async with discord_rig(tmp_path, heartbeat=60, health_interval=0.02) as rig:
        if silent:
            rig.fake_discord.silence_gateway()
        else:
            rig.fake_discord.ack_heartbeats = False
            rig.fake_discord._generation = rig.fake_discord.gateway.generation
        await rig.fake_discord.wait_for_reconnect()
        rig.fake_discord.ack_heartbeats = True
        assert embed(await rig.mention(LEFT_QUESTION))["title"]
        assert said(caplog, "Discord stopped acknowledging heartbeats; reconnecting")
        assert len(rig.fake_discord.gateway.identifies) == 1


async def test_discord_out_of_reach_for_a_while(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Attempts that fail are no further lines of ours, and the bot is there when Discord is."""
    fault = rig.fake_discord.refuse_gateway(2)
    await rig.fake_discord.drop_gateway(None)
    await rig.fake_discord.wait_for_reconnect(within=20)
    assert embed(await rig.mention(LEFT_QUESTION))["title"]
    assert fault.hits == 2
    assert len(said(caplog, LOST)) == 1


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, *range(4000, 4004), *range(4005, 4010), 4999, None])
async def test_after_any_other_close_code_it_comes_back(
    rig: Rig, code: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    """By going on with the session or by a new one; nothing of discord.py's is in the log."""
    await rig.fake_discord.drop_gateway(None if code == 1006 else code)
    await rig.fake_discord.wait_for_reconnect()
    await rig.fake_discord.watch.round_trip()
    assert embed(await rig.mention(LEFT_QUESTION))["title"]
    assert len(said(caplog, LOST)) == len(said(caplog, AGAIN)) == 1
    assert [record.name for record in caplog.records if record.name.startswith("discord")] == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (4004, fatal_errors.INVALID_TOKEN),
        (4010, "Discord does not have these shards: check 'shards' and 'shard_ids' in config.yaml"),
        (4011, "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"),
        (4012, "Discord no longer supports this version of its gateway: update Pilcrow"),
        (4013, "Discord does not know the intents of this version: update Pilcrow"),
        (4014, fatal_errors.INTENT_NOT_ENABLED),
    ],
)
async def test_a_close_code_that_nothing_mends_ends_with_its_sentence(tmp_path: Path, code: int, sentence: str) -> None:
    """While running, as at the start."""
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        running = asyncio.create_task(start(new_client(fake_discord, tmp_path), fake_discord.token))
        await fake_discord.until(fake_discord.gateway.listening, "READY")
        await fake_discord.watch.round_trip()
        await fake_discord.drop_gateway(code)
        with pytest.raises(StartError) as ended:
            await asyncio.wait_for(running, 5)
        assert str(ended.value) == sentence


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("way", ["gateway", "requests", "identify"])
async def test_a_token_that_is_taken_back_ends_the_bot(rig: Rig, way: str) -> None:
    """Discord ends sessions with 4000 or 4004, or refuses requests: the end comes with the sentence about the token."""
    running = next(task for task in asyncio.all_tasks() if task.get_name() == "the bot")
    rig.fake_discord.token = "another"
    if way == "requests":
        await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    else:
        rig.fake_discord.gateway.refusal = 4000 if way == "gateway" else None
        await rig.fake_discord.drop_gateway(4000)
    done, _ = await asyncio.wait({running}, timeout=5)
    assert done
    assert str(running.exception()) == fatal_errors.INVALID_TOKEN
    rig.fake_discord.unknown_requests.clear()


@pytest.mark.usefixtures("no_backoff")
async def test_sessions_that_end_at_once_are_no_silent_loop(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Close code 4000 at every new session, with a token that is good: two lines, not connected, longer waits."""
    rig.fake_discord.gateway.refusal = 4000
    await rig.fake_discord.drop_gateway(4000)
    await rig.fake_discord.until(
        lambda: len(rig.fake_discord.gateway.resumes) + len(rig.fake_discord.gateway.identifies) > 8, "attempts"
    )
    assert not rig.client.gateway_monitor.all_connected
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == [
        "Lost the connection to Discord (close code 4000); reconnecting",
        "Still can't connect (close code 4000); retrying less often",
    ]
    rig.fake_discord.gateway.refusal = None
    await rig.fake_discord.wait_for_reconnect()


def test_waits_grow_and_stay_below_the_day_s_limit() -> None:
    """At once, then longer each time; new sessions stay under Discord's 1,000 a day."""
    backoff = Backoff()
    waits = [backoff.next_delay(retry_at_once=True, longest=gateway_connection.IDENTIFY_INTERVAL) for _ in range(12)]
    assert waits[0] == 0
    assert waits[1] <= 1
    assert waits[2] > waits[1]
    assert 24 * 3600 / (0.75 * gateway_connection.IDENTIFY_INTERVAL) < 1000
    assert 0.75 * gateway_connection.IDENTIFY_INTERVAL <= waits[-1] <= gateway_connection.IDENTIFY_INTERVAL
