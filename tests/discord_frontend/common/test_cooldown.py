"""One person can't make the bot work or speak without end, whichever way they try, and a crowd is heard before it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.discord_frontend.asking import responses
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.autocomplete_limiter import AutocompleteLimiter
from bot.discord_frontend.common.cooldown import RATES, Rate
from bot.discord_frontend.common.priority_gate import PriorityGate
from bot.discord_frontend.common.user_text import OVERLOADED
from tests.support.discord_rig import (
    GENEROUS_RATES,
    LEFT_QUESTION,
    PLACE_QUESTION,
    FakeRenderer,
    Rig,
    discord_rig,
    embed,
)
from tests.support.fake_discord import Interaction
from tests.support.moderation_rig import content, moderation_rig

HOSTILE = "\ufdfa" * 200
"""Each of these letters becomes eighteen when it is read."""
Use = Callable[[Rig, dict[str, Any]], Awaitable[Interaction]]


def text(used: Interaction) -> str:
    """What an interaction was answered with, if it was."""
    return str((used.message or {}).get("content", ""))


async def unanswered(rig: Rig, use: Awaitable[Interaction]) -> bool:
    """Whether a use gets no answer at all."""
    rig.fake_discord.waits = False
    used = await use
    await rig.fake_discord.watch.wait(5)
    await rig.fake_discord.watch.round_trip()
    rig.fake_discord.waits = True
    return used.callback is None


async def test_the_same_complaint_is_made_once_in_a_while(tmp_path: Path) -> None:
    """Twelve mentions of a message that can't be read got twelve replies; another person gets their own."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        question = await bob.says(rig.channel, PLACE_QUESTION)
        rig.fake_discord.messages_store.find(question["id"]).data["content"] = ""
        assert (await rig.mention("", reply_to=question))["content"].startswith("I can't read that message: ")
        for _ in range(11):
            await rig.ada.says(rig.channel, "", mention_bot=True, reply_to=question)
        await rig.fake_discord.silent(rig.channel)
        await bob.says(rig.channel, "", mention_bot=True, reply_to=question)
        assert (await rig.fake_discord.next_message(rig.channel))["content"].startswith("I can't read that message: ")
        rig.time[0] += 30
        assert (await rig.mention("", reply_to=question))["content"].startswith("I can't read that message: ")


async def test_refusals_end_too(tmp_path: Path) -> None:
    """Five sentences in private, then Discord's own; what is allowed again is answered."""
    async with discord_rig(tmp_path, questions=1, rates=RATES) as rig:
        await rig.ada.slash("ask", question=LEFT_QUESTION)
        for _ in range(RATES["private_error"].uses):
            assert text(await rig.ada.slash("ask", question=LEFT_QUESTION)).startswith("You are asking too fast.")
        assert await unanswered(rig, rig.ada.slash("ask", question=LEFT_QUESTION))
        rig.time[0] += 20
        assert embed((await rig.ada.slash("ask", question=LEFT_QUESTION)).message)["title"]


@pytest.mark.parametrize(
    ("most", "use"),
    [
        (1, lambda rig, _: rig.ada.slash("ask", question=LEFT_QUESTION)),
        (1, lambda rig, _: rig.ada.slash("who", options={"name": "Ada"})),
        (1, lambda rig, _: rig.ada.slash("about")),
        (1, lambda rig, card: rig.ada.menu("Answer this", card)),
        (1, lambda rig, card: rig.ada.clicks(card, "What is Ada Quill accused of?")),
        (10, lambda rig, card: rig.ada.clicks(card, "Show the paragraphs")),
        (10, lambda rig, card: rig.ada.clicks(card, "Helpful")),
    ],
    ids=["ask", "who", "about", "menu", "related", "paragraphs", "vote"],
)
async def test_every_command_and_button_is_limited(tmp_path: Path, most: int, use: Use) -> None:
    """So often, and then a sentence."""
    async with discord_rig(tmp_path, questions=1, rates=RATES) as rig:
        bob = rig.fake_discord.person(rig.guild, name="Bob")
        await bob.says(rig.channel, LEFT_QUESTION, mention_bot=True)
        card = await rig.fake_discord.next_message(rig.channel)
        for _ in range(most):
            assert not text(await use(rig, card)).startswith("You are asking too fast.")
        assert text(await use(rig, card)).startswith("You are asking too fast.")


async def test_pictures_are_limited(tmp_path: Path) -> None:
    """Three a minute."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.renderer = FakeRenderer(1)
        for _ in range(3):
            assert (await rig.ada.slash("timeline", picture="dark")).message
        used = await rig.ada.slash("timeline", picture="dark")
        assert text(used) == "You are asking too fast. Please try again in 20 seconds."


async def test_chatter_in_a_channel_that_is_listened_to_is_matched_only_so_often(tmp_path: Path) -> None:
    """Ten messages in ten seconds; those beyond are not looked at, and nobody is told."""
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True, rates=RATES) as rig:
        for number in range(15):
            await rig.ada.says(rig.channel, f"pizza {number}")
        await rig.fake_discord.silent(rig.channel)
        assert [asked for asked, _ in rig.answerer.asked] == [f"pizza {number}" for number in range(10)]


async def test_only_the_latest_of_many_keystrokes_is_answered(tmp_path: Path) -> None:
    """Five at once, then the latest when its time has come, cut to what Discord shows; others don't notice."""
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
        assert embed((await bob.slash("ask", question=LEFT_QUESTION)).message)["title"]
        await rig.fake_discord.until(lambda: used[-1].callback, "the latest suggestions")
        assert [number for number, one in enumerate(used) if one.callback] == [0, 1, 2, 3, 4, 49]
        assert used[-1].choices == [{"name": PLACE_QUESTION, "value": "¶:keeper-place"}]
        assert [len(one) for one in typed] == [100] * 6
        assert await bob.autocomplete("ask", "question", "when")


