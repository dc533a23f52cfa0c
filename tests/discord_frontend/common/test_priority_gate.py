"""The priority gate: one job at a time, interactions first."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.discord_frontend.asking.responses import DEFER_AT
from bot.discord_frontend.common.priority_gate import PriorityGate
from tests.support.discord_rig import ACCUSED_QUESTION, LEFT_QUESTION, Rig, labels, text
from tests.support.fake_discord import Interaction
from tests.support.fake_discord.messages import EPHEMERAL
from tests.support.fake_discord.world import EMBED_LINKS


async def test_urgent_jobs_run_first_in_order() -> None:
    """A job that finds the gate free runs at once."""
    gate, done = PriorityGate(), list[str]()
    names = ("first", "a", "urgent 1", "b", "urgent 2")
    await asyncio.gather(
        *(gate.run(lambda name=name: done.append(name), urgent=name.startswith("urgent")) for name in names)  # type: ignore[misc]
    )
    assert done == ["first", "urgent 1", "urgent 2", "a", "b"]


async def test_the_event_loop_runs_between_two_jobs() -> None:
    """Other tasks get their turn however many jobs wait."""
    gate, order = PriorityGate(), list[str]()

    async def other() -> None:
        while order.count("job") < 5:
            order.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(*(gate.run(lambda: order.append("job"), urgent=True) for _ in range(5)), other())
    assert "job job" not in " ".join(order)


async def test_failed_and_cancelled_jobs_admit_the_next() -> None:
    """The gate does not stay occupied."""
    gate = PriorityGate()

    def broken() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        await gate.run(broken, urgent=True)
    await asyncio.sleep(0)
    gate._occupied = True
    cancelled, waiting = (asyncio.create_task(gate.run(lambda: 1, urgent=True)) for _ in range(2))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.sleep(0)
    gate._admit_next()
    assert await waiting == 1
    assert await gate.run(lambda: 2, urgent=False) == 2
    assert cancelled.cancelled()


async def test_a_job_cancelled_after_admission_admits_the_next() -> None:
    """A task may be cancelled between being admitted and running."""
    gate = PriorityGate()
    gate._occupied = True
    cancelled, waiting = (asyncio.create_task(gate.run(lambda: 1, urgent=True)) for _ in range(2))
    await asyncio.sleep(0)
    gate._admit_next()
    cancelled.cancel()
    assert await waiting == 1


async def ask_under_load(rig: Rig, question: str, *, private: bool) -> Interaction:
    """Have Ada use /ask while so many wait that her answer is deferred."""
    gate = rig.client.services.gate
    gate._occupied = True
    queued = [asyncio.create_task(gate.run(lambda: None, urgent=True)) for _ in range(DEFER_AT)]
    held = rig.fake_discord.hold_next("POST", "/callback$")
    asking = asyncio.create_task(rig.ada.slash("ask", question=question, private=private))
    await held.arrived.wait()
    gate._admit_next()
    held.release()
    used = await asking
    await asyncio.gather(*queued)
    assert used.deferred
    assert used.ephemeral is private
    return used


@pytest.mark.parametrize("private", [False, True])
async def test_under_load_interactions_are_deferred_first(rig: Rig, *, private: bool) -> None:
    """The answer replaces ‘is thinking’ and is as private as asked for."""
    used = await ask_under_load(rig, LEFT_QUESTION, private=private)
    assert (used.message or {})["embeds"] == []
    assert text(used.message).startswith("She left it on Friday evening")
    assert used.followups == []


@pytest.mark.parametrize("may_embed", [True, False])
async def test_a_long_answer_under_load_is_deferred_too(rig: Rig, *, may_embed: bool) -> None:
    """It fills in the deferred message with an embed, or with text that goes on in a message as private as that."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs=2)
    rig.fake_discord.deny_permissions(rig.channel, rig.fake_discord.bot, deny=0 if may_embed else EMBED_LINKS)
    used = await ask_under_load(rig, ACCUSED_QUESTION, private=True)
    parts: list[Any] = [used.message, *used.followups]
    assert [bool(part["embeds"]) for part in parts] == ([True] if may_embed else [False, False])
    assert all(part["flags"] & EPHEMERAL for part in parts)
    assert "**Denied:** Ada Quill denies it." in text(parts[-1])
    assert "More" in labels(parts[-1])
    assert {str(body["allowed_mentions"]) for body in rig.bodies()} == {"{'parse': []}"}


@pytest.mark.parametrize("paragraphs", [1, 2])
async def test_a_deferred_embed_that_is_refused_becomes_text(rig: Rig, paragraphs: int) -> None:
    """Discord's own word counts, whatever the interaction said."""
    rig.answerer.answer_at_length(ACCUSED_QUESTION, paragraphs)
    rig.fake_discord.fail_next("PATCH", "/messages/@original", 403, body={"message": "no", "code": 50013})
    used = await ask_under_load(rig, ACCUSED_QUESTION, private=False)
    parts: list[Any] = [used.message, *used.followups]
    assert [part["embeds"] for part in parts] == [[]] * paragraphs
    assert "**Denied:** Ada Quill denies it." in text(parts[-1])
