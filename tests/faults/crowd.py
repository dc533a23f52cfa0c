"""People in several servers who ask all the time, by every way of asking, and what became of each question."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal

from tests.standin import Channel, Guild, NoAnswer, Person, StandIn

Kind = Literal["known", "unknown", "shared", "vote"]
KINDS: tuple[Kind, ...] = ("known", "unknown", "shared", "vote")
KNOWN = "when did Ada Quill leave the lighthouse?"
TITLE = "When did Ada Quill leave the lighthouse?"
PLACE = "where is the lighthouse?"
SHARED = "best pizza in napoli tonight"
PAUSE = 0.05
"""Seconds between an answer and the person's next question."""


@dataclass
class Asked:
    """One question, or one vote. Times are seconds of the monotonic clock."""

    shard: int
    kind: Kind
    text: str
    at: float
    answered: float | None = None
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
        asked = self._ask(shard, "known", PLACE)
        with contextlib.suppress(NoAnswer):
            used = await self._one(shard).person.slash("ask", question=PLACE)
            asked.answered = time.monotonic()
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
        asked = self._ask(reader.shard, kind, text)
        said: Any
        if self._chance.random() < 0.5:
            await reader.person.says(reader.channel, text, mention_bot=True)
            said = await self._standin.next_message(reader.channel)
        else:
            said = (await reader.person.slash("ask", channel=reader.channel, question=text)).message
        asked.answered = time.monotonic()
        asked.right = (_embed(said).get("title") == TITLE) == (kind == "known")

    async def _vote(self, reader: Reader) -> None:
        asked = self._ask(reader.shard, "known", KNOWN)
        used = await reader.person.slash("ask", channel=reader.channel, question=KNOWN)
        asked.answered = time.monotonic()
        vote = self._ask(reader.shard, "vote", "keeper-left")
        await reader.person.clicks(used, "Helpful")
        vote.answered = time.monotonic()

    def _ask(self, shard: int, kind: Kind, text: str) -> Asked:
        asked = Asked(shard, kind, text, time.monotonic())
        self.asked.append(asked)
        return asked


def _embed(message: Any) -> dict[str, Any]:
    return dict(message["embeds"][0]) if message and message["embeds"] else {}
