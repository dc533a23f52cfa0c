"""The priority gate: one job at a time, interactions first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.discord_frontend.asking.responses import DEFER_AT
from bot.discord_frontend.common.priority_gate import PriorityGate
from tests.support.discord_rig import LEFT_QUESTION, discord_rig, text


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


@pytest.mark.parametrize("private", [False, True])
async def test_under_load_interactions_are_deferred_first(tmp_path: Path, *, private: bool) -> None:
    """The answer replaces ‘is thinking’ and is as private as asked for."""
    async with discord_rig(tmp_path) as rig:
        gate = rig.client.services.gate
        gate._occupied = True
        queued = [asyncio.create_task(gate.run(lambda: None, urgent=True)) for _ in range(DEFER_AT)]
        held = rig.fake_discord.hold_next("POST", "/callback$")
        asking = asyncio.create_task(rig.ada.slash("ask", question=LEFT_QUESTION, private=private))
        await held.arrived.wait()
        gate._admit_next()
        held.release()
        used = await asking
        await asyncio.gather(*queued)
        assert used.deferred
        assert used.ephemeral is private
        assert text(used.message)
        assert used.followups == []
