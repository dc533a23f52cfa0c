"""People in several servers who ask all the time, by every way of asking, and what became of each question."""

import asyncio
import contextlib
import math
import time
from collections.abc import Coroutine, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal, TypeVar

from tests.support.fake_discord import Channel, Guild, NoAnswer, Person, StandIn

Kind = Literal["known", "unknown", "shared", "vote"]
KINDS: tuple[Kind, ...] = ("known", "unknown", "shared", "vote")
KNOWN = "when did Ada Quill leave the lighthouse?"
TITLE = "When did Ada Quill leave the lighthouse?"
PLACE = "where is the lighthouse?"
SHARED = "best pizza in napoli tonight"
PAUSE = 0.05
"""Seconds between an answer and the person's next question."""
GIVEN_UP = 0.2
"""Seconds after which somebody gives up who asks a process that is known to be away."""
T = TypeVar("T")


@dataclass
class Asked:
    """One question, or one vote. Times are seconds of the monotonic clock."""

    shard: int
    kind: Kind
    text: str
    at: float
    answered: float | None = None
    gave_up: float = math.inf
    right: bool = True


@dataclass(frozen=True)
class Reader:
    """One person with a channel of their own."""

    person: Person
    channel: Channel
    shard: int


class Crowd:
    """`people` readers in each server; `guilds` holds one server for each shard."""

    def __init__(self, standin: StandIn, guilds: Mapping[int, Guild], people: int, chance: Random) -> None:
        self.asked: list[Asked] = []
        self.guilds = guilds
        self.away = {shard: asyncio.Event() for shard in guilds}
        """Set while the process of a shard is away: nobody waits for it then."""
        self._standin = standin
        self._chance = chance
        self._numbers = count(1)
        self._ended = False
        self._readers = [self._reader(shard, number) for shard in guilds for number in range(people + 1)]

    async def run(self) -> None:
        """Asks until `end` is called."""
        asking = [reader for reader in self._readers if reader is not self._one(reader.shard)]
        await asyncio.gather(*map(self._ask_on, asking))

    def end(self) -> None:
        """Lets everybody have the answer to their last question."""
        self._ended = True

    async def place(self, shard: int) -> str:
        """What is said on this shard about where the lighthouse is; nothing where there is no answer."""
        with contextlib.suppress(NoAnswer), self._ask(shard, "known", PLACE):
            used = await self._wait(shard, self._one(shard).person.slash("ask", question=PLACE))
            return str(_embed(used.message).get("description", ""))
        return ""

    def _reader(self, shard: int, number: int) -> Reader:
        guild = self.guilds[shard]
        channel = self._standin.world.channel(guild, f"room-{number}")
        return Reader(self._standin.person(guild, name=f"Reader {number}"), channel, shard)

    def _one(self, shard: int) -> Reader:
        """The reader on this shard who asks about the place, and nothing else."""
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
        text = {"known": KNOWN, "shared": SHARED}.get(kind) or f"{SHARED} number {next(self._numbers)}"
        with self._ask(reader.shard, kind, text) as asked:
            said: Any
            if self._chance.random() < 0.5:
                said = await self._wait(reader.shard, self._mention(reader, text))
            else:
                slash = reader.person.slash("ask", channel=reader.channel, question=text)
                said = (await self._wait(reader.shard, slash)).message
            asked.right = (_embed(said).get("title") == TITLE) == (kind == "known")

    async def _vote(self, reader: Reader) -> None:
        with self._ask(reader.shard, "known", KNOWN):
            slash = reader.person.slash("ask", channel=reader.channel, question=KNOWN)
            used = await self._wait(reader.shard, slash)
        with self._ask(reader.shard, "vote", "keeper-left"):
            await self._wait(reader.shard, reader.person.clicks(used, "Helpful"))

    async def _mention(self, reader: Reader, text: str) -> Any:
        """The reply to a mention."""
        mine = await reader.person.says(reader.channel, text, mention_bot=True)
        store = self._standin.messages_store

        def reply() -> Any:
            for message in reversed(store.all.values()):
                if str(message.id) == mine["id"]:
                    return None
                if (message.data.get("message_reference") or {}).get("message_id") == mine["id"]:
                    return message.payload()
            return None

        return await self._standin.due(reply, "the reply to a mention", self._standin.patience)

    async def _wait(self, shard: int, acting: Coroutine[Any, Any, T]) -> T:
        """What comes of it. Raises NoAnswer where nothing does, or the process goes away."""
        task, gone = asyncio.create_task(acting), asyncio.create_task(self.away[shard].wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({task}, timeout=GIVEN_UP)
            if not task.done():
                raise NoAnswer(f"the process of shard {shard} is away")
            return await task
        finally:
            task.cancel()
            gone.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)

    @contextlib.contextmanager
    def _ask(self, shard: int, kind: Kind, text: str) -> Iterator[Asked]:
        """One question and its answer, or the moment at which somebody gave up."""
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
