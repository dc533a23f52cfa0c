"""A crowd: one question at a time, interactions first, and the loop comes round between two of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.discord_frontend.asking.responses import DEFER_AT
from bot.discord_frontend.common.priority_gate import PriorityGate
from tests.support.discord_rig import LEFT_QUESTION, discord_rig, embed


async def test_what_is_urgent_goes_first_and_the_rest_in_order() -> None:
    """Whoever finds nobody there goes at once."""
    gate, done = PriorityGate(), list[str]()
    names = ("first", "a", "urgent 1", "b", "urgent 2")
    await asyncio.gather(
        *(gate.run(lambda name=name: done.append(name), urgent=name.startswith("urgent")) for name in names)  # type: ignore[misc]
    )
    assert done == ["first", "urgent 1", "urgent 2", "a", "b"]


async def test_the_loop_comes_round_between_two_turns() -> None:
    """Something else that is due runs in between, however many start in one go."""
    gate, order = PriorityGate(), list[str]()

    async def other() -> None:
        while order.count("turn") < 5:
            order.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(*(gate.run(lambda: order.append("turn"), urgent=True) for _ in range(5)), other())
    assert "turn turn" not in " ".join(order)


async def test_an_error_and_somebody_who_goes_away_hold_nobody_up() -> None:
    """The turn is passed on in any case."""
    gate = PriorityGate()

    def broken() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        await gate.run(broken, urgent=True)
    await asyncio.sleep(0)
    gate._occupied = True
    gone, staying = (asyncio.create_task(gate.run(lambda: 1, urgent=True)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    gate._admit_next()
    assert await staying == 1
    assert await gate.run(lambda: 2, urgent=False) == 2
    assert gone.cancelled()


async def test_cancelled_with_the_turn_in_hand_it_is_passed_on() -> None:
    """Between being given the turn and taking it somebody may be told to stop."""
    gate = PriorityGate()
    gate._occupied = True
    gone, staying = (asyncio.create_task(gate.run(lambda: 1, urgent=True)) for _ in range(2))
    await asyncio.sleep(0)
    gate._admit_next()
    gone.cancel()
    assert await staying == 1


@pytest.mark.parametrize("private", [False, True])
async def test_in_a_crowd_discord_first_hears_that_an_answer_comes(tmp_path: Path, *, private: bool) -> None:
    """Three seconds may be too short then; the answer takes the place of ‘is thinking’, for the same people."""
    async with discord_rig(tmp_path) as rig:
        gate = rig.client.services.gate
        gate._occupied = True
        crowd = [asyncio.create_task(gate.run(lambda: None, urgent=True)) for _ in range(DEFER_AT)]
        held = rig.fake_discord.hold_next("POST", "/callback$")
        asking = asyncio.create_task(rig.ada.slash("ask", question=LEFT_QUESTION, private=private))
        await held.arrived.wait()
        gate._admit_next()
        held.release()
        used = await asking
        await asyncio.gather(*crowd)
        assert used.deferred
        assert used.ephemeral is private
        assert embed(used.message)["title"]
        assert used.followups == []
