"""Starting, stopping and registering commands, against the fake Discord."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config import Config
from bot.discord_frontend import runner
from bot.discord_frontend.runner import run, serve, start
from bot.errors import ConfigError, JournalError, PilcrowError, StartError, StoryError, TemporaryStartError
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.terminal.cli import main
from tests.support.discord_rig import (
    LEFT_QUESTION,
    OPENAPI,
    ScriptedAnswerer,
    connected,
    discord_rig,
    embed,
    new_client,
    start_error,
)
from tests.support.fake_discord import FakeDiscord
from tests.support.fixed_base import fixed_base

PORTAL = "https://discord.com/developers/applications"


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """A fake Discord with one server; discord.py points where it did afterwards."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with FakeDiscord(openapi=OPENAPI) as running:
        running.guild()
        yield running
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert running.violations == []


def test_without_a_token_it_says_where_to_get_one(tmp_path: Path) -> None:
    """One sentence that says what to do."""
    with pytest.raises(StartError) as refused:
        run(Config(), fixed_base(ScriptedAnswerer()), Journal(f"sqlite:///{tmp_path}/journal.sqlite3"), "")
    assert str(refused.value) == (
        f"there is no token: copy it from {PORTAL} (your application, Bot, Reset Token) "
        "and put it into the environment variable DISCORD_TOKEN"
    )


