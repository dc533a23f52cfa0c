"""Two processes of the bot, each with its own shard, one journal in PostgreSQL and one base; one after the other is killed.

    python -m tests.faults.processes [--rounds 5] [--people 8] [--seed 1]

In each round, while people in both servers ask without a pause, each process is killed (SIGKILL) at a random moment and
started again, the base is changed in a terminal while one of them is away and while both are there, and the database is
away for a moment. JournalCounts against what people saw: whoever is not served by the process that is away is answered, once and
rightly; the killed one comes back; every change of the base is in use everywhere; and the journal holds each question that
was answered, as often as it was asked. The exit status is 1 where any of that is not so.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles

from bot.config import shard_of
from bot.journal.database import RETRY_AFTER
from bot.journal.journal import Journal
from tests.faults import verdict
from tests.faults.crowd import Crowd
from tests.faults.verdict import WRITE_DELAY, JournalCounts, Outage
from tests.support.discord_rig import OPENAPI
from tests.support.fake_discord import Guild, StandIn
from tests.support.postgres import Postgres
from tests.support.story_files import write

ROOT = Path(__file__).parents[2]
SHARDS = 2
HOME = 0
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine; how fast answers are, others measure."""
SETTINGS = """\
knowledge: {knowledge}
shards: 2
home_guild: [{home}]
cooldown_questions: 1000
cooldown_seconds: 1
"""


@dataclass
class Found:
    """What the run has shown so far."""

    problems: list[str] = field(default_factory=list)
    away: list[Outage] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    followed: list[float] = field(default_factory=list)
    changes: int = 0
    outages: int = 0


class Process:
    """One process of the bot."""

    def __init__(self, shard: int, folder: Path, environ: dict[str, str]) -> None:
        self.shard = shard
        self._folder = folder
        self._environ = environ
        self._running: asyncio.subprocess.Process | None = None
        self.log = folder / f"shard-{shard}.log"

    async def start(self) -> None:
        """Starts it; its log goes on where it was."""
        with self.log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--config", "config.yaml", "--shard-ids", str(self.shard)),
                cwd=self._folder,
                env=self._environ,
                stderr=log,
            )

    async def end(self, how: signal.Signals) -> int:
        """Sends it a signal and waits until it is gone; its exit status."""
        if self._running is None:
            return 0
        running, self._running = self._running, None
        if running.returncode is None:
            running.send_signal(how)
        return await running.wait()


class Run:
    """Everything that takes part."""

    def __init__(self, standin: StandIn, postgres: Postgres, folder: Path, people: int, chance: random.Random) -> None:
        guilds = _guilds(standin)
        knowledge = write(folder / "knowledge")
        (folder / "config.yaml").write_text(SETTINGS.format(knowledge=knowledge, home=guilds[HOME].id))
        self._environ = os.environ | {
            "PYTHONPATH": str(ROOT),
            "DISCORD_TOKEN": standin.token,
            "PILCROW_DISCORD_API": standin.api_url,
            "PILCROW_DISCORD_GATEWAY": standin.gateway_url,
            "PILCROW_DATABASE": postgres.database(),
        }
        self.standin = standin
        self.postgres = postgres
        self.crowd = Crowd(standin, guilds, people, chance)
        self.processes = [Process(shard, folder, self._environ) for shard in range(SHARDS)]
        self.journal = Journal(self._environ["PILCROW_DATABASE"])
        self.found = Found()
        self._folder = folder
        self._chance = chance
        self._texts = (f"It stands at Brim, and this is change {number}." for number in count(1))

    async def whole(self, rounds: int) -> None:
        """Starts both processes, lets everything happen, and stops them."""
        try:
            await asyncio.gather(*(process.start() for process in self.processes))
            for process in self.processes:
                await self._connected(process.shard)
            asking = asyncio.create_task(self.crowd.run())
            for _ in range(rounds):
                await self._round()
            self.crowd.end()
            await asking
            await asyncio.sleep(WRITE_DELAY)
            for process in self.processes:
                await self._stop(process)
        finally:
            for process in self.processes:
                await process.end(signal.SIGKILL)

    async def _round(self) -> None:
        for process in self.processes:
            await asyncio.sleep(self._chance.uniform(1, 4))
            text = await self._kill(process)
            await self._follow(text)
        await self._follow(await self._change())
        await self._database_away()

    async def _kill(self, process: Process) -> str:
        """Kills a process, changes the base while it is away, and starts it again; the new text."""
        killed = time.monotonic()
        await process.end(signal.SIGKILL)
        self.crowd.away[process.shard].set()
        text = await self._change()
        started = time.monotonic()
        await process.start()
        await self._connected(process.shard)
        back = time.monotonic()
        self.crowd.away[process.shard].clear()
        self.found.back.append(back - started)
        self.found.away.append(Outage(process.shard, killed, back))
        return text

    async def _change(self) -> str:
        """Changes the base as a moderator does in a terminal; the new text of the answer about the place."""
        text = next(self._texts)
        command = [
            "kb",
            "edit",
            "keeper-place",
            "--answer",
            text,
            "--yes",
            "--despite-warnings",
            "--config",
            "config.yaml",
        ]
        done = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *command),
            cwd=self._folder,
            env=self._environ,
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await done.wait():
            self.found.problems.append(f"the change of the base to '{text}' was refused")
        self.found.changes += 1
        return text

    async def _follow(self, text: str) -> None:
        """Waits until every process answers with the new text."""
        published = time.monotonic()
        for shard in range(SHARDS):
            while text not in await self.crowd.place(shard):
                if time.monotonic() - published > PATIENCE:
                    self.found.problems.append(f"shard {shard} never took up '{text}'")
                    return
                await asyncio.sleep(0.1)
        self.found.followed.append(time.monotonic() - published)

    async def _database_away(self) -> None:
        gone = time.monotonic()
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.sleep(1)
        await asyncio.to_thread(self.postgres.start)
        until = time.monotonic() + RETRY_AFTER  # a process may have found just before that it was not there
        self.found.away.append(Outage(None, gone, until))
        self.found.outages += 1
        await asyncio.sleep(RETRY_AFTER + 2 * WRITE_DELAY)

    async def _connected(self, shard: int) -> None:
        def there() -> bool:
            sessions = [connection.session for connection in self.standin.gateway.listening()]
            return bool(self.standin.commands) and any(one and one.shard[0] == shard for one in sessions)

        await self.standin.until(there, f"shard {shard} to be connected", PATIENCE)

    async def _stop(self, process: Process) -> None:
        if status := await process.end(signal.SIGTERM):
            self.found.problems.append(f"shard {process.shard} stopped with status {status}")


