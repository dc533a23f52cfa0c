"""Simulated users in several guilds who ask continuously, and a record of every question."""

import asyncio
import contextlib
import math
import time
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal, TypeVar

from tests.support.fake_discord import Channel, FakeDiscord, Guild, NoAnswer, Person

Kind = Literal["known", "unknown", "shared", "vote"]
KINDS: tuple[Kind, ...] = ("known", "unknown", "shared", "vote")
ANSWERABLE = "when did Ada Quill leave the lighthouse?"
ANSWER_TITLE = "When did Ada Quill leave the lighthouse?"
PLACE = "where is the lighthouse?"
UNANSWERABLE = "best pizza in napoli tonight"
PAUSE = 0.05
"""Seconds between an answer and the user's next question."""
GIVE_UP_AFTER = 0.2
"""Seconds to wait for a process that is known to be down."""
T = TypeVar("T")


@dataclass
class Asked:
    """A question or a vote. Times are seconds of the monotonic clock."""

    shard: int
    kind: Kind
    text: str
    at: float
    answered: float | None = None
    gave_up: float = math.inf
    right: bool = True


@dataclass(frozen=True)
class Reader:
    """A user with a channel of their own."""

    person: Person
    channel: Channel
    shard: int


class Crowd:
    """`people` users in each guild; `guilds`: one guild for each shard."""

    def __init__(self, fake_discord: FakeDiscord, guilds: Mapping[int, Guild], people: int, chance: Random) -> None:
        self.asked: list[Asked] = []
        self.guilds = guilds
        self.away = {shard: asyncio.Event() for shard in guilds}
        """Set while the process of a shard is down, so that nobody waits for it."""
        self._fake_discord = fake_discord
        self._chance = chance
        self._numbers = count(1)
        self._ended = False
        self._readers = [self._reader(shard, number) for shard in guilds for number in range(people + 1)]

    async def run(self) -> None:
        """Ask until `end` is called."""
        asking = [reader for reader in self._readers if reader is not self._place_reader(reader.shard)]
        await asyncio.gather(*map(self._ask_on, asking))

    def end(self) -> None:
        """Stop asking, after the answers that are still awaited."""
        self._ended = True

    async def place(self, shard: int) -> str:
        """Return what this shard answers about where the lighthouse is, or nothing without an answer."""
        with contextlib.suppress(NoAnswer), self._ask(shard, "known", PLACE):
            used = await self._wait(shard, self._place_reader(shard).person.slash("ask", question=PLACE))
            return str(_embed(used.message).get("description", ""))
        return ""

    def _reader(self, shard: int, number: int) -> Reader:
        guild = self.guilds[shard]
        channel = self._fake_discord.world.channel(guild, f"room-{number}")
        return Reader(self._fake_discord.person(guild, name=f"Reader {number}"), channel, shard)

    def _place_reader(self, shard: int) -> Reader:
        """Return the user of this shard who asks only about the place."""
        return next(reader for reader in self._readers if reader.shard == shard)

    async def _ask_on(self, reader: Reader) -> None:
        while not self._ended:
            kind = self._chance.choice(KINDS)
            with contextlib.suppress(NoAnswer):
                if kind == "vote":
                    await self._vote(reader)
                else:
                    await self._question(reader, kind)
            await asyncio.sleep(PAUSE)

    async def _question(self, reader: Reader, kind: Kind) -> None:
        text = {"known": ANSWERABLE, "shared": UNANSWERABLE}.get(kind) or f"{UNANSWERABLE} number {next(self._numbers)}"
        with self._ask(reader.shard, kind, text) as asked:
            said: Any
            if self._chance.random() < 0.5:
                said = await self._wait(reader.shard, self._mention(reader, text))
            else:
                slash = reader.person.slash("ask", channel=reader.channel, question=text)
                said = (await self._wait(reader.shard, slash)).message
            asked.right = (_embed(said).get("title") == ANSWER_TITLE) == (kind == "known")

    async def _vote(self, reader: Reader) -> None:
        with self._ask(reader.shard, "known", ANSWERABLE):
            slash = reader.person.slash("ask", channel=reader.channel, question=ANSWERABLE)
            used = await self._wait(reader.shard, slash)
        with self._ask(reader.shard, "vote", "keeper-left"):
            await self._wait(reader.shard, reader.person.clicks(used, "Helpful"))

    async def _mention(self, reader: Reader, text: str) -> Any:
        """Ask by mention; return the reply."""
        mine = await reader.person.says(reader.channel, text, mention_bot=True)
        store = self._fake_discord.messages_store

        def reply() -> Any:
            for message in reversed(store.all.values()):
                if str(message.id) == mine["id"]:
                    return None
                if (message.data.get("message_reference") or {}).get("message_id") == mine["id"]:
                    return message.payload()
            return None

        return await self._fake_discord.due(reply, "the reply to a mention", self._fake_discord.patience)

    async def _wait(self, shard: int, acting: Coroutine[Any, Any, T]) -> T:
        """Await an action. Raise NoAnswer if nothing comes, or the process goes down."""
        task, gone = asyncio.create_task(acting), asyncio.create_task(self.away[shard].wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({task}, timeout=GIVE_UP_AFTER)
            if not task.done():
                raise NoAnswer(f"the process of shard {shard} is away")
            return await task
        finally:
            task.cancel()
            gone.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)

    @contextlib.contextmanager
    def _ask(self, shard: int, kind: Kind, text: str) -> Iterator[Asked]:
        """Record a question and when it was answered or given up."""
        asked = Asked(shard, kind, text, time.monotonic())
        self.asked.append(asked)
        try:
            yield asked
            asked.answered = time.monotonic()
        except NoAnswer:
            asked.gave_up = time.monotonic()
            raise


def _embed(message: Any) -> dict[str, Any]:
    return dict(message["embeds"][0]) if message and message["embeds"] else {}
