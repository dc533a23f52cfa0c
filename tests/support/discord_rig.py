"""What the tests of the Discord side share: the real client, running against the stand-in over loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.knowledge_base import KnowledgeBase
from bot.answering.reply import Reply
from bot.charts.picture import Picture
from bot.charts.renderer import Renderer, RenderRequest
from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.common.cooldown import RATES, Cooldown, Rate, Usage
from bot.discord_frontend.runner import start
from bot.errors import StartError
from bot.journal.journal import Journal
from bot.matching.weights import load_weights
from bot.story.repository import Repository
from tests.support.fake_discord import Channel, Guild, Person, StandIn
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story
from tests.support.story_files import OLD

_OPENAPI = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
OPENAPI = _OPENAPI if _OPENAPI.exists() else None
LEFT = "when did Ada Quill leave the lighthouse?"
PLACE = "where is the lighthouse?"
ACCUSED = "what is Ada Quill accused of?"
GENEROUS: Mapping[Usage, Rate] = {**dict.fromkeys(RATES, Rate(1000, 20)), "channel_error": Rate(1, 30)}
"""For tests of something else, whose clock stands still."""
PIZZA = "best pizza in napoli tonight"


def utc_today() -> date:
    """Return the day by the machine's clock."""
    return datetime.now(UTC).date()


