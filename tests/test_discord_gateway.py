"""The gateway connection breaks in every way there is: the bot comes back by itself, and says so in one line."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.test_discord_rig import LEFT, PLACE, Rig, embed, rig

LOST = "The connection to Discord is lost"
AGAIN = "Connected again after"


@pytest.fixture
async def r(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Rig]:
    """A running bot which does not wait five seconds before it begins a new session."""
    caplog.set_level(logging.INFO, logger="bot")
    async with rig(tmp_path) as running:

        async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
            """Discord's limit of one new session in five seconds is the stand-in's to forget."""

        running.client.before_identify_hook = at_once  # type: ignore[method-assign]
        yield running


Break = Callable[[Rig], Awaitable[None]]


async def dropped(r: Rig) -> None:
    await r.standin.drop_gateway(4000)


async def closed_without_reason(r: Rig) -> None:
    await r.standin.drop_gateway(1000)


async def cable_pulled(r: Rig) -> None:
    await r.standin.drop_gateway(None)


async def told_to_reconnect(r: Rig) -> None:
    await r.standin.request_reconnect()


async def invalidated_but_resumable(r: Rig) -> None:
    await r.standin.invalidate_session(resumable=True)


async def invalidated(r: Rig) -> None:
    await r.standin.invalidate_session(resumable=False)


async def session_timed_out(r: Rig) -> None:
    await r.standin.drop_gateway(4009)


RESUMED: list[Break] = [dropped, closed_without_reason, cable_pulled, told_to_reconnect, invalidated_but_resumable]
NEW_SESSION: list[Break] = [invalidated, session_timed_out]


def said(caplog: pytest.LogCaptureFixture, start: str) -> list[str]:
    """Our own lines that start so."""
    return [record.getMessage() for record in caplog.records if record.getMessage().startswith(start)]


@pytest.mark.parametrize("trouble", RESUMED)
async def test_a_session_that_goes_on_misses_nothing(r: Rig, trouble: Break, caplog: pytest.LogCaptureFixture) -> None:
    """What is asked while the connection is away is answered once; commands stay; one line for the loss, one for the end."""
    await trouble(r)
    await r.ada.says(r.channel, LEFT, mention_bot=True)
    await r.standin.reconnected()
    assert embed(await r.standin.next_message(r.channel))["title"]
    await r.standin.silent(r.channel)
    assert (await r.ada.slash("ask", question=PLACE)).message
    assert r.standin.command_calls == [("PUT", None)]
    assert (len(r.standin.gateway.resumes), len(r.standin.gateway.identifies)) == (1, 1)
    assert len(said(caplog, LOST)) == 1
    (line,) = said(caplog, AGAIN)
    assert line.endswith("; nothing was missed")


@pytest.mark.parametrize("trouble", NEW_SESSION)
async def test_a_session_that_is_gone_is_begun_anew(r: Rig, trouble: Break, caplog: pytest.LogCaptureFixture) -> None:
    """Commands are still there and are not registered again; the line says that something may have been missed."""
    await trouble(r)
    await r.standin.reconnected()
    await r.standin.watch.round_trip()
    assert embed(await r.mention(LEFT))["title"]
    assert (await r.ada.slash("ask", question=PLACE)).message
    assert r.standin.command_calls == [("PUT", None)]
    assert len(r.standin.gateway.identifies) == 2
    assert len(said(caplog, LOST)) == 1
    (line,) = said(caplog, AGAIN)
    assert line.endswith("in a new session: what was written meanwhile was missed")


async def test_a_message_that_comes_twice_is_answered_once(r: Rig) -> None:
    """After a lost connection Discord may send an event again."""
    asked = await r.ada.says(r.channel, LEFT, mention_bot=True)
    await r.standin.next_message(r.channel)
    r.standin.mark()
    r.standin.telling.announce(r.standin.messages_store.find(asked["id"]))
    await r.standin.silent(r.channel)


async def test_a_server_that_comes_later_is_served(tmp_path: Path) -> None:
    """READY may name a server that has an outage; when it is back, so is the bot there."""
    async with rig(tmp_path) as r:
        late = r.standin.guild("Late room")
        bob = r.standin.person(late, name="Bob")
        r.standin.leaves(late, outage=True)
        await r.standin.watch.round_trip()
        r.standin.appears(late)
        await bob.says(late.channel("general"), LEFT, mention_bot=True)
        assert embed(await r.standin.next_message(late.channel("general")))["title"]
        assert (await bob.slash("ask", question=PLACE)).message


@pytest.mark.parametrize("silent", [False, True])
async def test_a_connection_without_heartbeats_is_made_anew(
    tmp_path: Path, *, silent: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Heartbeats that nobody acknowledges, or nothing at all any more: the connection is ended and made again."""
    caplog.set_level(logging.INFO, logger="bot")
    async with rig(tmp_path, heartbeat=60, look=0.02) as r:
        if silent:
            r.standin.go_silent()
        else:
            r.standin.ack_heartbeats = False
            r.standin._generation = r.standin.gateway.generation
        await r.standin.reconnected()
        r.standin.ack_heartbeats = True
        assert embed(await r.mention(LEFT))["title"]
        assert said(caplog, "Discord no longer acknowledges heartbeats; the connection is made anew")
        assert len(r.standin.gateway.identifies) == 1


async def test_discord_out_of_reach_for_a_while(r: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Attempts that fail are no further lines of ours, and the bot is there when Discord is."""
    fault = r.standin.refuse_gateway(2)
    await r.standin.drop_gateway(None)
    await r.standin.reconnected(within=20)
    assert embed(await r.mention(LEFT))["title"]
    assert fault.hits == 2
    assert len(said(caplog, LOST)) == 1