def _guilds(standin: StandIn) -> dict[int, Guild]:
    """A server for each shard."""
    made = (standin.guild(f"Server {number}") for number in count(1))
    found: dict[int, Guild] = {}
    while len(found) < SHARDS:
        guild = next(made)
        found.setdefault(shard_of(guild.id, SHARDS), guild)
    return found


def held(run: Run) -> JournalCounts:
    """What the journal holds."""
    inbox = {one.text: one.count for one in run.journal.inbox.questions(1_000_000)}
    votes = sum(helpful for helpful, _ in run.journal.feedback.totals().values())
    return JournalCounts(inbox, votes, sum(one.count for one in run.journal.outcomes.all()))


def said(run: Run) -> list[str]:
    """What is wrong with all else that is left: replies, the history, the commands, every request, the logs."""
    found = [f"not a request that Discord knows: {one}" for one in run.standin.violations]
    replies = Counter(
        message.data["message_reference"]["message_id"]
        for message in run.standin.messages_store.all.values()
        if message.author == run.standin.bot and message.data.get("message_reference")
    )
    found += [f"message {id} was answered {times} times" for id, times in replies.items() if times > 1]
    kept = run.journal.history.changes(1_000)
    if len(kept) != run.found.changes:
        found.append(f"the history has {len(kept)} changes of {run.found.changes}")
    if run.standin.command_calls != [("PUT", None)]:
        found.append(f"the commands were registered {len(run.standin.command_calls)} times, and not once")
    for process in run.processes:
        log = process.log.read_text("utf-8")
        found += [line for line in log.splitlines() if " ERROR " in line or "Traceback" in line]
        if (times := log.count("Can't save questions and votes")) > run.found.outages:
            found.append(f"shard {process.shard} said {times} times that the database was away")
    return found


def report(run: Run, problems: Sequence[str], seconds: float) -> None:
    """One line for each thing that was looked at."""
    asked, away = run.crowd.asked, run.found.away
    took = [one.answered - one.at for one in asked if one.answered is not None and verdict.was_up(one, away)]
    hundredths, just = quantiles(took, n=100), verdict.write_delay(asked, away)
    certain = sum(verdict.is_certain(one, away, just) for one in asked)
    answered = sum(one.answered is not None for one in asked)
    print(f"{seconds:.0f} s, {len(asked):,} questions and votes, {len(asked) - answered} of a process that was away")
    print(f"answers: median {hundredths[49]:.3f} s, p99 {hundredths[98]:.3f} s, slowest {max(took):.3f} s")
    print(f"{len(run.found.back)} kills; connected again at most {max(run.found.back):.1f} s after the new start")
    print(f"{run.found.changes} changes of the base; in use everywhere at most {max(run.found.followed):.1f} s later")
    print(f"{certain:,} looked up in the journal; {answered - certain:,} more fell into a kill or an outage")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")


async def play(rounds: int, people: int, seed: int, folder: Path) -> int:
    """Plays everything and prints what came of it; the exit status."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(Postgres())
        standin = await stack.enter_async_context(StandIn(openapi=OPENAPI))
        standin.shards, standin.in_process = SHARDS, False
        standin.patience = standin.answer_within = PATIENCE
        run = Run(standin, postgres, folder, people, random.Random(seed))
        try:
            await run.whole(rounds)
            asked, away = run.crowd.asked, run.found.away
            problems = [*run.found.problems, *verdict.check_answers(asked, away), *said(run)]
            problems += verdict.check_journal(asked, away, held(run))
        finally:
            run.journal.close()
        report(run, problems, time.monotonic() - began)
    return 1 if problems else 0


def main() -> int:
    """Plays the rounds; the exit status is 1 where something was lost, doubled or wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--people", type=int, default=8, help="in each server")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pilcrow-processes-"))
    try:
        return asyncio.run(play(chosen.rounds, chosen.people, chosen.seed, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
