"""Send the client malformed gateway events.

    python -m tests.faults.gateway [--events 100000] [--seed 1]

Events of every kind that the bot receives, and some unknown ones, have fields removed, added, nulled, retyped, nested or
enlarged, reproducibly from the seed. Real questions between them have to be answered over the same connection. Neither
content of the events nor an id may get into the log, no task may fail unnoticed, and memory has to stay flat; otherwise
the exit status is 1.
"""

import argparse
import asyncio
import io
import logging
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.discord_frontend.runner import quiet_discord_logs
from bot.ops import log_setup
from tests.faults.gateway_events import EVENT_NAMES, EVENT_WEIGHTS, MARKER, EventGenerator, Json, Mutator
from tests.support.discord_rig import LEFT_QUESTION, PLACE_QUESTION, Rig, discord_rig, text
from tests.support.fake_discord import NoAnswer

BATCH = 500
"""Events between two rounds of questions."""
MAX_GROWTH = 40.0
"""Megabytes by which memory may grow after the first fifth of the events."""
MAX_LINES = 600
"""Log lines, one for each kind of unreadable data."""
EXPECTED_ERRORS = re.compile(r"Discord answered 400|in _delay_ready")
"""Responses that a generated interaction does not accept; discord.py's handling of two READYs at once."""
REPEATED_LINES = re.compile(r"rejected the answer|Can't send|Ready; servers")
"""Lines logged for each interaction or session, of which there are many here."""


class Results:
    """The problems so far, and the measurements."""

    def __init__(self) -> None:
        self.problems: Counter[str] = Counter()
        self.answered = 0
        self.sessions = 1
        self.memory: list[float] = []


async def ask(rig: Rig, results: Results) -> None:
    """Ask by mention and by command, after undoing what the events did to the guild.

    A question is repeated if a new session has just started, in which it may rightly be missed.
    """
    gateway = rig.fake_discord.gateway
    for _ in range(3):
        before = len(gateway.identifies)
        try:
            await rig.fake_discord.until(lambda: _connected(rig), "the bot to be connected")
            _allow_heartbeats(rig)
            await rig.fake_discord.watch.round_trip()
            rig.fake_discord.join_guild(rig.guild)
            if await _answered(rig):
                results.answered += 2
            else:
                results.problems["a question got no card"] += 1
        except (NoAnswer, TimeoutError, RuntimeError) as error:
            if len(gateway.identifies) > before:
                continue
            results.problems[f"no answer: {error}"] += 1
        return
    results.problems["sessions keep restarting"] += 1


def _allow_heartbeats(rig: Rig) -> None:
    """Lift discord.py's limit of 110 heartbeats a minute."""
    for socket in rig.client.sockets().values():
        socket._rate_limiter.max = socket._rate_limiter.remaining = 10**9


async def _answered(rig: Rig) -> bool:
    question_id = (await rig.ada.send(rig.channel, LEFT_QUESTION, mention_bot=True))["id"]
    reply = await rig.fake_discord.until(lambda: _reply(rig, question_id), "the answer to a mention")
    return bool(text(reply) and (await rig.ada.slash("ask", question=PLACE_QUESTION)).message)


async def no_identify_delay(_: int | None, *, initial: bool = False) -> None:
    """Skip the five seconds that discord.py waits before it starts a new session."""


def _connected(rig: Rig) -> bool:
    """Return whether there is a session, and the bot knows of it."""
    return bool(rig.fake_discord.gateway.listening()) and rig.client.gateway_monitor.all_connected


def _reply(rig: Rig, question_id: str) -> Json:
    """Return the bot's reply to this message, if it has been sent."""
    bot_id = str(rig.fake_discord.bot.id)
    for message in rig.fake_discord.messages(rig.channel):
        if (
            message["author"]["id"] == bot_id
            and (message.get("message_reference") or {}).get("message_id") == question_id
        ):
            return message
    return None


