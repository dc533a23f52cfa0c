"""Requests that Discord refuses, delays or drops: the user gets an answer or an error, the operator one log line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import discord
import pytest
from discord.http import Route
from msgspec.structs import replace

from bot.cards import discord_limits
from bot.discord_frontend.common import retry, user_text
from bot.discord_frontend.gateway import http_monitor
from bot.discord_frontend.gateway.http_monitor import HttpMonitor, redacted_path
from tests.support.discord_rig import (
    ACCUSED_QUESTION,
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    PLACE_QUESTION,
    Rig,
    discord_rig,
    logged_warnings,
    text,
)
from tests.support.fake_discord import NoAnswer
from tests.support.fake_discord.world import EMBED_LINKS

CALLBACK = "/callback$"
CLOUDFLARE = {"headers": {"Via": "", "Retry-After": "", "X-RateLimit-Scope": ""}, "body": "error code: 1015"}


def request_count(rig: Rig, method: str, path: str) -> int:
    """Return how often the bot has made a request."""
    return sum(request.method == method and request.path.endswith(path) for request in rig.fake_discord.requests)


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_a_rate_limited_message_is_retried(rig: Rig, scope: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged once; a shared limit does not count as a refused request."""
    body = {"message": "You are being rate limited.", "retry_after": 0.01, "global": scope == "global"}
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, headers={"X-RateLimit-Scope": scope}, body=body)
    assert text(await rig.mention(LEFT_QUESTION))
    assert logged_warnings(caplog) == [
        f"Discord rate-limited POST /channels/…/messages (429, {scope}); retry after 0.01 s"
    ]
    assert rig.client.http_monitor.refused_requests == (0 if scope == "shared" else 1)


