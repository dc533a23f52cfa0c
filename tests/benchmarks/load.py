"""A load test over real sockets with the real base: many questions at once, and very many one after another.

    python -m tests.benchmarks.load [--questions 2000] [--seconds 10] [--steady 100000] [--instant 2000] [--short]

The bot is a process of its own (tests/benchmarks/watched_bot.py); the fake Discord and the users run in this one. First 500 people in 20 servers ask 2,000 questions within the given seconds, at random moments and in every way there is:
a mention, a reply to an earlier answer, a direct message, /ask, 'Answer this', a button. Then they ask --steady more, one
after another, while the memory of the bot is watched. Prints tables; the exit status is 1 if an answer was
lost or came twice, or a figure is over its limit; of the time that the event loop was blocked only CPU time counts.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.evaluation.questions import load_questions
from tests.benchmarks.instant import measure_instant
from tests.support.fake_discord import Channel, FakeDiscord, Interaction, Person
from tests.support.fake_discord.messages import Message

ROOT = Path(__file__).parents[2]
PEOPLE, SERVERS, SEED = 500, 20, 6
WARM_UP = 20_000
"""Questions after which all caches are full."""
MAX_P99, MAX_BUSY, MAX_GROWTH = 1.0, 50.0, 5.0  # seconds, milliseconds, megabytes
NO_COOLDOWN = "cooldown_questions: 1000\ncooldown_seconds: 1\n"
BUTTON = "More"
WAYS = ("mention", "reply", "direct", "/ask", "Answer this", "button")


@dataclass
class Asked:
    """A question: how and when it was asked, and when it was answered."""

    way: str
    at: float = 0.0
    answers: list[float] = field(default_factory=list)


class Crowd:
    """The users, and what they have asked."""

    def __init__(self, fake_discord: FakeDiscord, seed: int) -> None:
        self.fake_discord = fake_discord
        self.chance = random.Random(seed)
        self.questions = _questions()
        servers = [fake_discord.guild(f"Server {number}") for number in range(SERVERS)]
        self.people: list[tuple[Person, Channel, Channel]] = []
        for number in range(PEOPLE):
            guild = servers[number % SERVERS]
            person = fake_discord.person(guild, name=f"Person {number}")
            self.people.append((person, guild.channel("general"), person.direct))
        self.waiting: dict[int, Asked] = {}
        self.asked: list[Asked] = []
        self.cards: dict[int, Message] = {}  # by channel: an answer with buttons
        self.said: dict[int, Message] = {}  # by channel: an answer to which Discord shows the bot the replies
        self.answered = asyncio.Event()
        fake_discord.listeners.append(self.hear)

    def hear(self, what: Message | Interaction) -> None:
        """Record an answer of the bot."""
        if isinstance(what, Interaction):
            key, message = what.id, what.original
        else:
            key, message = int(what.data.get("message_reference", {}).get("message_id", 0)), what
        asked = self.waiting.get(key)
        if asked is None:
            return
        asked.answers.append(time.perf_counter())
        self.answered.set()
        if message is not None and message.viewer is None and message.channel.guild:
            channel = message.channel.id
            if isinstance(what, Message):
                self.said[channel] = message
            parts = [part for row in message.data["components"] for part in row["components"]]
            if any(part.get("label") == BUTTON for part in parts):
                self.cards[channel] = message

    async def ask(self, person: Person, channel: Channel, direct: Channel, way: str) -> Asked:
        """Have a user ask a question in one way, without waiting for the answer."""
        question, asked = self.chance.choice(self.questions), Asked(way)
        card, said = self.cards.get(channel.id), self.said.get(channel.id)
        if (way == "reply" and said is None) or (way == "button" and card is None):
            asked.way = way = "mention"
        if way == "Answer this":
            message = await person.send(channel, question)
        asked.at = time.perf_counter()
        if way == "mention":
            key = (await person.send(channel, question, mention_bot=True))["id"]
        elif way == "reply" and said is not None:
            key = (await person.send(channel, question, reply_to=said.data))["id"]
        elif way == "direct":
            key = (await person.send(direct, question))["id"]
        elif way == "/ask":
            key = (await person.slash("ask", channel=channel, question=question)).id
        elif way == "button" and card is not None:
            key = (await person.click(card.data, BUTTON)).id
        else:
            key = (await person.menu("Answer this", message)).id
        self.waiting[int(key)] = asked
        self.asked.append(asked)
        return asked

    async def warm_up(self) -> None:
        """Ask a few questions, so that there are answers to reply to, and connections; then forget them."""
        await burst(self, 60, 3.0)
        self.asked.clear()

    def reset(self) -> None:
        """Forget all questions and answers so far."""
        self.asked.clear()
        self.waiting.clear()
        self.cards.clear()
        self.said.clear()


def _questions() -> list[str]:
    """Return the labelled questions, by people who had not seen the base."""
    return [question.text for question in load_questions(ROOT / "tests" / "questions" / "manifest.yaml")]


class Bot:
    """The measured process."""

    def __init__(self, process: asyncio.subprocess.Process, figures: Path) -> None:
        self.process = process
        self._figures = figures

    async def figures(self) -> dict[str, float]:
        """Return the measurements since the last time."""
        self._figures.unlink(missing_ok=True)
        self.process.send_signal(signal.SIGUSR1)
        while not self._figures.exists():  # noqa: ASYNC110 (another process makes the file)
            await asyncio.sleep(0.01)
        found: dict[str, float] = json.loads(self._figures.read_text("ascii"))
        return found


@asynccontextmanager
async def running(fake_discord: FakeDiscord, settings: str = "") -> AsyncIterator[Bot]:
    """Run the bot with these settings until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="pilcrow-load-") as name:
        folder = Path(name)
        config, figures = folder / "config.yaml", folder / "figures.json"
        config.write_text(f"database: sqlite:///{folder}/journal.sqlite3\nlog_level: warning\n{settings}", "utf-8")
        environ = {
            **os.environ,
            "DISCORD_TOKEN": fake_discord.token,
            "PILCROW_DISCORD_API": fake_discord.api_url,
            "PILCROW_DISCORD_GATEWAY": fake_discord.gateway_url,
        }
        command = ["-m", "tests.benchmarks.watched_bot", str(config), str(ROOT / "knowledge"), str(figures)]
        before = fake_discord.gateway.generation
        process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, env=environ)
        try:
            await fake_discord.until(
                lambda: fake_discord.gateway.generation > before and fake_discord.commands, "the bot", 120
            )
            yield Bot(process, figures)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def burst(crowd: Crowd, questions: int, seconds: float) -> None:
    """Have all users ask within some seconds; return when all answers have come."""
    turns = [crowd.people[number % PEOPLE] for number in range(questions)]
    ways = [WAYS[number % len(WAYS)] for number in range(questions)]
    crowd.chance.shuffle(ways)
    moments = sorted(crowd.chance.uniform(0, seconds) for _ in range(questions))
    start = time.perf_counter()
    for moment, turn, way in zip(moments, turns, ways, strict=True):
        if (ahead := start + moment - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        await crowd.ask(*turn, way)
    await wait_for_answers(crowd)


async def wait_for_answers(crowd: Crowd, patience: float = 30.0) -> None:
    """Wait until all is answered, or `patience` seconds pass without an answer; and a second longer, for duplicates."""
    while not all(asked.answers for asked in crowd.asked):
        crowd.answered.clear()
        try:
            await asyncio.wait_for(crowd.answered.wait(), patience)
        except TimeoutError:
            break
    await asyncio.sleep(1)


def table(crowd: Crowd, title: str) -> tuple[float, int]:
    """Print the results by way of asking; return the overall p99 in seconds, and the number lost or duplicated."""
    print(f"\n{title}\n{'way':<14}{'asked':>8}{'lost':>6}{'twice':>7}{'median ms':>11}{'p99 ms':>9}{'worst ms':>10}")
    wrong, whole = 0, 0.0
    for way in (*WAYS, "all"):
        these = [asked for asked in crowd.asked if way in (asked.way, "all")]
        times = sorted(asked.answers[0] - asked.at for asked in these if asked.answers)
        counts = Counter(min(len(asked.answers), 2) for asked in these)
        if times:
            middle, most, worst = times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]
            figures = f"{middle * 1000:>11.0f}{most * 1000:>9.0f}{worst * 1000:>10.0f}"
            print(f"{way:<14}{len(these):>8}{counts[0]:>6}{counts[2]:>7}{figures}")
            whole, wrong = most, counts[0] + counts[2]
    return whole, wrong


