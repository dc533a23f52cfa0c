"""A rig for tests of the Discord front end: the real client, connected to the fake Discord over loopback."""

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
from msgspec import structs

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
from tests.support.fake_discord import Channel, FakeDiscord, Guild, Person
from tests.support.fixed_base import fixed_base
from tests.support.small_story import small_story
from tests.support.story_files import OLD

_OPENAPI = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
OPENAPI = _OPENAPI if _OPENAPI.exists() else None
LEFT_QUESTION = "when did Ada Quill leave the lighthouse?"
PLACE_QUESTION = "where is the lighthouse?"
ACCUSED_QUESTION = "what is Ada Quill accused of?"
GENEROUS_RATES: Mapping[Usage, Rate] = {**dict.fromkeys(RATES, Rate(1000, 20)), "channel_error": Rate(1, 30)}
"""Rates for tests of something else; their clock stands still."""
UNANSWERABLE_QUESTION = "best pizza in napoli tonight"


def utc_today() -> date:
    """Return the day by the machine's clock."""
    return datetime.now(UTC).date()


class ScriptedAnswerer(Answerer):
    """An Answerer with preset replies to some questions, which records what it was asked."""

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

    def clarify_on(self, question: str) -> None:
        """Preset a reply that asks which of two entries is meant."""
        options = tuple(self._option_of(id) for id in ("keeper-left", "keeper-place"))
        self.replies[question] = Reply("clarify", "Which do you mean?", "", 0.4, options=options)

    def guess_on(self, question: str) -> None:
        """Preset a reply that answers with a guess and offers another entry."""
        self.clarify_on(question)
        unsure = self.replies[question]
        assert isinstance(unsure, Reply)
        self.replies[question] = structs.replace(unsure, guess=self.entry_reply("keeper-left"))

    def answer_at_length(self, question: str, paragraphs: int = 1) -> None:
        """Preset the reply about the accusation, too long for a text: paragraphs of 1,650 characters, and a closest thing."""
        self.replies[question] = structs.replace(
            self.entry_reply("lamp-taken"),
            answer="\n\n".join(["It was so. " * 150] * paragraphs),
            closest="gist " * 200,
        )

    def abstain_on(self, question: str, id: str) -> None:
        """Preset a reply without an answer, with the nearest entry."""
        self.replies[question] = Reply(
            "abstain",
            "Nobody has written an answer to that yet.",
            "",
            0.2,
            nearest=self.entry_reply(id),
        )

    def _option_of(self, id: str) -> Any:
        from bot.answering.reply import Option

        entry = self.story.entries[id]
        return Option(id, entry.question, entry.label or entry.question, entry.answer, ())


@dataclass
class Rig:
    """A connected bot, a guild with a channel, and a user."""

    fake_discord: FakeDiscord
    guild: Guild
    channel: Channel
    ada: Person
    client: PilcrowClient
    answerer: ScriptedAnswerer
    journal: Journal
    time: list[float] = field(default_factory=lambda: [0.0])

    async def mention(self, text: str, **more: Any) -> dict[str, Any]:
        """Have Ada mention the bot; return its reply."""
        await self.ada.send(self.channel, text, mention_bot=True, **more)
        return await self.fake_discord.next_message(self.channel)

    def bodies(self) -> list[Any]:
        """Return the bodies of all messages that the bot has sent."""
        bodies = []
        for request in self.fake_discord.http_api.requests:
            if request.method == "POST" and request.path.endswith("/messages"):
                bodies.append(request.body)
            elif request.path.endswith("/callback") and request.body["type"] in (4, 7):
                bodies.append(request.body["data"])
            elif "/webhooks/" in request.path and request.method in ("POST", "PATCH"):
                bodies.append(request.body)
        return bodies


def embed(message: Any) -> dict[str, Any]:
    """Return the only embed of a message."""
    assert len(message["embeds"]) == 1, message.get("content")
    (embed,) = message["embeds"]
    return dict(embed)


def text(message: Any) -> str:
    """Return what a message says: its content, or the description of its only embed, which has nothing else."""
    if not message["embeds"]:
        return str(message["content"])
    shown = embed(message)
    assert shown.keys() <= {"type", "description", "flags"}, shown.keys()
    assert not message["content"]
    return str(shown["description"])


def fields(message: Any) -> dict[str, str]:
    """Return the fields of a message's embed, by name."""
    return {entry["name"]: entry["value"] for entry in embed(message).get("fields", [])}


def labels(message: Any) -> list[str]:
    """Return the labels of a message's buttons, and what its select says before one is chosen."""
    parts = [part for row in message["components"] for part in row["components"]]
    return [part.get("label") or part["placeholder"] for part in parts]


