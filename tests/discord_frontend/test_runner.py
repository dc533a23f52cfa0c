"""Starting, stopping and registering commands."""

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
    new_client,
    start_error,
    text,
)
from tests.support.fake_discord import FakeDiscord
from tests.support.fixed_base import fixed_base

PORTAL = "https://discord.com/developers/applications"


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Run a fake Discord with one guild; restore discord.py's addresses at the end."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with FakeDiscord(openapi=OPENAPI) as running:
        running.guild()
        yield running
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert running.violations == []


def test_a_missing_token_is_a_start_error(tmp_path: Path) -> None:
    """The message says where to get one."""
    with pytest.raises(StartError) as error:
        run(Config(), fixed_base(ScriptedAnswerer()), Journal(f"sqlite:///{tmp_path}/journal.sqlite3"), "")
    assert str(error.value) == (
        f"there is no token: copy it from {PORTAL} (your application, Bot, Reset Token) "
        "and put it into the environment variable DISCORD_TOKEN"
    )


@pytest.mark.parametrize("token", ["wrong-token", "a.b.c"])
async def test_an_invalid_token_is_a_start_error(
    fake_discord: FakeDiscord, tmp_path: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the message nor the log contains the token."""
    caplog.set_level(logging.DEBUG)
    message = await start_error(new_client(fake_discord, tmp_path), token)
    assert message == (
        f"Discord does not know this token: make a new one at {PORTAL} (your application, Bot, Reset Token) "
        "and put it into DISCORD_TOKEN"
    )
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ('"a.b.c"', "DISCORD_TOKEN has quotation marks around the token: take them away"),
        ("Bot a.b.c", "DISCORD_TOKEN has the word 'Bot' before the token: take it away, the program adds it"),
        ("DISCORD_TOKEN=a.b.c", "DISCORD_TOKEN has its own name before the token: take it away"),
        *(
            (token, "DISCORD_TOKEN has a space, a line break or a letter with an accent in it, which no token has")
            for token in ("with a space", "with\nline", "naïve")
        ),
    ],
)
async def test_a_mistyped_token_is_a_start_error(
    fake_discord: FakeDiscord, tmp_path: Path, token: str, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is not sent to Discord, and a good token need not be made anew."""
    caplog.set_level(logging.DEBUG)
    assert (await start_error(new_client(fake_discord, tmp_path), token)).startswith(sentence)
    assert fake_discord.requests == []
    assert token not in caplog.text


async def test_a_missing_intent_is_a_start_error(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """listen_channels needs the Message Content Intent; the message says where to enable it."""
    assert await start_error(new_client(fake_discord, tmp_path, listen_channels=(1234567,)), fake_discord.token) == (
        "listen_channels needs the Message Content Intent: switch it on at "
        f"{PORTAL} (your application, Bot), or empty listen_channels in config.yaml"
    )


def log_messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the log messages in order, with durations replaced by 'N s'."""
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
    """The start is retried; one line is logged when the outage is noticed and one when it is over."""
    caplog.set_level(logging.INFO, logger="bot")
    monkeypatch.setattr("discord.http.asyncio.sleep", skip_delay)
    fake_discord.fail_next("GET", "/users/@me", status, 12)
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        pass
    kind = {0: "ServerDisconnectedError", 500: "Discord answered 500", 503: "Discord answered 503"}[status]
    assert log_messages(caplog)[:2] == [
        f"Can't reach Discord at {fake_discord.api_url} ({kind}); retrying",
        "Reached Discord after N s",
    ]


_sleep = asyncio.sleep


async def skip_delay(_: float) -> None:
    await _sleep(0)


@pytest.mark.usefixtures("no_backoff")
async def test_an_unreachable_gateway_at_the_start_is_retried(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line is logged and no traceback, until the gateway can be reached."""
    caplog.set_level(logging.INFO, logger="bot")
    fault = fake_discord.refuse_gateway(4)
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        assert fault.hits == 4
        await fake_discord.watch.round_trip()
    lines = [line for line in log_messages(caplog) if "onnect" in line]
    assert lines == [
        "Can't connect to Discord's gateway yet (WSServerHandshakeError); retrying",
        "Still can't connect (WSServerHandshakeError); retrying less often",
        "Connected to Discord after N s",
    ]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("no_backoff")
async def test_a_gateway_that_refuses_connections_is_retried_until_close(
    fake_discord: FakeDiscord, tmp_path: Path
) -> None:
    """`close` ends the attempts without an error."""
    bot = new_client(fake_discord, tmp_path, gateway="ws://127.0.0.1:9/")
    running = asyncio.create_task(start(bot, fake_discord.token))
    while not bot.gateway_monitor._lost_at:
        await bot.pause(0.01)
    assert not running.done()
    await bot.close()
    await asyncio.wait_for(running, 5)


async def test_an_api_that_is_not_discord_is_a_start_error(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The message names the setting; there is no traceback."""
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
    """It is 78 if somebody has to change something, and 75 if a retry may work; README's systemd unit relies on it."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("bot.bootstrap.run_discord", fail)
    assert main(["run"]) == status
    assert capsys.readouterr().err == f"pilcrow: {error}\n"


@pytest.mark.usefixtures("no_backoff")
async def test_questions_are_answered_while_commands_cannot_be_registered(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line is logged when registration fails, and one when it has worked."""
    caplog.set_level(logging.INFO, logger="bot")
    (guild,) = fake_discord.world.guilds.values()
    ada, channel = fake_discord.person(guild, name="Ada"), next(iter(guild.channels.values()))
    fault = fake_discord.fail_next("GET", "/commands", 503, 10**6)
    bot = new_client(fake_discord, tmp_path)
    bot._connection.guild_ready_timeout = 0.0
    running = asyncio.create_task(start(bot, fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation and fault.hits > 3, "READY")
    await ada.send(channel, LEFT_QUESTION, mention_bot=True)
    await fake_discord.until(lambda: fake_discord.messages(channel)[1:], "the answer")
    fault.times = 1
    await asyncio.wait_for(bot.commands_registered.wait(), 5)
    await bot.close()
    await running
    lines = [line for line in log_messages(caplog) if "ommands" in line and "failed" not in line]
    assert lines == [
        "Can't register the commands everywhere: Discord answered 503",
        "Registered 12 commands everywhere",
        "The commands are up to date now",
    ]


async def test_any_other_refusal_is_a_start_error_with_its_status(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The message names the HTTP status."""
    fake_discord.fail_next("GET", "/users/@me", 403)
    assert await start_error(new_client(fake_discord, tmp_path), fake_discord.token) == (
        f"Discord answered 403 at {fake_discord.api_url}: it refuses this IP address or application"
    )


async def test_only_the_needed_intents_are_requested(tmp_path: Path) -> None:
    """Guilds, guild messages and direct messages; message content only with listen_channels."""
    async with discord_rig(tmp_path) as rig:
        assert rig.client.intents.value == (1 << 0) | (1 << 9) | (1 << 12)
    async with discord_rig(tmp_path, privileged=["message_content"], listen=True) as rig:
        assert rig.client.intents.message_content


async def test_the_api_is_asked_for_the_gateway_if_none_is_configured(
    fake_discord: FakeDiscord, tmp_path: Path
) -> None:
    """Another Discord-compatible server needs only one setting."""
    async with connected(new_client(fake_discord, tmp_path, gateway=None), fake_discord):
        assert fake_discord.gateway.listening()


async def test_sigterm_closes_the_connection(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Nothing is raised."""
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


async def test_commands_are_registered_only_if_they_differ(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The second start leaves them as they are; a difference is corrected."""
    for _ in range(2):
        async with connected(new_client(fake_discord, tmp_path), fake_discord):
            assert fake_discord.command_calls == [("PUT", None)]
    assert sorted(command["name"] for command in fake_discord.commands[None]) == NAMES
    fake_discord.commands[None][0]["contexts"] = [0]
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        assert fake_discord.command_calls == [("PUT", None)] * 2


async def test_command_guilds_restricts_commands_to_guilds(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """They are registered there, and removed globally."""
    (guild,) = fake_discord.world.guilds.values()
    async with connected(new_client(fake_discord, tmp_path), fake_discord):
        pass
    async with connected(new_client(fake_discord, tmp_path, command_guilds=(guild.id,)), fake_discord):
        ada = fake_discord.person(guild, name="Ada")
        assert text((await ada.slash("ask", question=LEFT_QUESTION)).message)
    assert fake_discord.commands[None] == []
    assert fake_discord.command_calls == [("PUT", None), ("PUT", None), ("PUT", guild.id)]


async def test_a_command_guild_without_the_bot_is_logged(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot starts; mentions work without commands."""
    async with connected(new_client(fake_discord, tmp_path, command_guilds=(99999999,)), fake_discord):
        assert fake_discord.gateway.listening()
    assert "Can't register the commands in server 99999999 (is the bot in it?)" in caplog.text


async def test_expired_journal_records_are_deleted_at_the_start(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Unanswered questions and counts are kept for the configured number of days."""
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
    """The core imports neither discord nor, until the journal is used, sqlalchemy."""
    modules = "bot.answering.answerer, bot.bootstrap, bot.config, bot.journal.journal"
    code = f"import sys, {modules}; print([m for m in ('discord', 'sqlalchemy') if m in sys.modules])"
    root = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert shown.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
@pytest.mark.parametrize("library", ["glibc", "another"])
async def test_free_memory_is_trimmed_periodically(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Nothing is called where the C library has no malloc_trim; the task ends with the bot."""
    trims = asyncio.Queue[int]()
    libc = SimpleNamespace(malloc_trim=trims.put_nowait) if library == "glibc" else SimpleNamespace()
    monkeypatch.setattr(runner, "TRIM_INTERVAL", 0)
    monkeypatch.setattr("ctypes.CDLL", lambda _: libc)
    before = asyncio.all_tasks()

    async def running() -> None:
        for _ in range(3 if library == "glibc" else 0):
            assert await trims.get() == 0

    await runner._with_tuned_memory(running())
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
