"""Kill two processes of the bot in turn: each has its own shard, both share a journal in PostgreSQL and a base.

    python -m tests.faults.processes [--rounds 5] [--people 8] [--seed 1]

In each round, while people in both servers ask without a pause, each process is killed (SIGKILL) at a random moment and
restarted, the base is changed in a terminal while one process is down and while both are up, and the database is down for a
moment. Everybody served by a process that is up has to get one right answer; the killed process has to come back; every
change of the base has to be in use everywhere; and the journal has to hold each answered question, as often as it was asked.
The exit status is 1 where any of that is not so.
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
from tests.support.fake_discord import FakeDiscord, Guild
from tests.support.postgres import Postgres
from tests.support.story_files import write

ROOT = Path(__file__).parents[2]
SHARDS = 2
HOME = 0
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine; the benchmarks measure how fast answers are."""
SETTINGS = """\
knowledge: {knowledge}
shards: 2
home_guild: [{home}]
cooldown_questions: 1000
cooldown_seconds: 1
"""


@dataclass
class Results:
    """What the run has shown so far."""

    problems: list[str] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    reconnect_times: list[float] = field(default_factory=list)
    """Seconds from the restart of a process until it is connected."""
    update_times: list[float] = field(default_factory=list)
    """Seconds from a change of the base until all processes answer with it."""
    changes: int = 0
    database_outages: int = 0


class Process:
    """One process of the bot."""

    def __init__(self, shard: int, folder: Path, environ: dict[str, str]) -> None:
        self.shard = shard
        self._folder = folder
        self._environ = environ
        self._running: asyncio.subprocess.Process | None = None
        self.log = folder / f"shard-{shard}.log"

    async def start(self) -> None:
        """Start it; its log is appended to."""
        with self.log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--config", "config.yaml", "--shard-ids", str(self.shard)),
                cwd=self._folder,
                env=self._environ,
                stderr=log,
            )

    async def end(self, sent: signal.Signals) -> int:
        """Send it a signal and wait for its end; return its exit status."""
        if self._running is None:
            return 0
        running, self._running = self._running, None
        if running.returncode is None:
            running.send_signal(sent)
        return await running.wait()


class Run:
    """One run: the processes, the people, the base and the database."""

    def __init__(
        self, fake_discord: FakeDiscord, postgres: Postgres, folder: Path, people: int, rng: random.Random
    ) -> None:
        guilds = _guilds(fake_discord)
        knowledge = write(folder / "knowledge")
        (folder / "config.yaml").write_text(SETTINGS.format(knowledge=knowledge, home=guilds[HOME].id))
        self._environ = os.environ | {
            "PYTHONPATH": str(ROOT),
            "DISCORD_TOKEN": fake_discord.token,
            "PILCROW_DISCORD_API": fake_discord.api_url,
            "PILCROW_DISCORD_GATEWAY": fake_discord.gateway_url,
            "PILCROW_DATABASE": postgres.database(),
        }
        self.fake_discord = fake_discord
        self.postgres = postgres
        self.crowd = Crowd(fake_discord, guilds, people, rng)
        self.processes = [Process(shard, folder, self._environ) for shard in range(SHARDS)]
        self.journal = Journal(self._environ["PILCROW_DATABASE"])
        self.results = Results()
        self._folder = folder
        self._rng = rng
        self._texts = (f"It stands at Brim, and this is change {number}." for number in count(1))

    async def play(self, rounds: int) -> None:
        """Start both processes, play the rounds, and stop them."""
        try:
            await asyncio.gather(*(process.start() for process in self.processes))
            for process in self.processes:
                await self._wait_until_connected(process.shard)
            asking = asyncio.create_task(self.crowd.run())
            for _ in range(rounds):
                await self._play_round()
            self.crowd.end()
            await asking
            await asyncio.sleep(WRITE_DELAY)
            for process in self.processes:
                await self._stop(process)
        finally:
            for process in self.processes:
                await process.end(signal.SIGKILL)

    async def _play_round(self) -> None:
        for process in self.processes:
            await asyncio.sleep(self._rng.uniform(1, 4))
            text = await self._kill(process)
            await self._wait_until_used(text)
        await self._wait_until_used(await self._change_base())
        await self._stop_database()

    async def _kill(self, process: Process) -> str:
        """Kill a process, change the base while it is down, and restart it; return the new text."""
        killed = time.monotonic()
        await process.end(signal.SIGKILL)
        self.crowd.down[process.shard].set()
        text = await self._change_base()
        started = time.monotonic()
        await process.start()
        await self._wait_until_connected(process.shard)
        back = time.monotonic()
        self.crowd.down[process.shard].clear()
        self.results.reconnect_times.append(back - started)
        self.results.outages.append(Outage(process.shard, killed, back))
        return text

    async def _change_base(self) -> str:
        """Change the base as a moderator does in a terminal; return the new text of an answer."""
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
            self.results.problems.append(f"the change of the base to '{text}' was refused")
        self.results.changes += 1
        return text

    async def _wait_until_used(self, text: str) -> None:
        """Wait until every process answers with the new text."""
        published = time.monotonic()
        for shard in range(SHARDS):
            while text not in await self.crowd.ask_place(shard):
                if time.monotonic() - published > PATIENCE:
                    self.results.problems.append(f"shard {shard} never answered with '{text}'")
                    return
                await asyncio.sleep(0.1)
        self.results.update_times.append(time.monotonic() - published)

    async def _stop_database(self) -> None:
        start = time.monotonic()
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.sleep(1)
        await asyncio.to_thread(self.postgres.start)
        until = time.monotonic() + RETRY_AFTER  # a process may have found it down just before
        self.results.outages.append(Outage(None, start, until))
        self.results.database_outages += 1
        await asyncio.sleep(RETRY_AFTER + 2 * WRITE_DELAY)

    async def _wait_until_connected(self, shard: int) -> None:
        def is_connected() -> bool:
            sessions = [connection.session for connection in self.fake_discord.gateway.listening()]
            return bool(self.fake_discord.commands) and any(one and one.shard[0] == shard for one in sessions)

        await self.fake_discord.until(is_connected, f"shard {shard} to be connected", PATIENCE)

    async def _stop(self, process: Process) -> None:
        if status := await process.end(signal.SIGTERM):
            self.results.problems.append(f"shard {process.shard} stopped with status {status}")