async def steady(crowd: Crowd, bot: Bot, questions: int, every: int) -> tuple[float, int]:
    """Ask one question after another; return the memory growth after the warm-up in MB, and the number lost."""
    warm, sizes, lost = min(WARM_UP, questions // 2), [], 0
    print(f"\n{questions} questions one after another\n{'asked':>8}{'MB':>8}{'a second':>10}")
    start = time.perf_counter()
    for number in range(1, questions + 1):
        turn = crowd.people[number % PEOPLE]
        asked = await crowd.ask(*turn, WAYS[number % len(WAYS)])
        while not asked.answers:
            crowd.answered.clear()
            try:
                await asyncio.wait_for(crowd.answered.wait(), 10)
            except TimeoutError:
                lost += 1
                break
        if number % 200 == 0:
            crowd.reset()
            crowd.fake_discord.forget()
        if number % every == 0 and number >= warm:
            size = (await bot.figures())["rss_mb"]
            sizes.append(size)
            print(f"{number:>8}{size:>8.1f}{number / (time.perf_counter() - start):>10.0f}", flush=True)
    return max(sizes) - sizes[0], lost


async def measure_burst(crowd: Crowd, bot: Bot, questions: int, seconds: float, *, patient: bool) -> list[str]:
    """Ask everything at once; return the failures. `patient`: on a busy machine, slowness is no failure."""
    if patient:
        crowd.fake_discord.answer_within = 60.0
    await crowd.warm_up()
    before = (await bot.figures())["cpu_s"]
    await burst(crowd, questions, seconds)
    p99, wrong = table(crowd, f"{questions} questions in {seconds:g} s, {PEOPLE} people, {SERVERS} servers")
    found = await bot.figures()
    print(
        f"processor time of the bot: {(found['cpu_s'] - before) * 1000 / questions:.1f} ms a question\n"
        f"event loop blocked: {found['late_ms']:.0f} ms at most, {found['late_cpu_ms']:.0f} ms of them its own work; "
        f"the longest single thing: {found['busy_ms']:.0f} ms, {found['busy_cpu_ms']:.0f} ms of them its own work"
    )
    refused = Counter(request.status for request in crowd.fake_discord.requests if request.status >= 400)
    held = {
        "an answer was lost or came twice": not wrong,
        f"p99 is over {MAX_P99:g} s": patient or p99 <= MAX_P99,
        f"the event loop was blocked longer than {MAX_BUSY:g} ms": found["late_cpu_ms"] <= MAX_BUSY,
        f"requests were refused: {dict(refused)}": not refused,
    }
    return [sentence for sentence, holds in held.items() if not holds]


async def measure_steady(crowd: Crowd, bot: Bot, questions: int) -> list[str]:
    """Ask one question after another; return the failures."""
    crowd.reset()
    growth, lost = await steady(crowd, bot, questions, max(1, questions // 20))
    print(f"memory after the warm-up: {growth:+.1f} MB at most; {lost} lost")
    held = {
        f"memory grew by more than {MAX_GROWTH:g} MB": growth <= MAX_GROWTH,
        f"{lost} answers were lost": not lost,
    }
    return [sentence for sentence, holds in held.items() if not holds]


async def run(options: argparse.Namespace) -> int:
    """Run everything and return the exit status."""
    failures = []
    async with FakeDiscord() as fake_discord:
        fake_discord.in_process = fake_discord.waits = False
        crowd = Crowd(fake_discord, SEED)
        if options.questions:
            async with running(fake_discord) as bot:
                failures += await measure_burst(crowd, bot, options.questions, options.seconds, patient=options.short)
        if options.instant:
            async with running(fake_discord, NO_COOLDOWN) as bot:
                crowd.reset()
                failures += await measure_instant(crowd, bot, options.instant, patient=options.short)
        if options.steady:
            async with running(fake_discord, NO_COOLDOWN) as bot:
                failures += await measure_steady(crowd, bot, options.steady)
    print("\n" + ("\n".join(failures) or "all figures hold"))
    return 1 if failures else 0


def main() -> int:
    """Run the load test."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--steady", type=int, default=100_000)
    parser.add_argument("--instant", type=int, default=2000, help="commands dispatched at the same instant")
    parser.add_argument(
        "--short",
        action="store_true",
        help="300 questions in 6 s, however long it takes to answer them, 300 in one instant, then 200: for CI",
    )
    options = parser.parse_args()
    if options.short:
        options.questions, options.seconds, options.instant, options.steady = 300, 6.0, 300, 200
    return asyncio.run(run(options))


if __name__ == "__main__":
    sys.exit(main())
