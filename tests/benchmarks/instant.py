"""Very many commands at the same instant, which random times never produce.

`python -m tests.benchmarks.load --instant 2000 --questions 0 --steady 0`: all commands are prepared first and then
dispatched together, followed by some mentions. Discord drops a command that is not acknowledged within three seconds; a
deferred one has fifteen minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from bot.discord_frontend.common.user_text import OVERLOADED
from tests.support.fake_discord import Interaction

if TYPE_CHECKING:
    from tests.benchmarks.load import Bot, Crowd

MENTIONS = 20
"""Commands for each mention."""
ACK_LIMIT = 3.0  # seconds in which Discord expects an acknowledgement
PATIENCE = 30.0  # seconds without an answer after which to stop waiting


async def measure_instant(crowd: Crowd, bot: Bot, commands: int, *, patient: bool) -> list[str]:
    """Dispatch everything at once; return the failures. `patient`: on a busy machine, lateness is no failure."""
    fake_discord = crowd.fake_discord
    if patient:
        fake_discord.answer_within = 60.0
    await crowd.warm_up()
    before = (await bot.figures())["cpu_s"]
    used = [await _command(crowd, number) for number in range(commands)]
    discord_before = time.process_time()
    start = asyncio.get_running_loop().time()
    for one in used:
        one.began = start
    for number in range(commands // MENTIONS):
        await crowd.ask(*crowd.people[-1 - number % len(crowd.people)], "mention")
    watching = asyncio.create_task(_watch(crowd, used))
    while not all(one.callback is not None or one.age > ACK_LIMIT for one in used):  # noqa: ASYNC110 (others act)
        await asyncio.sleep(0.02)
    discord_first = time.process_time() - discord_before
    acknowledged = await bot.figures()
    answered = await watching
    found = await bot.figures()
    late, own = (max(acknowledged[name], found[name]) for name in ("late_ms", "late_cpu_ms"))
    print(f"\n{commands} commands and {commands // MENTIONS} mentions at the same instant")
    in_time = [one for one in used if one.acknowledged_after is not None and one.acknowledged_after <= ACK_LIMIT]
    kinds = Counter(_kind(one) for one in used)
    print(f"acknowledged within {ACK_LIMIT:g} s: {len(in_time)} of {commands} ({len(in_time) / commands:.1%})")
    print("  " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    _line("until acknowledged", [one.acknowledged_after for one in used if one.acknowledged_after is not None])
    _line("until answered", [moment - start for moment in answered.values()])
    mentions = [one for one in crowd.asked if one.way == "mention"]
    _line("mentions answered", [one.answers[0] - one.at for one in mentions if one.answers])
    whole, first = ((figures["cpu_s"] - before) * 1000 / commands for figures in (found, acknowledged))
    print(f"processor time of the bot: {whole:.2f} ms a command, {first:.2f} ms of them while it acknowledged them")
    print(f"processor time of the fake Discord in those seconds: {discord_first * 1000 / commands:.2f} ms a command")
    print(f"event loop blocked: {late:.0f} ms at most, {own:.0f} ms of them its own work")
    stuck = sum(one.loading for one in used)
    silent = sum(not one.answers for one in mentions)
    held = {
        f"{commands - len(in_time)} commands were not acknowledged within {ACK_LIMIT:g} s": patient
        or len(in_time) == commands,
        f"{stuck} commands were deferred and never answered": not stuck,
        f"{silent} mentions were never answered": not silent,
    }
    return [sentence for sentence, holds in held.items() if not holds]


async def _command(crowd: Crowd, number: int) -> Interaction:
    person, channel, _ = crowd.people[number % len(crowd.people)]
    return await person.slash("ask", channel=channel, question=crowd.chance.choice(crowd.questions))


async def _watch(crowd: Crowd, used: list[Interaction]) -> dict[int, float]:
    """Wait until no more answers come; return when each command was answered."""
    loop, done = asyncio.get_running_loop(), dict[int, float]()
    last = time.monotonic()
    while time.monotonic() - last < PATIENCE:
        fresh = [one.id for one in used if one.id not in done and one.callback is not None and not one.loading]
        done.update(dict.fromkeys(fresh, loop.time()))
        if fresh:
            last = time.monotonic()
        waiting = [one for one in used if one.id not in done and (one.callback is not None or one.age < ACK_LIMIT + 1)]
        if not waiting and all(asked.answers for asked in crowd.asked):
            break
        await asyncio.sleep(0.02)
    return done


def _kind(one: Interaction) -> str:
    if one.callback is None:
        return "lost"
    if (one.message or {}).get("content") == OVERLOADED:
        return "refused as overload"
    if one.loading:
        return "deferred and never answered"
    return "deferred and answered" if one.deferred else "answered at once"


def _line(what: str, seconds: list[float]) -> None:
    if seconds:
        times = sorted(seconds)
        middle, most, worst = times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]
        print(f"{what + ':':<20} {len(times):>6}, median {middle:.2f} s, p99 {most:.2f} s, slowest {worst:.2f} s")