async def test_waiting_keystrokes_leave_nothing_behind(tmp_path: Path) -> None:
    """One place for each person, gone when it has been answered."""
    async with discord_rig(tmp_path, rates=RATES) as rig:
        keystrokes = AutocompleteLimiter(rig.client.services.cooldown)
        found = await asyncio.gather(*(keystrokes.acquire(1) for _ in range(8)))
        assert found == [True] * 5 + [False] * 2 + [True]
        assert keystrokes._pending == {}


async def test_a_moderator_s_commands_and_buttons_are_limited(tmp_path: Path) -> None:
    """Both count."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "moderation": Rate(2, 30)}) as rig:
        inbox = await rig.mo.slash("kb history")
        assert text(inbox) == "Nothing has been changed yet."
        preview = await rig.mo.slash("kb phrase", entry="keeper-place", phrasing="whereabouts")
        assert (
            text(await rig.mo.clicks(preview, "Discard")) == "You are asking too fast. Please try again in 15 seconds."
        )
        assert text(await rig.mo.slash("kb inbox")) == "You are asking too fast. Please try again in 15 seconds."


async def test_archives_are_limited(tmp_path: Path) -> None:
    """Each is up to ten megabytes."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "upload": Rate(1, 60)}) as rig:
        assert content(await rig.mo.slash("kb export")).startswith("The whole base")
        assert content(await rig.mo.slash("kb export")) == "You are asking too fast. Please try again in 60 seconds."


async def test_forms_are_limited_and_the_text_comes_back(tmp_path: Path) -> None:
    """One form can be sent again and again, and each time is written down."""
    async with moderation_rig(tmp_path, {**GENEROUS_RATES, "form": Rate(1, 60)}) as rig:
        form = await rig.mo.slash("kb edit", entry="keeper-place")
        await rig.mo.submits(form, {"Answer": "It stands there."})
        refused = await rig.mo.submits(form, {"Answer": "It stands here."})
        assert content(refused) == (
            "You are asking too fast. Please try again in 60 seconds. Nothing was saved; your text is attached as a file."
        )
        (file,) = (refused.message or {})["attachments"]
        assert file["filename"] == "your-text.txt"


async def test_while_discord_is_told_that_answers_come_only_what_is_urgent_is_done() -> None:
    """What can wait has its turn when that is done."""
    gate, done = PriorityGate(), list[str]()
    gate._deferrable_admitted_at = asyncio.get_running_loop().time() + 3600
    with gate.acknowledging():
        waiting = asyncio.create_task(gate.run(lambda: done.append("message"), urgent=False))
        await asyncio.sleep(0)
        await gate.run(lambda: done.append("command"), urgent=True)
        assert (gate.urgent_count, gate.deferrable_count, done) == (1, 1, ["command"])
    await waiting
    assert done == ["command", "message"]


async def test_what_can_wait_is_not_kept_from_its_turn_for_ever() -> None:
    """However many commands come, it has one now and then."""
    gate, done = PriorityGate(), list[str]()
    with gate.acknowledging():
        waiting = asyncio.create_task(gate.run(lambda: done.append("message"), urgent=False))
        await asyncio.sleep(0)
        await gate.run(lambda: done.append("command"), urgent=True)
        await waiting
    assert done == ["command", "message"]


async def test_more_than_can_be_answered_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In private, and with what to do."""
    monkeypatch.setattr(responses, "MAX_DEFERRED", responses.DEFER_AT)
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.gate._acknowledging = responses.DEFER_AT
        used = await rig.ada.slash("ask", question=LEFT_QUESTION)
        assert (text(used), used.ephemeral) == (OVERLOADED, True)
        assert OVERLOADED == "Too many people are asking right now. Please try again in a minute."


@pytest.mark.parametrize("command", ["ask", "about"])
async def test_a_command_that_discord_has_given_up_costs_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    """It would be refused; the log says once that there were too many."""
    monkeypatch.setattr(discord_limits, "INTERACTION_SECONDS", -1)
    async with discord_rig(tmp_path, rates=RATES) as rig:
        rig.client.services.gate._acknowledging = responses.DEFER_AT
        for _ in range(2):
            assert await unanswered(
                rig, rig.ada.slash(command, options={"question": LEFT_QUESTION} if command == "ask" else {})
            )
        assert not [request for request in rig.fake_discord.requests if request.path.endswith("/callback")]
        assert caplog.text.count("A command was not answered: too many came at once") == 1