class Scripted(Answerer):
    """An Answerer that gives set replies to some questions, and remembers what it was asked in which context."""

    def __init__(self) -> None:
        super().__init__(small_story(), load_weights())
        self.replies: dict[str, Reply | Exception] = {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def reply(self, question: str, context: Sequence[str] = ()) -> Reply:
        self.asked.append((question, tuple(context)))
        scripted = self.replies.get(question)
        if isinstance(scripted, Exception):
            raise scripted
        return scripted or super().reply(question, context)

    def unsure(self, question: str) -> None:
        """Makes it ask back: when she left, or where it is."""
        options = tuple(self._option_of(id) for id in ("keeper-left", "keeper-place"))
        self.replies[question] = Reply("clarify", "Which of these do you mean?", "", 0.4, options=options)

    def nearly(self, question: str, id: str) -> None:
        """Makes it abstain, with the nearest entry."""
        self.replies[question] = Reply(
            "abstain",
            "Nobody has written an answer to that yet.",
            "",
            0.2,
            nearest=self.entry_reply(id),
            nearest_heading="The closest thing the article does say:",
        )

    def _option_of(self, id: str) -> Any:
        from bot.answering.reply import Option

        entry = self.story.entries[id]
        return Option(id, entry.question, entry.answer, ())


@dataclass
class Rig:
    """One bot, one server with one channel, one person."""

    standin: StandIn
    guild: Guild
    channel: Channel
    ada: Person
    client: PilcrowClient
    answerer: Scripted
    journal: Journal
    time: list[float] = field(default_factory=lambda: [0.0])

    async def mention(self, text: str, **more: Any) -> dict[str, Any]:
        """Ada mentions the bot; its reply."""
        await self.ada.says(self.channel, text, mention_bot=True, **more)
        return await self.standin.next_message(self.channel)

    def bodies(self) -> list[Any]:
        """The bodies of all messages that the bot has sent."""
        found = []
        for request in self.standin.http_api.requests:
            if request.method == "POST" and request.path.endswith("/messages"):
                found.append(request.body)
            elif request.path.endswith("/callback") and request.body["type"] == 4:
                found.append(request.body["data"])
        return found


def embed(message: Any) -> dict[str, Any]:
    """The only embed of a message."""
    (only,) = message["embeds"]
    return dict(only)


def fields(message: Any) -> dict[str, str]:
    """The fields of a message's embed."""
    return {each["name"]: each["value"] for each in embed(message).get("fields", [])}


def labels(message: Any) -> list[str]:
    """What a message's buttons say."""
    return [button["label"] for row in message["components"] for button in row["components"]]


@asynccontextmanager
async def connected(client: PilcrowClient, standin: StandIn) -> AsyncIterator[None]:
    """A client, logged in and ready to hear; afterwards it is closed, and discord.py points where it did."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    generation = standin.gateway.generation
    # discord.py waits for more servers before it says 'ready', which may then come after the close, where it fails.
    client._connection.guild_ready_timeout = 0.0
    running = asyncio.create_task(start(client, standin.token), name="the bot")
    try:
        await standin.until(lambda: running.done() or standin.gateway.generation > generation, "READY")
        if running.done():
            await running
        await asyncio.wait_for(client.commands_registered.wait(), standin.patience)
        await standin.watch.round_trip()
        yield
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(0)  # what discord.py dispatches at the very end runs now, or is reported as never awaited
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def rig(
    tmp_path: Path,
    *,
    privileged: Sequence[str] = (),
    listen: bool = False,
    questions: int = 100,
    texts: dict[int, str] | None = None,
    database: str | None = None,
    heartbeat: int = 41_250,
    look: float = 5.0,
    rates: Mapping[Usage, Rate] | None = None,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """A running bot; at the end every request of it has to have been one that Discord describes."""
    async with StandIn(privileged=privileged, openapi=OPENAPI) as standin:
        standin.heartbeat_interval = heartbeat
        guild = standin.guild()
        channel = guild.channel("general")
        if listen:
            settings["listen_channels"] = (channel.id,)
        journal = Journal(database or f"sqlite:///{tmp_path}/data/journal.sqlite3")
        config = replace(Config(), api=standin.api_url, gateway=standin.gateway_url, **settings)
        answerer, time = Scripted(), [0.0]
        cooldown = Cooldown(questions, 20, lambda: time[0], rates or GENEROUS)
        client = PilcrowClient(config, fixed_base(answerer, texts), journal, cooldown)
        client.health_task.interval = look
        ada = standin.person(guild, name="Ada")
        try:
            async with connected(client, standin):
                yield Rig(standin, guild, channel, ada, client, answerer, journal, time)
        finally:
            journal.close()
        assert standin.violations == []
        assert standin.unknown_requests == []


MESSAGES = r"/channels/\d+/messages$"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the operator is told: our own lines, from warning on."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("bot.") and record.levelname != "INFO"
    ]


def client(standin: StandIn, tmp_path: Path, journal: Journal | None = None, **settings: Any) -> PilcrowClient:
    """A bot that has not started yet."""
    config = replace(Config(), **{"api": standin.api_url, "gateway": standin.gateway_url, **settings})
    return PilcrowClient(config, fixed_base(Scripted()), journal or Journal(f"sqlite:///{tmp_path}/journal.sqlite3"))


async def refusal(client: PilcrowClient, token: str) -> str:
    """The sentence with which the bot does not start."""
    with pytest.raises(StartError) as refused:
        await start(client, token)
    return str(refused.value)


GONE = 5.0


async def ended(running: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Its exit status and its log, once it is gone; it has five seconds."""
    _, log = await asyncio.wait_for(running.communicate(), GONE)
    return running.returncode, log.decode()


class Drawn(Renderer):
    """Has drawn everything already, as so many pictures."""

    def __init__(self, pictures: int) -> None:
        super().__init__()
        self.pictures = pictures

    async def render(self, _: RenderRequest) -> tuple[Picture, ...]:
        return (Picture(b"\x89PNG", "drawn already"),) * self.pictures


KEEPER = "qa/keeper.yaml"
BROKEN = OLD[KEEPER].replace(b"standing: reported", b"standing: sitting")


class Watched(KnowledgeBase):
    """A base that tells when it has been looked at."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Repository(folder), load_weights(), view_settings=bootstrap.view_settings())
        self.looks: asyncio.Queue[None] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()

    def refresh(self) -> bool:
        self.loop.call_soon_threadsafe(self.looks.put_nowait, None)
        return super().refresh()

    async def looked_at(self) -> None:
        """Until a change made before has been seen, seen again, and taken up."""
        while not self.looks.empty():
            self.looks.get_nowait()
        for _ in range(4):
            await asyncio.wait_for(self.looks.get(), 5)
