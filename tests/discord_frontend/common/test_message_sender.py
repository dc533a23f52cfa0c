"""Discord refuses, is slow, or breaks off: the person gets an answer or a sentence, the operator one line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest
from discord.http import Route
from msgspec.structs import replace

from bot.discord_frontend.common import discord_limits, message_sender, user_text
from bot.discord_frontend.gateway import http_monitor
from bot.discord_frontend.gateway.http_monitor import HttpMonitor, redacted_path
from tests.support.discord_rig import (
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    PLACE_QUESTION,
    Rig,
    discord_rig,
    embed,
    logged_warnings,
)
from tests.support.fake_discord import NoAnswer

CALLBACK = "/callback$"
CLOUDFLARE = {"headers": {"Via": "", "Retry-After": "", "X-RateLimit-Scope": ""}, "body": "error code: 1015"}


def asked(rig: Rig, method: str, path: str) -> int:
    """How often the bot has asked for this."""
    return sum(request.method == method and request.path.endswith(path) for request in rig.fake_discord.requests)


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_told_to_slow_down_it_waits_and_answers(rig: Rig, scope: str, caplog: pytest.LogCaptureFixture) -> None:
    """429: the answer comes after the time that Discord named, one line says so, and a shared limit is nobody's fault."""
    body = {"message": "You are being rate limited.", "retry_after": 0.01, "global": scope == "global"}
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, headers={"X-RateLimit-Scope": scope}, body=body)
    assert embed(await rig.mention(LEFT_QUESTION))["title"]
    assert logged_warnings(caplog) == [
        f"Discord rate-limited POST /channels/…/messages (429, {scope}); retry after 0.01 s"
    ]
    assert rig.client.http_monitor.refused_requests == (0 if scope == "shared" else 1)


