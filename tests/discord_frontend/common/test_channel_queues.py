"""One busy channel keeps nobody else waiting, and its own answers do not pile up."""

from __future__ import annotations

import asyncio

import pytest

from bot.discord_frontend.common import channel_queues
from bot.discord_frontend.gateway.request_slots import MAX_REQUESTS
from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, Rig, logged_warnings, text


async def test_a_rate_limit_in_one_channel_holds_no_other_up(rig: Rig) -> None:
    """While the answers of one channel wait for its rate limit, another server is answered at once."""
    other = rig.fake_discord.guild("Other", channels=("general",))
    rig.fake_discord.join_guild(other)
    bob = rig.fake_discord.person(other, name="Bob")
    busy = f"/channels/{rig.channel.id}/messages$"
    limit = rig.fake_discord.fail_next("POST", busy, 429, 999, headers={"Retry-After": "1"})
    for _ in range(MAX_REQUESTS + 5):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.until(lambda: limit.hits, "the rate limit")
    await rig.fake_discord.watch.round_trip()
    asked_at = asyncio.get_running_loop().time()
    await bob.send(other.channel("general"), PLACE_QUESTION, mention_bot=True)
    assert text(await rig.fake_discord.next_message(other.channel("general")))
    assert asyncio.get_running_loop().time() - asked_at < 0.9
    rig.fake_discord.faults.release_all()


async def test_requests_that_hang_in_one_channel_hold_no_other_up(rig: Rig) -> None:
    """Of one channel only a few answers are on their way at a time, so that slots are left for the others."""
    other = rig.fake_discord.guild("Other", channels=("general",))
    rig.fake_discord.join_guild(other)
    bob = rig.fake_discord.person(other, name="Bob")
    held = [
        rig.fake_discord.hold_next("POST", f"/channels/{rig.channel.id}/messages$") for _ in range(MAX_REQUESTS + 5)
    ]
    for _ in range(MAX_REQUESTS + 5):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await held[0].arrived.wait()
    await bob.send(other.channel("general"), PLACE_QUESTION, mention_bot=True)
    assert text(await rig.fake_discord.next_message(other.channel("general")))
    assert sum(fault.hits for fault in held) <= channel_queues.AT_ONCE
    rig.fake_discord.faults.release_all()


@pytest.mark.parametrize(("setting", "value"), [("MAX_WAITING", 0), ("MAX_WAIT", 0.0)])
async def test_what_is_too_much_for_a_channel_is_dropped(
    rig: Rig, setting: str, value: float, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Too many in one channel, or too old: the answer is not sent, and one line says so."""
    monkeypatch.setattr(channel_queues, setting, value)
    held = rig.fake_discord.hold_next("POST", "/messages$")
    for _ in range(channel_queues.AT_ONCE):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await held.arrived.wait()
    await rig.fake_discord.watch.round_trip()
    for _ in range(3):
        await rig.ada.send(rig.channel, PLACE_QUESTION, mention_bot=True)
    await rig.fake_discord.watch.round_trip()
    held.release()
    for _ in range(channel_queues.AT_ONCE):
        await rig.fake_discord.next_message(rig.channel)
    await rig.fake_discord.assert_silent(rig.channel)
    assert logged_warnings(caplog) == [f"An answer was dropped: too many are waiting in channel {rig.channel.id}"]
