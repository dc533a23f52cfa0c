"""Rate limits of each user, and priorities under load."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cards import discord_limits
from bot.discord_frontend.asking import responses
from bot.discord_frontend.common.autocomplete_limiter import AutocompleteLimiter
from bot.discord_frontend.common.cooldown import MAX_BUCKETS, RATES, Cooldown, Rate
from bot.discord_frontend.common.priority_gate import PriorityGate
from bot.discord_frontend.common.user_text import OVERLOADED
from tests.support.discord_rig import (
    GENEROUS_RATES,
    LEFT_QUESTION,
    PLACE_QUESTION,
    FakeRenderer,
    Rig,
    discord_rig,
    text,
)
from tests.support.fake_discord import Interaction
from tests.support.moderation_rig import content, moderation_rig

HOSTILE = "\ufdfa" * 200
"""Each of these characters decomposes into eighteen."""
Use = Callable[[Rig, dict[str, Any]], Awaitable[Interaction]]


def answer_text(used: Interaction) -> str:
    """Return the text that an interaction was answered with, if any."""
    return str((used.message or {}).get("content", ""))


async def is_unanswered(rig: Rig, use: Awaitable[Interaction]) -> bool:
    """Return whether an interaction gets no answer."""
    rig.fake_discord.waits = False
    used = await use
    await rig.fake_discord.watch.wait(5)
    await rig.fake_discord.watch.round_trip()
    rig.fake_discord.waits = True
    return used.callback is None


async def test_the_same_error_is_sent_to_a_channel_once_per_interval(tmp_path: Path) -> None:
    """Each user has an interval of their own."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        question = await bob.send(rig.channel, PLACE_QUESTION)
        rig.fake_discord.messages_store.find(question["id"]).data["content"] = ""
        assert (await rig.mention("", reply_to=question))["content"].startswith("I can't read that message: ")
        for _ in range(11):
            await rig.ada.send(rig.channel, "", mention_bot=True, reply_to=question)
        await rig.fake_discord.assert_silent(rig.channel)
        await bob.send(rig.channel, "", mention_bot=True, reply_to=question)
        assert (await rig.fake_discord.next_message(rig.channel))["content"].startswith("I can't read that message: ")
        rig.time[0] += 30
        assert (await rig.mention("", reply_to=question))["content"].startswith("I can't read that message: ")


async def test_refusals_are_limited_too(tmp_path: Path) -> None:
    """After five private errors nothing is answered until the limit allows questions again."""
    async with discord_rig(tmp_path, questions=1, rates=RATES) as rig:
        await rig.ada.slash("ask", question=LEFT_QUESTION)
        for _ in range(RATES["private_error"].uses):
            assert answer_text(await rig.ada.slash("ask", question=LEFT_QUESTION)).startswith(
                "You are asking too fast."
            )
        assert await is_unanswered(rig, rig.ada.slash("ask", question=LEFT_QUESTION))
        rig.time[0] += 20
        assert text((await rig.ada.slash("ask", question=LEFT_QUESTION)).message)


@pytest.mark.parametrize(
    ("limit", "use"),
    [
        (1, lambda rig, _: rig.ada.slash("ask", question=LEFT_QUESTION)),
        (1, lambda rig, _: rig.ada.slash("who", options={"name": "Ada"})),
        (1, lambda rig, _: rig.ada.slash("about")),
        (1, lambda rig, card: rig.ada.menu("Answer this", card)),
        (1, lambda rig, card: rig.ada.click(card, "What is Ada Quill accused of?")),
        (10, lambda rig, card: rig.ada.click(card, "More")),
        (10, lambda rig, card: rig.ada.click(card, "Good")),
    ],
    ids=["ask", "who", "about", "menu", "related", "paragraphs", "vote"],
)
async def test_every_command_and_button_is_limited(tmp_path: Path, limit: int, use: Use) -> None:
    """Beyond its limit each is refused."""
    async with discord_rig(tmp_path, questions=1, rates=RATES) as rig:
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        await bob.send(rig.channel, LEFT_QUESTION, mention_bot=True)
        card = await rig.fake_discord.next_message(rig.channel)
        for _ in range(limit):
            assert not answer_text(await use(rig, card)).startswith("You are asking too fast.")
        assert answer_text(await use(rig, card)).startswith("You are asking too fast.")


