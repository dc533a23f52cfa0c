"""Simulated users in several guilds who ask continuously, and a record of every question."""

import asyncio
import contextlib
import math
import time
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any, Literal, TypeVar

from tests.support.fake_discord import Channel, FakeDiscord, Guild, NoAnswer, Person

Kind = Literal["known", "unknown", "shared", "vote"]
KINDS: tuple[Kind, ...] = ("known", "unknown", "shared", "vote")
ANSWERABLE = "when did Ada Quill leave the lighthouse?"
ANSWER = "She left it on Friday evening"
PLACE = "where is the lighthouse?"
UNANSWERABLE = "best pizza in napoli tonight"
PAUSE = 0.05
"""Seconds between an answer and the user's next question."""
GIVE_UP_AFTER = 0.2
"""Seconds to wait for an answer of a process that is down."""
T = TypeVar("T")


@dataclass
class Question:
    """A question or a vote. Times are seconds of the monotonic clock."""

    shard: int
    kind: Kind
    text: str
    asked_at: float
    answered_at: float | None = None
    given_up_at: float = math.inf
    correct: bool = True


@dataclass(frozen=True)
class Reader:
    """A user, and the channel where they ask."""

    person: Person
    channel: Channel
    shard: int


class Crowd:
    """`people` users in each guild; `guilds`: one guild for each shard."""

    def __init__(self, fake_discord: FakeDiscord, guilds: Mapping[int, Guild], people: int, rng: Random) -> None:
        self.questions: list[Question] = []
        self.guilds = guilds
        self.down = {shard: asyncio.Event() for shard in guilds}
        """Set while the process of a shard is down, so that no user waits for it."""
        self._fake_discord = fake_discord
        self._rng = rng
        self._numbers = count(1)
        self._ended = False
        self._readers = [self._reader(shard, number) for shard in guilds for number in range(people + 1)]

    async def run(self) -> None:
        """Ask until `end` is called."""
        asking = [reader for reader in self._readers if reader is not self._place_reader(reader.shard)]
        await asyncio.gather(*map(self._ask_repeatedly, asking))

    def end(self) -> None:
        """Stop asking once the pending answers have come."""
        self._ended = True

    async def ask_place(self, shard: int) -> str:
        """Return the answer of this shard to PLACE, or an empty string without an answer."""
        with contextlib.suppress(NoAnswer), self._recorded(shard, "known", PLACE):
            used = await self._await_unless_down(shard, self._place_reader(shard).person.slash("ask", question=PLACE))
            return str((used.message or {}).get("content", ""))
        return ""

    def _reader(self, shard: int, number: int) -> Reader:
        guild = self.guilds[shard]
        channel = self._fake_discord.world.channel(guild, f"room-{number}")
        return Reader(self._fake_discord.person(guild, name=f"Reader {number}"), channel, shard)

    def _place_reader(self, shard: int) -> Reader:
        """Return the user of this shard who asks only PLACE."""
        return next(reader for reader in self._readers if reader.shard == shard)

    async def _ask_repeatedly(self, reader: Reader) -> None:
        while not self._ended:
            kind = self._rng.choice(KINDS)
            # Somebody new each time: one person who asked this fast would meet the limits of one person.
            person = self._fake_discord.person(self.guilds[reader.shard], name=f"Reader {reader.channel.name}")
            reader = replace(reader, person=person)
            with contextlib.suppress(NoAnswer):
                if kind == "vote":
                    await self._ask_and_vote(reader)
                else:
                    await self._ask_question(reader, kind)
            await asyncio.sleep(PAUSE)

    async def _ask_question(self, reader: Reader, kind: Kind) -> None:
        text = {"known": ANSWERABLE, "shared": UNANSWERABLE}.get(kind) or f"{UNANSWERABLE} number {next(self._numbers)}"
        with self._recorded(reader.shard, kind, text) as question:
            message: Any
            if self._rng.random() < 0.5:
                message = await self._await_unless_down(reader.shard, self._ask_by_mention(reader, text))
            else:
                slash = reader.person.slash("ask", channel=reader.channel, question=text)
                message = (await self._await_unless_down(reader.shard, slash)).message
            question.correct = message["content"].startswith(ANSWER) == (kind == "known")

    async def _ask_and_vote(self, reader: Reader) -> None:
        with self._recorded(reader.shard, "known", ANSWERABLE):
            slash = reader.person.slash("ask", channel=reader.channel, question=ANSWERABLE)
            used = await self._await_unless_down(reader.shard, slash)
        with self._recorded(reader.shard, "vote", "keeper-left"):
            await self._await_unless_down(reader.shard, reader.person.click(used, "Good"))

    async def _ask_by_mention(self, reader: Reader, text: str) -> Any:
        """Ask by mention; return the reply."""
        question = await reader.person.send(reader.channel, text, mention_bot=True)
        store = self._fake_discord.messages_store

        def reply() -> Any:
            for message in reversed(store.all.values()):
                if str(message.id) == question["id"]:
                    return None
                if (message.data.get("message_reference") or {}).get("message_id") == question["id"]:
                    return message.payload()
            return None

        return await self._fake_discord.due(reply, "the reply to a mention", self._fake_discord.patience)

    async def _await_unless_down(self, shard: int, action: Coroutine[Any, Any, T]) -> T:
        """Await an action. Raise NoAnswer if there is no answer, or the process goes down."""
        task, down = asyncio.create_task(action), asyncio.create_task(self.down[shard].wait())
        try:
            await asyncio.wait({task, down}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({task}, timeout=GIVE_UP_AFTER)
            if not task.done():
                raise NoAnswer(f"the process of shard {shard} is down")
            return await task
        finally:
            task.cancel()
            down.cancel()
            await asyncio.gather(task, down, return_exceptions=True)

    @contextlib.contextmanager
    def _recorded(self, shard: int, kind: Kind, text: str) -> Iterator[Question]:
        """Record a question, and when it was answered or given up."""
        question = Question(shard, kind, text, time.monotonic())
        self.questions.append(question)
        try:
            yield question
            question.answered_at = time.monotonic()
        except NoAnswer:
            question.given_up_at = time.monotonic()
            raise