@asynccontextmanager
async def connected(client: PilcrowClient, fake_discord: FakeDiscord) -> AsyncIterator[None]:
    """Connect a client until the end of the block; then close it and restore discord.py's addresses."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    generation = fake_discord.gateway.generation
    # discord.py waits for more servers before it says 'ready', which may then come after the close, where it fails.
    client._connection.guild_ready_timeout = 0.0
    running = asyncio.create_task(start(client, fake_discord.token), name="the bot")
    try:
        await fake_discord.until(lambda: running.done() or fake_discord.gateway.generation > generation, "READY")
        if running.done():
            await running
        await asyncio.wait_for(client.commands_registered.wait(), fake_discord.patience)
        await fake_discord.watch.round_trip()
        yield
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(0)  # what discord.py dispatches at the very end runs now, or is reported as never awaited
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def discord_rig(
    tmp_path: Path,
    *,
    privileged: Sequence[str] = (),
    listen: bool = False,
    questions: int = 100,
    texts: dict[int, str] | None = None,
    database: str | None = None,
    heartbeat: int = 41_250,
    health_interval: float = 5.0,
    rates: Mapping[Usage, Rate] | None = None,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """Run a bot. At the end, every request it made has to conform to Discord's API."""
    async with FakeDiscord(privileged=privileged, openapi=OPENAPI) as fake_discord:
        fake_discord.heartbeat_interval = heartbeat
        guild = fake_discord.guild()
        channel = guild.channel("general")
        if listen:
            settings["listen_channels"] = (channel.id,)
        journal = Journal(database or f"sqlite:///{tmp_path}/data/journal.sqlite3")
        config = replace(Config(), api=fake_discord.api_url, gateway=fake_discord.gateway_url, **settings)
        answerer, time = ScriptedAnswerer(), [0.0]
        cooldown = Cooldown(questions, 20, lambda: time[0], rates or GENEROUS_RATES)
        client = PilcrowClient(config, fixed_base(answerer, texts), journal, cooldown)
        client.health_task.interval = health_interval
        ada = fake_discord.person(guild, name="Ada")
        try:
            async with connected(client, fake_discord):
                yield Rig(fake_discord, guild, channel, ada, client, answerer, journal, time)
        finally:
            journal.close()
        assert fake_discord.violations == []
        assert fake_discord.unknown_requests == []


MESSAGES_ROUTE = r"/channels/\d+/messages$"


def logged_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the bot's own log lines, from warning on."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("bot.") and record.levelname != "INFO"
    ]


def new_client(
    fake_discord: FakeDiscord, tmp_path: Path, journal: Journal | None = None, **settings: Any
) -> PilcrowClient:
    """Return a client that is not connected yet."""
    config = replace(Config(), **{"api": fake_discord.api_url, "gateway": fake_discord.gateway_url, **settings})
    return PilcrowClient(
        config, fixed_base(ScriptedAnswerer()), journal or Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    )


async def start_error(client: PilcrowClient, token: str) -> str:
    """Return the error message with which the bot does not start."""
    with pytest.raises(StartError) as refused:
        await start(client, token)
    return str(refused.value)


EXIT_TIMEOUT = 5.0  # seconds


async def wait_for_exit(running: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """Return the exit status and the log of a process that has EXIT_TIMEOUT seconds to exit."""
    _, log = await asyncio.wait_for(running.communicate(), EXIT_TIMEOUT)
    return running.returncode, log.decode()


class FakeRenderer(Renderer):
    """Renders every request as a number of fixed pictures."""

    def __init__(self, pictures: int) -> None:
        super().__init__()
        self.pictures = pictures

    async def render(self, _: RenderRequest) -> tuple[Picture, ...]:
        return (Picture(b"\x89PNG", "drawn already"),) * self.pictures


KEEPER_FILE = "qa/keeper.yaml"
BROKEN_KEEPER_FILE = OLD[KEEPER_FILE].replace(b"standing: reported", b"standing: sitting")


class ObservedBase(KnowledgeBase):
    """A base that signals when it is checked for changes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Repository(folder), load_weights(), view_settings=bootstrap.view_settings())
        self.checks: asyncio.Queue[None] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self.load()  # as the composition root does, before anything can break it

    def refresh(self) -> bool:
        self.loop.call_soon_threadsafe(self.checks.put_nowait, None)
        return super().refresh()

    async def wait_until_checked(self) -> None:
        """Wait until an earlier change has been noticed and loaded."""
        while not self.checks.empty():
            self.checks.get_nowait()
        for _ in range(4):
            await asyncio.wait_for(self.checks.get(), 5)