@pytest.mark.parametrize("token", ["wrong-token", "with a space", "with\nline", "naïve"])
async def test_a_bad_token_is_named_but_not_shown(
    fake_discord: FakeDiscord, tmp_path: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the sentence nor the log holds the token."""
    caplog.set_level(logging.DEBUG)
    sentence = await start_error(new_client(fake_discord, tmp_path), token)
    assert sentence == (
        f"Discord does not know this token: make a new one at {PORTAL} (your application, Bot, Reset Token) "
        "and put it into DISCORD_TOKEN"
    )
    assert token not in caplog.text


async def test_a_missing_intent_is_named(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """listen_channels without the Message Content Intent: what to switch on, or what to leave out."""
    assert await start_error(new_client(fake_discord, tmp_path, listen_channels=(1234567,)), fake_discord.token) == (
        "listen_channels needs the Message Content Intent: switch it on at "
        f"{PORTAL} (your application, Bot), or empty listen_channels in config.yaml"
    )


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says, in the order in which it was said, times left out."""
    return [re.sub(r"\d+\.\d s", "N s", message) for message in caplog.messages]


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("status", [0, 500, 503])
async def test_an_outage_at_the_start_is_waited_out(
    fake_discord: FakeDiscord,
    tmp_path: Path,
    status: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The network or Discord in trouble: one line when it is noticed, one when it is over, and the bot starts."""
    caplog.set_level(logging.INFO, logger="bot")
    monkeypatch.setattr("discord.http.asyncio.sleep", _yield)
    fake_discord.fail_next("GET", "/users/@me", status, 12)
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        pass
    kind = {0: "ServerDisconnectedError", 500: "Discord answered 500", 503: "Discord answered 503"}[status]
    assert told(caplog)[:2] == [
        f"Can't reach Discord at {fake_discord.api_url} ({kind}); retrying",
        "Reached Discord after N s",
    ]


_sleep = asyncio.sleep


async def _yield(_: float) -> None:
    await _sleep(0)


@pytest.mark.usefixtures("no_backoff")
async def test_a_gateway_out_of_reach_at_the_start_is_waited_for(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The API works and the gateway does not: one line, no traceback, and the bot is there when the gateway is."""
    caplog.set_level(logging.INFO, logger="bot")
    fault = fake_discord.refuse_gateway(4)
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        assert fault.hits == 4
        await fake_discord.watch.round_trip()
    lines = [line for line in told(caplog) if "onnect" in line]
    assert lines == [
        "Can't connect to Discord's gateway yet (WSServerHandshakeError); retrying",
        "Still can't connect (WSServerHandshakeError); retrying less often",
        "Connected to Discord after N s",
    ]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("no_backoff")
async def test_a_gateway_at_a_closed_port_ends_nothing(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The bot keeps trying until it is told to stop, and then ends without an error."""
    bot = new_client(fake_discord, tmp_path, gateway="ws://127.0.0.1:9/")
    running = asyncio.create_task(start(bot, fake_discord.token))
    while not bot.gateway_monitor._lost_at:
        await bot.pause(0.01)
    assert not running.done()
    await bot.close()
    await asyncio.wait_for(running, 5)


async def test_what_is_no_discord_is_named(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Something else answers at the address: a sentence and no traceback."""
    fake_discord.fail_next("GET", "/users/@me", 200, body={"hello": "world"})
    assert await start_error(new_client(fake_discord, tmp_path), fake_discord.token) == (
        f"{fake_discord.api_url} is not Discord's API: check PILCROW_DISCORD_API"
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StartError("no"), 78),
        (ConfigError("no"), 78),
        (StoryError([]), 78),
        (TemporaryStartError("no"), 75),
        (JournalError("no"), 75),
    ],
)
def test_the_exit_status_says_whether_a_restart_can_help(
    monkeypatch: pytest.MonkeyPatch, error: PilcrowError, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """78 where a person has to change something, 75 where it may work the next time; README tells systemd so."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("bot.bootstrap.run_discord", fail)
    assert main(["run"]) == status
    assert capsys.readouterr().err == f"pilcrow: {error}\n"


@pytest.mark.usefixtures("no_backoff")
async def test_commands_that_can_not_be_registered_hold_nothing_up(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Questions are answered meanwhile; one line when it fails, one when it has worked."""
    caplog.set_level(logging.INFO, logger="bot")
    (guild,) = fake_discord.world.guilds.values()
    ada, channel = fake_discord.person(guild, name="Ada"), next(iter(guild.channels.values()))
    fault = fake_discord.fail_next("GET", "/commands", 503, 10**6)
    bot = new_client(fake_discord, tmp_path)
    bot._connection.guild_ready_timeout = 0.0
    running = asyncio.create_task(start(bot, fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation and fault.hits > 3, "READY")
    await ada.says(channel, LEFT_QUESTION, mention_bot=True)
    await fake_discord.until(lambda: fake_discord.messages(channel)[1:], "the answer")
    fault.times = 1
    await asyncio.wait_for(bot.commands_registered.wait(), 5)
    await bot.close()
    await running
    lines = [line for line in told(caplog) if "ommands" in line and "failed" not in line]
    assert lines == [
        "Can't register the commands everywhere: Discord answered 503",
        "Registered 12 commands everywhere",
        "The commands are up to date now",
    ]


async def test_a_refusal_is_named(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Any other answer of Discord's is shown with its number."""
    fake_discord.fail_next("GET", "/users/@me", 403)
    assert await start_error(new_client(fake_discord, tmp_path), fake_discord.token) == (
        f"Discord answered 403 at {fake_discord.api_url}: it refuses this IP address or application"
    )


async def test_the_least_intents_are_asked_for(tmp_path: Path) -> None:
    """Servers, their messages and direct messages; message content only with listen_channels."""
    async with discord_rig(tmp_path) as rig:
        assert rig.client.intents.value == (1 << 0) | (1 << 9) | (1 << 12)
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        assert rig.client.intents.message_content


async def test_the_gateway_is_asked_for_where_only_the_api_is_given(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Another Discord-compatible server needs one setting, not two."""
    async with connected(new_client(fake_discord, tmp_path, gateway=None), fake_discord):
        assert fake_discord.gateway.listening()


async def test_told_to_stop_it_ends_cleanly(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """SIGTERM closes the connection; nothing is raised."""
    config = replace(Config(), api=fake_discord.api_url, gateway=fake_discord.gateway_url)
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    running = asyncio.create_task(serve(config, fixed_base(ScriptedAnswerer()), journal, fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 5)
    journal.close()
    await fake_discord.until(lambda: not fake_discord.gateway.listening(), "the end of the connection")


NAMES = ["Answer this", "about", "ask", "claims", "help", "paragraph", "privacy", "sources", "summary", "timeline"]
NAMES += ["updates", "who"]


async def test_commands_are_registered_only_when_they_changed(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The first start registers them, the next leaves them; a difference is put right."""
    for _ in range(2):
        async with connected(new_client(fake_discord, tmp_path), fake_discord):
            assert fake_discord.command_calls == [("PUT", None)]
    assert sorted(command["name"] for command in fake_discord.commands[None]) == NAMES
    fake_discord.commands[None][0]["contexts"] = [0]
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        assert fake_discord.command_calls == [("PUT", None)] * 2


async def test_commands_can_be_kept_to_some_servers(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """With command_guilds they are registered there, and taken away from everywhere else."""
    (guild,) = fake_discord.world.guilds.values()
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        pass
    async with connected(new_client(fake_discord, tmp_path, command_guilds=(guild.id,)), fake_discord):
        ada = fake_discord.person(guild, name="Ada")
        assert embed((await ada.slash("ask", question=LEFT_QUESTION)).message)["title"]
    assert fake_discord.commands[None] == []
    assert fake_discord.command_calls == [("PUT", None), ("PUT", None), ("PUT", guild.id)]


async def test_a_server_without_the_bot_does_not_stop_it(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Commands that Discord does not take are a line in the log: mentions work without."""
    async with connected(new_client(fake_discord, tmp_path, command_guilds=(99999999,)), fake_discord):
        assert fake_discord.gateway.listening()
    assert "Can't register the commands in server 99999999 (is the bot in it?)" in caplog.text


async def test_old_questions_are_forgotten_at_the_start(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Unanswered questions and counts go after the days that the settings say."""
    loop, forgotten = asyncio.get_running_loop(), asyncio.Event()

    class Watched(Journal):
        def delete_before(self, questions: date, counts: date, drafts: date) -> int:
            count = super().delete_before(questions, counts, drafts)
            loop.call_soon_threadsafe(forgotten.set)
            return count

    journal = Watched(f"sqlite:///{tmp_path}/journal.sqlite3")
    journal.inbox.add("how tall is the lighthouse", "dm", date(2020, 1, 1))
    journal.outcomes.add([OutcomeCount(date(2020, 1, 1), "", "abstain", 1)])
    async with connected(new_client(fake_discord, tmp_path, journal), fake_discord):
        await asyncio.wait_for(forgotten.wait(), 5)
    assert journal.inbox.questions(1) == []
    assert journal.outcomes.all() == []
    journal.close()


def test_only_the_front_end_imports_discord() -> None:
    """What answers, reads settings and keeps the journal needs neither discord nor, until it is used, sqlalchemy."""
    modules = "bot.answering.answerer, bot.bootstrap, bot.config, bot.journal.journal"
    code = f"import sys, {modules}; print([m for m in ('discord', 'sqlalchemy') if m in sys.modules])"
    root = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert shown.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
@pytest.mark.parametrize("library", ["glibc", "another"])
async def test_free_memory_is_given_back_while_the_bot_runs(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Now and then; where the C library has no such call, nothing is asked of it. It ends with the bot."""
    trims = asyncio.Queue[int]()
    found = SimpleNamespace(malloc_trim=trims.put_nowait) if library == "glibc" else SimpleNamespace()
    monkeypatch.setattr(runner, "TRIM_INTERVAL", 0)
    monkeypatch.setattr("ctypes.CDLL", lambda _: found)
    before = asyncio.all_tasks()

    async def running() -> None:
        for _ in range(3 if library == "glibc" else 0):
            assert await trims.get() == 0

    await runner._with_tuned_memory(running())
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