async def test_pictures_are_limited(tmp_path: Path) -> None:
    """A user gets three a minute."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.renderer = FakeRenderer(1)
        for _ in range(3):
            assert (await rig.ada.slash("timeline", picture="dark")).message
        used = await rig.ada.slash("timeline", picture="dark")
        assert answer_text(used) == "You are asking too fast. Please try again in 20 seconds."


async def test_messages_in_a_listened_channel_are_limited_silently(tmp_path: Path) -> None:
    """Ten messages in ten seconds are matched; those beyond are ignored."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True, rates=RATES) as rig:
        for number in range(15):
            await rig.ada.send(rig.channel, f"pizza {number}")
        await rig.fake_discord.assert_silent(rig.channel)
        assert [asked for asked, _ in rig.answerer.asked] == [f"pizza {number}" for number in range(10)]


async def test_autocomplete_is_debounced(tmp_path: Path) -> None:
    """Five are answered at once, then only the latest, truncated; other users are not delayed."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        typed: list[str] = []

        def suggest(text: str, _: int) -> list[tuple[str, str]]:
            typed.append(text)
            return [("keeper-place", PLACE_QUESTION)]

        rig.answerer.suggest = suggest  # type: ignore[method-assign, assignment]
        bob, used = rig.fake_discord.person(rig.guild, name="Bob"), []
        rig.fake_discord.waits = False
        for number in range(50):
            await rig.ada.autocomplete("ask", "question", f"{number}{HOSTILE}")
            used.append(next(reversed(rig.fake_discord.interactions.values())))
        rig.fake_discord.waits = True
        assert text((await bob.slash("ask", question=LEFT_QUESTION)).message)
        await rig.fake_discord.until(lambda: used[-1].callback, "the latest suggestions")
        assert [number for number, interaction in enumerate(used) if interaction.callback] == [0, 1, 2, 3, 4, 49]
        assert used[-1].choices == [{"name": PLACE_QUESTION, "value": "¶:keeper-place"}]
        assert [len(text) for text in typed] == [100] * 6
        assert await bob.autocomplete("ask", "question", "when")


async def test_the_autocomplete_limiter_keeps_nothing_after_answering(tmp_path: Path) -> None:
    """At most one request of each user waits."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        limiter = AutocompleteLimiter(rig.client.services.cooldown)
        admitted = await asyncio.gather(*(limiter.acquire(1) for _ in range(8)))
        assert admitted == [True] * 5 + [False] * 2 + [True]
        assert limiter._pending == {}


async def test_moderation_commands_and_buttons_are_limited(tmp_path: Path) -> None:
    """They share one limit."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "moderation": Rate(2, 30)}) as rig:
        inbox = await rig.mo.slash("kb history")
        assert answer_text(inbox) == "Nothing has been changed yet."
        preview = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts")
        assert (
            answer_text(await rig.mo.click(preview, "Discard"))
            == "You are asking too fast. Please try again in 15 seconds."
        )
        assert answer_text(await rig.mo.slash("kb inbox")) == "You are asking too fast. Please try again in 15 seconds."


async def test_archives_are_limited(tmp_path: Path) -> None:
    """An archive may have ten megabytes."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "upload": Rate(1, 60)}) as rig:
        assert content(await rig.mo.slash("kb export")).startswith("The whole base")
        assert content(await rig.mo.slash("kb export")) == "You are asking too fast. Please try again in 60 seconds."