async def test_a_429_without_retry_after_is_not_retried(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a retry nor an apology is sent."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, 9, **CLOUDFLARE)  # type: ignore[arg-type]
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [
        "Discord rate-limited POST /channels/…/messages (429, no scope); it does not say when to retry",
        "Can't send an answer: Discord answered 429",
    ]


async def test_a_long_rate_limit_is_not_waited_for(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The answer is dropped after one request."""
    body = {"message": "You are being rate limited.", "retry_after": 3600.0, "global": False}
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 429, 9, headers={"Retry-After": "3600"}, body=body)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord asks to wait 3600 s, which is too long"]


async def test_a_rate_limited_interaction_is_retried(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The log contains neither its id nor its token."""
    rig.fake_discord.fail_next("POST", CALLBACK, 429)
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message
    assert logged_warnings(caplog) == [
        "Discord rate-limited POST /interactions/…/callback (429, user); retry after 0.01 s"
    ]


@pytest.mark.parametrize("status", [500, 502])
async def test_a_server_error_is_retried(rig: Rig, status: int, caplog: pytest.LogCaptureFixture) -> None:
    """Each question gets one answer and one log line."""
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, status, after=True)  # the message was created all the same
    rig.fake_discord.fail_next("POST", CALLBACK, status)
    mention, used = await asyncio.gather(rig.mention(LEFT_QUESTION), rig.ada.slash("ask", question=PLACE_QUESTION))
    assert text(mention)
    assert used.message
    await rig.fake_discord.assert_silent(rig.channel)
    assert sorted(logged_warnings(caplog)) == [
        f"Discord failed with {status}: POST /channels/…/messages",
        f"Discord failed with {status}: POST /interactions/…/callback",
    ]


@pytest.mark.parametrize("after", [False, True])
async def test_a_message_is_sent_once_over_a_cut_connection(
    rig: Rig, *, after: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It is so whether or not the first attempt arrived."""
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 0, after=after)
    assert text(await rig.mention(LEFT_QUESTION))
    await rig.fake_discord.assert_silent(rig.channel)
    assert logged_warnings(caplog)[0].startswith("Can't reach Discord (")
    assert len(logged_warnings(caplog)) == 1


@pytest.mark.parametrize("after", [False, True])
async def test_an_interaction_is_answered_once_over_a_cut_connection(
    rig: Rig, *, after: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord refuses the second response if it has the first."""
    rig.fake_discord.fail_next("POST", CALLBACK, 0, after=after)
    used = await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert used.message
    assert used.followups == []
    assert len(logged_warnings(caplog)) == 1


async def test_sending_is_given_up_after_two_attempts(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The failure and the lost answer are logged; no apology is sent."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 0, 9)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert fault.hits == 2
    assert len(logged_warnings(caplog)) == 2
    assert logged_warnings(caplog)[1].startswith("Can't send an answer: ")


async def test_a_hanging_request_does_not_delay_others(rig: Rig) -> None:
    """Other users are answered meanwhile."""
    held = rig.fake_discord.hold_next("POST", CALLBACK)
    waiting = asyncio.create_task(rig.ada.slash("ask", question=LEFT_QUESTION))
    await held.arrived.wait()
    bob = rig.fake_discord.person(rig.guild, name="Bob")
    await bob.send(rig.channel, PLACE_QUESTION, mention_bot=True)
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
async def test_a_refused_response_is_logged_with_its_likely_reason(
    rig: Rig, code: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """There is one request, no traceback and no apology."""
    status = 404 if code == 10062 else 400
    fault = rig.fake_discord.fail_next("POST", CALLBACK, status, 9, body={"message": "no", "code": code})
    with pytest.raises(NoAnswer):
        await rig.ada.slash("ask", question=LEFT_QUESTION)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [f"Discord rejected the answer to an interaction: {reason}"]


async def test_an_exception_after_a_deferral_is_answered(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """The user is not left with ‘is thinking’."""
    base = rig.client.services.knowledge_base
    base.use(replace(base.current, views=None))
    used = await rig.ada.slash("timeline", picture="dark")
    assert used.message is not None
    assert used.message["content"] == user_text.INTERNAL_ERROR
    assert logged_warnings(caplog) == ["This is a bug"]


async def test_a_failed_command_sync_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The bot goes on."""
    async with discord_rig(tmp_path) as rig:
        rig.fake_discord.fail_next("GET", "/commands", 0, 9)
        rig.fake_discord.fail_next("GET", "/commands", 403)
        from bot.discord_frontend.gateway.command_sync import sync

        await sync(rig.client, rig.client.tree, ())
        assert logged_warnings(caplog)[-1].startswith("Can't register the commands everywhere: ")


async def test_requests_are_suspended_near_the_limit_of_invalid_requests(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord blocks an IP address after 10,000 in ten minutes; the bot pauses at 9,000."""
    time = [0.0]
    monitor = HttpMonitor(lambda: time[0])
    monitor._refused.extend([0.0] * http_monitor.SUSPEND_AT)
    rig.client.http_monitor._refused, rig.client.http_monitor._clock = monitor._refused, monitor._clock
    before = len(rig.fake_discord.requests)
    for _ in range(3):
        await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert len(rig.fake_discord.requests) == before
    assert logged_warnings(caplog)[0] == (
        "Discord has refused 9000 requests in 10 minutes; answering only commands until that has passed"
    )
    assert (await rig.ada.slash("ask", question=LEFT_QUESTION)).message
    time[0] = discord_limits.INVALID_SECONDS + 1
    assert text(await rig.mention(PLACE_QUESTION))


async def test_invalid_requests_are_counted(rig: Rig) -> None:
    """Discord counts the statuses 401, 403 and 429."""
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
        ("/attachments/1191168914243977216/1191168914243977217/Jane-Doe-diary.zip", "/attachments/…"),
        ("/ephemeral-attachments/1191168914243977216/1191168914243977217/Jane-Doe-diary.zip", "/attachments/…"),
    ],
)
def test_logged_paths_have_no_ids_or_tokens(path: str, shown: str) -> None:
    """Nor the names of files: all are replaced by '…'."""
    assert redacted_path(path) == shown


async def skip_delay(_: float) -> None:
    """Replace discord.py's delay between two attempts."""
    await _sleep(0)


_sleep = asyncio.sleep


async def use_ask_while_responses_fail(
    rig: Rig, caplog: pytest.LogCaptureFixture, question: str = LEFT_QUESTION, *, private: bool = False
) -> None:
    """Have Ada use /ask while Discord answers every response with 500."""
    rig.fake_discord.waits = False
    fault = rig.fake_discord.fail_next("POST", CALLBACK, 500, 99)
    await rig.ada.slash("ask", question=question, private=private)
    await rig.fake_discord.watch.wait(10)
    assert fault.hits == 2
    assert str(rig.ada.id) not in caplog.text


async def test_a_public_answer_falls_back_to_a_message(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """After two failed responses the card is sent to the channel, without a mention."""
    await use_ask_while_responses_fail(rig, caplog)
    sent = await rig.fake_discord.next_message(rig.channel)
    assert text(sent).startswith("She left it on Friday evening")
    assert text(sent).endswith("\n-# Discord didn't accept my answer to a command in time, so here it is as a message.")
    assert (sent["mentions"], sent.get("message_reference")) == ([], None)
    assert logged_warnings(caplog)[1:] == [
        "Discord did not accept an answer to a command in time; sending it as a message"
    ]


@pytest.mark.parametrize("may_embed", [True, False])
async def test_a_long_answer_falls_back_to_messages(
    rig: Rig, caplog: pytest.LogCaptureFixture, *, may_embed: bool
) -> None:
    """To one with an embed or to several without; the answer comes first, and the denial is there."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs=2)
    rig.fake_discord.deny_permissions(rig.channel, rig.fake_discord.bot, deny=0 if may_embed else EMBED_LINKS)
    await rig.fake_discord.watch.round_trip()
    await use_ask_while_responses_fail(rig, caplog, ACCUSED_QUESTION)
    sent = [await rig.fake_discord.next_message(rig.channel) for _ in range(1 if may_embed else 2)]
    assert [bool(message["embeds"]) for message in sent] == [True] if may_embed else [False, False]
    assert text(sent[0]).startswith("It was so. ")
    assert "**Denied:** Ada Quill denies it." in text(sent[-1])
    assert text(sent[-1]).endswith("so here it is as a message.")
    await rig.fake_discord.assert_silent(rig.channel)


async def test_each_message_of_a_long_answer_is_sent_once(rig: Rig) -> None:
    """A failed attempt that had arrived is not repeated: every message has a nonce of its own."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs=2)
    rig.fake_discord.deny_permissions(rig.channel, rig.fake_discord.bot, deny=EMBED_LINKS)
    await rig.fake_discord.watch.round_trip()
    rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 500, 1, after=True)
    await rig.mention(ACCUSED_QUESTION)
    await rig.fake_discord.next_message(rig.channel)
    await rig.fake_discord.assert_silent(rig.channel)


async def test_a_private_answer_has_no_fallback(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    """It is dropped, and that is logged."""
    await use_ask_while_responses_fail(rig, caplog, private=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord answered 500"]


async def test_a_response_that_arrived_despite_a_500_is_not_repeated(rig: Rig) -> None:
    """No message follows."""
    rig.fake_discord.waits = False
    rig.fake_discord.fail_next("POST", CALLBACK, 500, after=True)
    rig.fake_discord.fail_next("POST", CALLBACK, 500)
    used = await rig.ada.slash("ask", question=LEFT_QUESTION)
    await rig.fake_discord.watch.wait(10)
    assert used.message
    assert used.followups == []
    await rig.fake_discord.assert_silent(rig.channel)


@pytest.mark.parametrize(("times", "answered"), [(25, True), (10**6, False)])
async def test_a_message_is_retried_during_an_outage(
    rig: Rig, times: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, answered: bool
) -> None:
    """It is sent after the outage, or dropped and logged after RETRY_FOR."""
    monkeypatch.setattr("discord.http.asyncio.sleep", skip_delay)
    monkeypatch.setattr(retry, "RETRY_FOR", 60.0 if answered else 0.1)
    rig.fake_discord.fail_next("*", "", 500, times)
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    if answered:
        assert text(await rig.fake_discord.next_message(rig.channel))
        assert len(logged_warnings(caplog)) == 1
    else:
        await rig.fake_discord.assert_silent(rig.channel)
        assert logged_warnings(caplog)[1:] == ["Can't send an answer: Discord answered 500"]


@pytest.mark.parametrize(
    ("code", "reason"), [(200000, "the server's AutoMod blocks it"), (50083, "the thread is archived")]
)
async def test_what_a_server_forbids_is_no_bug(
    rig: Rig, code: int, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """AutoMod or an archived thread: one request, and one line with the reason."""
    fault = rig.fake_discord.fail_next("POST", MESSAGES_ROUTE, 400, 9, body={"message": "no", "code": code})
    await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True)
    await rig.fake_discord.assert_silent(rig.channel)
    assert fault.hits == 1
    assert logged_warnings(caplog) == [f"Can't send an answer: {reason}"]
