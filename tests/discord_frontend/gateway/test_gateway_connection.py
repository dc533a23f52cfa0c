"""Reconnecting to the gateway after every kind of failure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.discord_frontend.gateway import fatal_errors, gateway_connection, startup_retry
from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.runner import start
from bot.errors import StartError
from tests.support.discord_rig import LEFT_QUESTION, OPENAPI, PLACE_QUESTION, Rig, discord_rig, new_client, text
from tests.support.fake_discord import FakeDiscord

LOST_PREFIX = "Lost the connection to Discord"
RECONNECTED_PREFIX = "Reconnected after"


@pytest.fixture
async def rig(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Rig]:
    """Run a bot that starts new sessions without discord.py's delay."""
    caplog.set_level(logging.INFO, logger="bot")
    async with discord_rig(tmp_path) as running:

        async def skip_identify_delay(shard_id: int | None, *, initial: bool = False) -> None:
            """Skip the five seconds between two sessions."""

        running.client.before_identify_hook = skip_identify_delay  # type: ignore[method-assign]
        yield running


Failure = Callable[[Rig], Awaitable[None]]


async def dropped(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(4000)


async def closed_without_reason(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(1000)


async def connection_aborted(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(None)


async def asked_to_reconnect(rig: Rig) -> None:
    await rig.fake_discord.request_reconnect()


async def invalidated_but_resumable(rig: Rig) -> None:
    await rig.fake_discord.invalidate_session(resumable=True)


async def invalidated(rig: Rig) -> None:
    await rig.fake_discord.invalidate_session(resumable=False)


async def session_timed_out(rig: Rig) -> None:
    await rig.fake_discord.drop_gateway(4009)


RESUMED: list[Failure] = [
    dropped,
    closed_without_reason,
    connection_aborted,
    asked_to_reconnect,
    invalidated_but_resumable,
]
NEW_SESSION: list[Failure] = [invalidated, session_timed_out]


def logged_lines(caplog: pytest.LogCaptureFixture, prefix: str) -> list[str]:
    """Return the log lines that start with a prefix."""
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith(prefix)]


@pytest.mark.parametrize("failure", RESUMED)
async def test_a_resumed_session_misses_no_messages(
    rig: Rig, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    """Messages sent meanwhile are answered once; the loss and the reconnection are logged."""
    await failure(rig)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.wait_for_reconnect()
    assert text(await rig.fake_discord.next_message(rig.channel))
    await rig.fake_discord.assert_silent(rig.channel)
    assert (await rig.ada.slash("ask", question=PLACE_QUESTION)).message
    assert rig.fake_discord.command_calls == [("PUT", None)]
    assert (len(rig.fake_discord.gateway.resumes), len(rig.fake_discord.gateway.identifies)) == (1, 1)
    assert len(logged_lines(caplog, LOST_PREFIX)) == 1
    (line,) = logged_lines(caplog, RECONNECTED_PREFIX)
    assert line.endswith("; no messages were missed")


@pytest.mark.parametrize("failure", NEW_SESSION)
async def test_a_lost_session_is_replaced_by_a_new_one(
    rig: Rig, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    """Commands are not registered again; the log says that messages may have been missed."""
    await failure(rig)
    await rig.fake_discord.wait_for_reconnect()
    await rig.fake_discord.watch.round_trip()
    assert text(await rig.mention(LEFT_QUESTION))
    assert (await rig.ada.slash("ask", question=PLACE_QUESTION)).message
    assert rig.fake_discord.command_calls == [("PUT", None)]
    assert len(rig.fake_discord.gateway.identifies) == 2
    assert len(logged_lines(caplog, LOST_PREFIX)) == 1
    (line,) = logged_lines(caplog, RECONNECTED_PREFIX)
    assert line.endswith("in a new session; messages sent meanwhile were missed")


async def test_a_repeated_event_is_answered_once(rig: Rig) -> None:
    """Discord may repeat an event after a lost connection."""
    asked = await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.next_message(rig.channel)
    rig.fake_discord.mark()
    rig.fake_discord.message_events.announce(rig.fake_discord.messages_store.find(asked["id"]))
    await rig.fake_discord.assert_silent(rig.channel)


async def test_a_guild_that_becomes_available_is_served(tmp_path: Path) -> None:
    """READY may name a guild with an outage."""
    async with discord_rig(tmp_path) as rig:
        late = rig.fake_discord.guild("Late room")
        bob = rig.fake_discord.person(late, name="Bob")
        rig.fake_discord.leave_guild(late, outage=True)
        await rig.fake_discord.watch.round_trip()
        rig.fake_discord.join_guild(late)
        await bob.send(late.channel("general"), LEFT_QUESTION, mention_bot=True)
        assert text(await rig.fake_discord.next_message(late.channel("general")))
        assert (await bob.slash("ask", question=PLACE_QUESTION)).message


@pytest.mark.parametrize("silent", [False, True])
async def test_a_connection_without_heartbeat_acknowledgements_is_resumed(
    tmp_path: Path, *, silent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It is closed and opened again, also if nothing arrives any more."""
    caplog.set_level(logging.INFO, logger="bot")
    async with discord_rig(tmp_path, heartbeat=60, health_interval=0.02) as rig:
        if silent:
            rig.fake_discord.silence_gateway()
        else:
            rig.fake_discord.ack_heartbeats = False
            rig.fake_discord._generation = rig.fake_discord.gateway.generation
        await rig.fake_discord.wait_for_reconnect()
        rig.fake_discord.ack_heartbeats = True
        assert text(await rig.mention(LEFT_QUESTION))
        assert logged_lines(caplog, "Discord stopped acknowledging heartbeats; reconnecting")
        assert len(rig.fake_discord.gateway.identifies) == 1


async def test_failed_connection_attempts_are_not_logged_again(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The bot reconnects once Discord can be reached."""
    fault = rig.fake_discord.refuse_gateway(2)
    await rig.fake_discord.drop_gateway(None)
    await rig.fake_discord.wait_for_reconnect(within=20)
    assert text(await rig.mention(LEFT_QUESTION))
    assert fault.hits == 2
    assert len(logged_lines(caplog, LOST_PREFIX)) == 1


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, *range(4000, 4004), *range(4005, 4010), 4999, None])
async def test_any_other_close_code_leads_to_a_reconnection(
    rig: Rig, code: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The session is resumed or replaced; discord.py logs nothing."""
    await rig.fake_discord.drop_gateway(None if code == 1006 else code)
    await rig.fake_discord.wait_for_reconnect()
    await rig.fake_discord.watch.round_trip()
    assert text(await rig.mention(LEFT_QUESTION))
    assert len(logged_lines(caplog, LOST_PREFIX)) == len(logged_lines(caplog, RECONNECTED_PREFIX)) == 1
    assert [record.name for record in caplog.records if record.name.startswith("discord")] == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (4004, fatal_errors.INVALID_TOKEN),
        (4010, "Discord does not have these shards: check 'shards' and 'shard_ids' in config.yaml"),
        (4011, "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"),
        (4012, "Discord no longer supports this version of its gateway: update Pilcrow"),
        (4013, "Discord does not know the intents of this version: update Pilcrow"),
        (4014, fatal_errors.INTENT_NOT_ENABLED),
    ],
)
async def test_a_fatal_close_code_is_a_start_error(tmp_path: Path, code: int, message: str) -> None:
    """It ends a running bot as well."""
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        running = asyncio.create_task(start(new_client(fake_discord, tmp_path), fake_discord.token))
        await fake_discord.until(fake_discord.gateway.listening, "READY")
        await fake_discord.watch.round_trip()
        await fake_discord.drop_gateway(code)
        with pytest.raises(StartError) as error:
            await asyncio.wait_for(running, 5)
        assert str(error.value) == message


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("refused", ["gateway", "requests", "identify"])
async def test_a_revoked_token_ends_the_bot(rig: Rig, refused: str) -> None:
    """The error is the same whether sessions, requests or IDENTIFY are refused."""
    running = next(task for task in asyncio.all_tasks() if task.get_name() == "the bot")
    rig.fake_discord.token = "another"
    if refused == "requests":
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    else:
        rig.fake_discord.gateway.refusal = 4000 if refused == "gateway" else None
        await rig.fake_discord.drop_gateway(4000)
    done, _ = await asyncio.wait({running}, timeout=5)
    assert done
    assert str(running.exception()) == fatal_errors.INVALID_TOKEN
    rig.fake_discord.unknown_requests.clear()


@pytest.mark.usefixtures("no_backoff")
async def test_sessions_that_keep_ending_are_logged_and_retried_less_often(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Two lines are logged, and the monitor reports no connection."""
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


def test_the_backoff_grows_and_respects_the_daily_session_limit() -> None:
    """Discord allows 1,000 new sessions a day."""
    backoff = Backoff()
    delays = [backoff.next_delay(retry_at_once=True, longest=gateway_connection.IDENTIFY_INTERVAL) for _ in range(12)]
    assert delays[0] == 0
    assert delays[1] <= 1
    assert delays[2] > delays[1]
    assert 24 * 3600 / (0.75 * gateway_connection.IDENTIFY_INTERVAL) < 1000
    assert 0.75 * gateway_connection.IDENTIFY_INTERVAL <= delays[-1] <= gateway_connection.IDENTIFY_INTERVAL


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("interval", [0, -41_250, float("nan"), 1e-9, 1e300, None])
async def test_an_impossible_heartbeat_interval_is_refused(
    rig: Rig, interval: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection is given up and a new one opened; no thread sends heartbeats without a pause, or never."""
    rig.fake_discord.heartbeat_interval = interval
    await rig.fake_discord.drop_gateway(4000)
    await rig.fake_discord.until(lambda: "Skipped a packet from Discord" in caplog.text, "an attempt")
    rig.fake_discord.heartbeat_interval = 41_250
    await rig.fake_discord.wait_for_reconnect()
    (socket,) = rig.client.sockets().values()
    assert socket._keep_alive is not None
    assert socket._keep_alive.interval == 41.25
    assert text(await rig.mention(LEFT_QUESTION))


def test_a_wait_that_discord_asks_for_at_the_start_is_limited() -> None:
    """A billion seconds are an error; the next attempt follows in a quarter of an hour."""
    assert startup_retry._retry_after(discord.RateLimited(1e9)) == 900.0
    assert startup_retry._retry_after(discord.RateLimited(40.0)) == 40.0