async def test_a_refused_form_returns_its_text(tmp_path: Path) -> None:
    """The text is attached as a file."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "form": Rate(1, 60)}) as rig:
        form = await rig.mo.slash("kb edit", entry="keeper-place")
        await rig.mo.submit(form, {"Answer": "It stands there."})
        refused = await rig.mo.submit(form, {"Answer": "It stands here."})
        assert content(refused) == (
            "You are asking too fast. Please try again in 60 seconds. Nothing was saved; your text is attached as a file."
        )
        (file,) = (refused.message or {})["attachments"]
        assert file["filename"] == "your-text.txt"


async def test_deferrable_work_waits_while_interactions_are_acknowledged() -> None:
    """Urgent work is done meanwhile."""
    gate, done = PriorityGate(), list[str]()
    gate._deferrable_admitted_at = asyncio.get_running_loop().time() + 3600
    with gate.acknowledging():
        waiting = asyncio.create_task(gate.run(lambda: done.append("message"), urgent=False))
        await asyncio.sleep(0)
        await gate.run(lambda: done.append("command"), urgent=True)
        assert (gate.urgent_count, gate.deferrable_count, done) == (1, 1, ["command"])
    await waiting
    assert done == ["command", "message"]


async def test_deferrable_work_is_admitted_now_and_then() -> None:
    """It is not starved by urgent work."""
    gate, done = PriorityGate(), list[str]()
    with gate.acknowledging():
        waiting = asyncio.create_task(gate.run(lambda: done.append("message"), urgent=False))
        await asyncio.sleep(0)
        await gate.run(lambda: done.append("command"), urgent=True)
        await waiting
    assert done == ["command", "message"]


async def test_beyond_the_deferral_limit_commands_are_refused_privately(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says to try again."""
    monkeypatch.setattr(responses, "MAX_DEFERRED", responses.DEFER_AT)
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.gate._acknowledging = responses.DEFER_AT
        used = await rig.ada.slash("ask", question=LEFT_QUESTION)
        assert (answer_text(used), used.ephemeral) == (OVERLOADED, True)
        assert OVERLOADED == "Too many people are asking right now. Please try again in a minute."


@pytest.mark.parametrize("command", ["ask", "about"])
async def test_an_expired_command_costs_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    """Discord would refuse the answer; the log says once that there were too many."""
    monkeypatch.setattr(discord_limits, "INTERACTION_SECONDS", -1)
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.gate._acknowledging = responses.DEFER_AT
        for _ in range(2):
            assert await is_unanswered(
                rig, rig.ada.slash(command, options={"question": LEFT_QUESTION} if command == "ask" else {})
            )
        assert not [request for request in rig.fake_discord.requests if request.path.endswith("/callback")]
        assert caplog.text.count("A command was not answered: too many came at once") == 1


def test_complaints_of_one_person_are_limited_over_all_channels() -> None:
    """A person with a hundred channels gets no more complaints than one with five, and others get theirs."""
    cooldown = Cooldown(1, 20, lambda: 0.0)
    assert sum(cooldown.may_report_error(1, channel) for channel in range(100)) == RATES["public_error"].uses
    assert cooldown.may_report_error(2, 1)


def test_the_cooldown_allows_the_configured_rate() -> None:
    """It starts full, refills with time, and is counted per user."""
    time = [0.0]
    cooldown = Cooldown(2, 20, lambda: time[0])
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1), cooldown.take(2)] == [0, 0, 10, 0]
    time[0] = 4
    assert cooldown.take(1) == 6
    time[0] = 10
    assert [cooldown.take(1), cooldown.take(1)] == [0, 10]
    time[0] = 1000
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1)] == [0, 0, 10]


def test_each_usage_and_channel_has_its_own_bucket() -> None:
    """Votes take no questions away."""
    cooldown = Cooldown(1, 20, lambda: 0.0)
    assert [cooldown.take(1), cooldown.take(1), cooldown.take(1, "button")] == [0, 20, 0]
    assert [cooldown.take(1, "channel_error", channel) for channel in (7, 7, 8)] == [0, 30, 0]


def test_a_reservation_uses_up_a_token() -> None:
    """The next one has to wait for the full interval."""
    time = [0.0]
    cooldown = Cooldown(1, 20, lambda: time[0])
    assert [cooldown.reserve(1, "autocomplete") for _ in range(6)] == [0, 0, 0, 0, 0, 0.2]
    time[0] += 0.2
    assert cooldown.reserve(1, "autocomplete") == 0.2


def test_the_number_of_people_with_a_bucket_is_bounded() -> None:
    """The oldest bucket is forgotten."""
    cooldown = Cooldown(1, 1, lambda: 0.0)
    for person in range(MAX_BUCKETS + 5):
        cooldown.take(person)
    assert len(cooldown._buckets) == MAX_BUCKETS