async def play(events: int, seed: int, folder: Path) -> Results:
    """Send a number of events and return the results."""
    rng, results, readies = random.Random(seed), Results(), 0
    async with discord_rig(folder, questions=10**9) as rig:
        rig.fake_discord.patience = 10.0
        rig.client.before_identify_hook = no_identify_delay  # type: ignore[method-assign, assignment]
        handler = asyncio.get_running_loop().get_exception_handler()
        generator, mutator = EventGenerator(rig, rng), Mutator(rng)
        _allow_heartbeats(rig)
        await generator.prepare()
        for number in range(events):
            name = rng.choices(EVENT_NAMES, EVENT_WEIGHTS)[0]
            if rng.random() < 0.005:
                rig.fake_discord.send_packet(
                    rng.choice(["", "[]", f'"{MARKER}"', '{"op": 0, "t": [], "d": 1}', "[" * 5_000])
                )
            rig.fake_discord.send_event(name, mutator.mutate(generator.generate(name)))
            readies += name == "READY"
            if number % BATCH == BATCH - 1:
                await ask(rig, results)
                rig.fake_discord.forget()
                results.memory.append(_resident())
        await rig.fake_discord.watch.wait(20)
        sessions = len(rig.fake_discord.gateway.identifies) + len(rig.fake_discord.gateway.resumes)
        if sessions - 1 > readies:  # of one that can't be used at all a new session may be made, of nothing else
            results.problems[f"{sessions - 1} times the bot reconnected"] += 1
        results.sessions = sessions
        if handler is None:
            results.problems["the event loop has no exception handler"] += 1
        rig.fake_discord.unknown_requests.clear()  # made-up ids and tokens lead nowhere
        rig.fake_discord.violations.clear()
    return results


def _resident() -> float:
    """Return the memory of the process in megabytes, or its peak where the system does not report the current one."""
    file = Path("/proc/self/statm")
    if file.exists():
        return int(file.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@contextmanager
def log_as_written() -> Iterator[io.StringIO]:
    """Capture the log as `pilcrow run` writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(log_setup.make_formatter("text"))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger(log_setup.ROOT_LOGGER).setLevel(logging.INFO)
    quiet_discord_logs()
    yield written


def judge(results: Results, log: str) -> None:
    """Add the problems of the log and of memory growth to the results."""
    lines = log.splitlines()
    for line in lines:
        redacted = re.sub(r"(in|answer:) channel \d+(:| is gone)", "", line)  # lines about a guild channel name it
        if MARKER in line or re.search(r"\d{15,}", redacted):
            results.problems[f"content or an id in the log: {line[:160]}"] += 1
        if EXPECTED_ERRORS.search(line):
            continue
        if " ERROR " in line or "Unhandled error" in line:
            results.problems[re.sub(r"^\S+ ", "", line)[:400]] += 1
    others = [line for line in lines if not REPEATED_LINES.search(line)]
    if len(others) > MAX_LINES:
        results.problems[f"{len(others)} lines in the log"] += 1
    settled = results.memory[len(results.memory) // 5 :]
    if len(settled) > 1 and settled[-1] - settled[0] > MAX_GROWTH:
        results.problems[f"memory grew from {settled[0]:.0f} to {settled[-1]:.0f} MB"] += 1


def main() -> int:
    """Send the events; return 1 if there were problems."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="a file for the log")
    arguments = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pilcrow-gateway-") as folder, log_as_written() as log:
        results = asyncio.run(play(arguments.events, arguments.seed, Path(folder)))
    judge(results, log.getvalue())
    if arguments.log:
        arguments.log.write_text(log.getvalue(), "utf-8")
    for problem, times in results.problems.most_common(40):
        print(f"{times} × {problem}")
    memory = f"{results.memory[0]:.0f} to {results.memory[-1]:.0f} MB" if results.memory else "not measured"
    print(
        f"{arguments.events:,} events in {time.monotonic() - started:.0f} s, {results.answered} questions answered between them, "
        f"{results.sessions} sessions, "
        f"memory {memory}, {len(log.getvalue().splitlines())} log lines, {len(results.problems)} problems"
    )
    return 1 if results.problems else 0


if __name__ == "__main__":
    sys.exit(main())