async def test_a_block_without_a_time_is_not_pushed_against(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """429 from Discord's outer wall, with neither time nor scope: one request, no apology that would be one more."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, 9, **CLOUDFLARE)  # type: ignore[arg-type]
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [
        "Discord rate-limited POST /channels/…/messages (429, no scope); it does not say when to retry",
        "Can't send an answer: Discord answered 429",
    ]


async def test_a_limit_that_lasts_is_not_waited_for(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """An hour is longer than anybody waits: nothing is sent, and nothing waits in the bot."""
    body = {"message": "You are being rate limited.", "retry_after": 3600.0, "global": False}
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, 9, headers={"Retry-After": "3600"}, body=body)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord asks to wait 3600 s, which is too long"]


async def test_an_interaction_told_to_slow_down_is_answered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The same for commands; neither the interaction's id nor its token is in the line."""
    rig.fake_discord.fail_next("POST", CALLBACK, 429)
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message
    assert logged_warnings(caplog) == [
        "Discord rate-limited POST /interactions/…/callback (429, user); retry after 0.01 s"
    ]


@pytest.mark.parametrize("status", [500, 502])
async def test_after_a_server_error_the_answer_comes(rig: Rig, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """discord.py tries again after a second: one answer for a mention and one for a command, one line for each."""
    rig.fake_discord.fail_next(
        "POST", MESSAGES_ROUTE, status, after=True
    )  # it was taken all the same: the second is the same message
    rig.fake_discord.fail_next("POST", CALLBACK, status)
    mention, used = await asyncio.gather(rig.mention(LEFT_QUESTION), rig.ada.slash("ask", question=PLACE_QUESTION))
    assert embed(mention)["title"]
    assert used.message
    await rig.fake_discord.silent(rig.channel)
    assert sorted(logged_warnings(caplog)) == [
        f"Discord failed with {status}: POST /channels/…/messages",
        f"Discord failed with {status}: POST /interactions/…/callback",
    ]


@pytest.mark.parametrize("after", [False, True])
async def test_a_cut_connection_costs_no_answer(rig: Rig, *, after: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Whether the message had arrived or not: there is one answer, not none and not two."""
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 0, after=after)
    assert embed(await rig.mention(LEFT_QUESTION))["title"]
    await rig.fake_discord.silent(rig.channel)
    assert logged_warnings(caplog)[0].startswith("Can't reach Discord (")
    assert len(logged_warnings(caplog)) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_a_cut_connection_costs_no_answer_to_a_command(
    rig: Rig, *, after: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The same for an interaction, where Discord refuses the second answer if it has the first."""
    rig.fake_discord.fail_next("POST", CALLBACK, 0, after=after)
    used = await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert used.message
    assert used.followups == []
    assert len(logged_warnings(caplog)) == 1


async def test_a_connection_that_is_cut_again_and_again_is_let_go(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Two attempts, one line for what happened and one for the answer that was lost, no apology."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 0, 9)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert fault.hits == 2
    assert len(logged_warnings(caplog)) == 2
    assert logged_warnings(caplog)[1].startswith("Can't send an answer: ")


async def test_a_slow_answer_of_discords_holds_nobody_else_up(rig: Rig) -> None:
    """While one request hangs, others are answered."""
    held = rig.fake_discord.hold_next("POST", CALLBACK)
    waiting = asyncio.create_task(rig.ada.slash("ask", question=LEFT_QUESTION))
    await held.arrived.wait()
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    await bob.says(rig.channel, PLACE_QUESTION, mention_bot=True)
    await rig.fake_discord.until(lambda: rig.fake_discord.messages(rig.channel)[1:], "Bob's answer")
    held.release()
    assert (await waiting).message


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (10062, "it was not answered within 3 seconds; is the machine or the network too slow?"),
        (
            40060,
            "it was answered already; unless Discord has just had an outage, another process uses the same token",
        ),
    ],
)
async def test_an_interaction_that_discord_takes_no_answer_to(
    rig: Rig, code: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One request, one line with the likely reason, no traceback and no apology."""
    status = 404 if code == 10062 else 400
    fault = rig.fake_discord.fail_next("POST", CALLBACK, status, 9, body={"message": "no", "code": code})
    with pytest.raises(NoAnswer):
        await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [f"Discord rejected the answer to an interaction: {reason}"]


async def test_who_waits_for_something_longer_is_told_that_it_failed(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """After a deferral nobody is left with ‘is thinking’."""
    base = rig.client.services.knowledge_base
    base.use(replace(base.current, views=None))
    used = await rig.ada.slash("timeline", picture="dark")
    assert used.message is not None
    assert used.message["content"] == user_text.INTERNAL_ERROR
    assert logged_warnings(caplog) == ["This is a bug"]


async def test_the_commands_wait_for_discord(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Trouble while the commands are compared at the start does not stop the bot."""
    async with discord_rig(tmp_path) as rig:
        rig.fake_discord.fail_next("GET", "/commands", 0, 9)
        rig.fake_discord.fail_next("GET", "/commands", 403)
        from bot.discord_frontend.gateway.command_sync import sync

        await sync(rig.client, rig.client.tree, ())
        assert logged_warnings(caplog)[-1].startswith("Can't register the commands everywhere: ")


async def test_near_the_limit_of_refusals_it_asks_for_nothing(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Discord blocks an address with 10,000 fatal_errors in ten minutes: at 9,000 the bot waits until they are older."""
    time = [0.0]
    watched = HttpMonitor(lambda: time[0])
    watched._refused.extend([0.0] * http_monitor.SUSPEND_AT)
    rig.client.http_monitor._refused, rig.client.http_monitor._clock = watched._refused, watched._clock
    before = len(rig.fake_discord.requests)
    for _ in range(3):
        await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.silent(rig.channel)
    assert len(rig.fake_discord.requests) == before
    assert logged_warnings(caplog)[0] == (
        "Discord has refused 9000 requests in 10 minutes; sending none until that has passed"
    )
    time[0] = discord_limits.INVALID_SECONDS + 1
    assert embed(await rig.mention(PLACE_QUESTION))["title"]


async def test_refusals_are_counted(rig: Rig) -> None:
    """401, 403 and 429 are what Discord counts."""
    for status in (401, 403, 404):
        rig.fake_discord.fail_next("GET", "/gateway/bot", status)
        with pytest.raises(discord.HTTPException):
            await rig.client.http.request(Route("GET", "/gateway/bot"))
    assert rig.client.http_monitor.refused_requests == 2


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v10/channels/1191168914243977216/messages", "/channels/…/messages"),
        ("/api/v10/interactions/1191168914243977216/aW50ZXJhY3Rpb24/callback", "/interactions/…/callback"),
        ("/api/v10/webhooks/1191168914243977216/aW50ZXJh/messages/@original", "/webhooks/…/messages/@original"),
        ("/api/v10/gateway/bot", "/gateway/bot"),
    ],
)
def test_a_path_is_shown_without_ids_and_tokens(path: str, shown: str) -> None:
    """Neither a direct conversation nor an interaction's token is for a log."""
    assert redacted_path(path) == shown


async def at_once(_: float) -> None:
    """Waits of discord.py between two attempts are too short to notice."""
    await _sleep(0)


_sleep = asyncio.sleep


async def in_channel(rig: Rig, caplog: pytest.LogCaptureFixture, *, private: bool) -> None:
    """Ada uses /ask while Discord answers every first response with 500."""
    rig.fake_discord.waits = False
    fault = rig.fake_discord.fail_next("POST", CALLBACK, 500, 99)
    await rig.ada.slash("ask", question=LEFT_QUESTION, private=private)
    await rig.fake_discord.watch.wait(10)
    assert fault.hits == 2
    assert str(rig.ada.id) not in caplog.text


async def test_an_answer_that_discord_does_not_take_in_time_comes_as_a_message(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """After two attempts within three seconds: the same card, in the channel, mentioning nobody, and it says why."""
    await in_channel(rig, caplog, private=False)
    sent = await rig.fake_discord.next_message(rig.channel)
    assert sent["content"] == "Discord didn't accept my answer to a command in time, so here it is as a message."
    assert embed(sent)["title"]
    assert (sent["mentions"], sent.get("message_reference")) == ([], None)
    assert logged_warnings(caplog)[1:] == [
        "Discord did not accept an answer to a command in time; sending it as a message"
    ]


async def test_a_private_answer_is_shown_to_nobody_else(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Where only the person was to see it, it is not sent at all, and the log says so."""
    await in_channel(rig, caplog, private=True)
    await rig.fake_discord.silent(rig.channel)
    assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord answered 500"]


async def test_an_answer_that_discord_took_all_the_same_is_not_sent_twice(rig: Rig) -> None:
    """The 500 came after the answer had arrived: nothing more is sent."""
    rig.fake_discord.waits = False
    rig.fake_discord.fail_next("POST", CALLBACK, 500, after=True)
    rig.fake_discord.fail_next("POST", CALLBACK, 500)
    used = await rig.ada.slash("ask", question=LEFT_QUESTION)
    await rig.fake_discord.watch.wait(10)
    assert used.message
    assert used.followups == []
    await rig.fake_discord.silent(rig.channel)


@pytest.mark.parametrize(("times", "answered"), [(25, True), (10**6, False)])
async def test_an_outage_of_half_a_minute_costs_no_answer(
    rig: Rig, times: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, answered: bool
) -> None:
    """500 on everything: a mention is answered once it is over; where that takes too long, a line says so."""
    monkeypatch.setattr("discord.http.asyncio.sleep", at_once)
    monkeypatch.setattr(message_sender, "RETRY_FOR", 60.0 if answered else 0.1)
    rig.fake_discord.fail_next("*", "", 500, times)
    await rig.ada.says(rig.channel, LEFT_QUESTION, mention_bot=True)
    if answered:
        assert embed(await rig.fake_discord.next_message(rig.channel))["title"]
        assert len(logged_warnings(caplog)) == 1
    else:
        await rig.fake_discord.silent(rig.channel)
        assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord answered 500"]