def _guilds(fake_discord: FakeDiscord) -> dict[int, Guild]:
    """Return a guild for each shard."""
    guilds = (fake_discord.guild(f"Server {number}") for number in count(1))
    by_shard: dict[int, Guild] = {}
    while len(by_shard) < SHARDS:
        guild = next(guilds)
        by_shard.setdefault(shard_of(guild.id, SHARDS), guild)
    return by_shard


def count_journal(run: Run) -> JournalCounts:
    """Return the counts in the journal."""
    inbox = {question.text: question.count for question in run.journal.inbox.questions(1_000_000)}
    votes = sum(helpful for helpful, _ in run.journal.feedback.totals().values())
    return JournalCounts(inbox, votes, sum(count.count for count in run.journal.outcomes.all()))


def find_problems(run: Run) -> list[str]:
    """Return what is wrong with replies, the history, the commands, requests and logs."""
    problems = [f"not a request that Discord knows: {violation}" for violation in run.fake_discord.violations]
    replies = Counter(
        message.data["message_reference"]["message_id"]
        for message in run.fake_discord.messages_store.all.values()
        if message.author == run.fake_discord.bot and message.data.get("message_reference")
    )
    problems += [f"message {id} was answered {times} times" for id, times in replies.items() if times > 1]
    changes = run.journal.history.changes(1_000)
    if len(changes) != run.results.changes:
        problems.append(f"the history has {len(changes)} changes of {run.results.changes}")
    if run.fake_discord.command_calls != [("PUT", None)]:
        problems.append(f"the commands were registered {len(run.fake_discord.command_calls)} times, and not once")
    for process in run.processes:
        log = process.log.read_text("utf-8")
        problems += [line for line in log.splitlines() if " ERROR " in line or "Traceback" in line]
        if (times := log.count("Can't save questions and votes")) > run.results.database_outages:
            problems.append(f"shard {process.shard} said {times} times that the database was down")
    return problems


def report(run: Run, problems: Sequence[str], seconds: float) -> None:
    """Print a line for each thing that was checked."""
    questions, outages = run.crowd.questions, run.results.outages
    times = [
        question.answered_at - question.asked_at
        for question in questions
        if question.answered_at is not None and verdict.was_up(question, outages)
    ]
    percentiles, delay = quantiles(times, n=100), verdict.write_delay(questions, outages)
    certain = sum(verdict.is_certain(question, outages, delay) for question in questions)
    answered = sum(question.answered_at is not None for question in questions)
    print(
        f"{seconds:.0f} s, {len(questions):,} questions and votes, {len(questions) - answered} to a process that was down"
    )
    print(f"answers: median {percentiles[49]:.3f} s, p99 {percentiles[98]:.3f} s, slowest {max(times):.3f} s")
    print(
        f"{len(run.results.reconnect_times)} kills; connected at most {max(run.results.reconnect_times):.1f} s after the restart"
    )
    print(
        f"{run.results.changes} changes of the base; in use everywhere at most {max(run.results.update_times):.1f} s later"
    )
    print(f"{certain:,} looked up in the journal; {answered - certain:,} more were asked during a kill or an outage")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems")


async def play(rounds: int, people: int, seed: int, folder: Path) -> int:
    """Play everything and print the results; return the exit status."""
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(Postgres())
        fake_discord = await stack.enter_async_context(FakeDiscord(openapi=OPENAPI))
        fake_discord.shards, fake_discord.in_process = SHARDS, False
        fake_discord.patience = fake_discord.answer_within = PATIENCE
        run = Run(fake_discord, postgres, folder, people, random.Random(seed))
        try:
            await run.play(rounds)
            questions, outages = run.crowd.questions, run.results.outages
            problems = [*run.results.problems, *verdict.check_answers(questions, outages), *find_problems(run)]
            problems += verdict.check_journal(questions, outages, count_journal(run))
        finally:
            run.journal.close()
        report(run, problems, time.monotonic() - began)
    return 1 if problems else 0


def main() -> int:
    """Play the rounds; return 1 where something was lost, doubled or wrong, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=8, help="in each server")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pilcrow-processes-"))
    try:
        return asyncio.run(play(options.rounds, options.people, options.seed, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
