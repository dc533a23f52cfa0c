"""Starting, stopping and registering commands, against the stand-in."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.base import Ready
from bot.config import Config
from bot.discord_frontend import starting
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.starting import run, serve, start
from bot.errors import StartError
from bot.journal.journal import Count, Journal
from tests.standin import StandIn
from tests.test_discord_rig import LEFT, OPENAPI, Scripted, connected, embed, rig

PORTAL = "https://discord.com/developers/applications"


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in with one server; discord.py points where it did afterwards."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with StandIn(openapi=OPENAPI) as running:
        running.guild()
        yield running
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert running.violations == []


def client(standin: StandIn, tmp_path: Path, journal: Journal | None = None, **settings: Any) -> PilcrowClient:
    """A bot that has not started yet."""
    config = replace(Config(), **{"api": standin.api_url, "gateway": standin.gateway_url, **settings})
    return PilcrowClient(config, Ready(Scripted(), {}, ""), journal or Journal(f"sqlite:///{tmp_path}/journal.sqlite3"))


async def refusal(client: PilcrowClient, token: str) -> str:
    """The sentence with which the bot does not start."""
    with pytest.raises(StartError) as refused:
        await start(client, token)
    return str(refused.value)


def test_without_a_token_it_says_where_to_get_one(tmp_path: Path) -> None:
    """One sentence that says what to do."""
    with pytest.raises(StartError) as refused:
        run(Config(), None, Ready(Scripted(), {}, ""), Journal(f"sqlite:///{tmp_path}/journal.sqlite3"), "")
    assert str(refused.value) == (
        f"there is no token: copy it from {PORTAL} (your application, Bot, Reset Token) "
        "and put it into the environment variable DISCORD_TOKEN"
    )


@pytest.mark.parametrize("token", ["wrong-token", "with a space", "with\nline", "naïve"])
async def test_a_bad_token_is_named_but_not_shown(
    standin: StandIn, tmp_path: Path, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the sentence nor the log holds the token."""
    caplog.set_level(logging.DEBUG)
    sentence = await refusal(client(standin, tmp_path), token)
    assert sentence == (
        f"Discord does not know this token: make a new one at {PORTAL} (your application, Bot, Reset Token) "
        "and put it into DISCORD_TOKEN"
    )
    assert token not in caplog.text


async def test_a_missing_intent_is_named(standin: StandIn, tmp_path: Path) -> None:
    """listen_channels without the Message Content Intent: what to switch on, or what to leave out."""
    assert await refusal(client(standin, tmp_path, listen_channels=(1234567,)), standin.token) == (
        "Discord won't show the bot what is written in listen_channels: switch on the Message Content Intent at "
        f"{PORTAL} (your application, Bot), or empty listen_channels in config.yaml"
    )


async def test_an_address_where_nothing_is_there_is_named(standin: StandIn, tmp_path: Path) -> None:
    """No network: the address, and what to look at."""
    nowhere = client(standin, tmp_path, api="http://127.0.0.1:9/api/v10")
    assert await refusal(nowhere, standin.token) == (
        "Discord can't be reached at http://127.0.0.1:9/api/v10: check the network, a proxy or a firewall, and start again"
    )


async def test_a_refusal_is_named(standin: StandIn, tmp_path: Path) -> None:
    """Any other answer of Discord's is shown with its number."""
    standin.fail_next("GET", "/users/@me", 403)
    assert await refusal(client(standin, tmp_path), standin.token) == (
        f"Discord answered 403 at {standin.api_url}: it refuses this address or application"
    )


async def test_the_least_intents_are_asked_for(tmp_path: Path) -> None:
    """Servers, their messages and direct messages; message content only with listen_channels."""
    async with rig(tmp_path) as r:
        assert r.client.intents.value == (1 << 0) | (1 << 9) | (1 << 12)
    async with rig(tmp_path, privileged=["message_content"], listen=True) as r:
        assert r.client.intents.message_content


async def test_the_gateway_is_asked_for_where_only_the_api_is_given(standin: StandIn, tmp_path: Path) -> None:
    """Another Discord-compatible server needs one setting, not two."""
    async with connected(client(standin, tmp_path, gateway=None), standin):
        assert standin.gateway.listening()


async def test_told_to_stop_it_ends_cleanly(standin: StandIn, tmp_path: Path) -> None:
    """SIGTERM closes the connection; nothing is raised."""
    config = replace(Config(), api=standin.api_url, gateway=standin.gateway_url)
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    running = asyncio.create_task(serve(config, None, Ready(Scripted(), {}, ""), journal, standin.token))
    await standin.until(lambda: standin.gateway.generation, "READY")
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, 5)
    journal.close()
    await standin.until(lambda: not standin.gateway.listening(), "the end of the connection")


NAMES = ["Answer this", "about", "ask", "claims", "help", "paragraph", "privacy", "sources", "summary", "timeline"]
NAMES += ["updates", "who"]


async def test_commands_are_registered_only_when_they_changed(standin: StandIn, tmp_path: Path) -> None:
    """The first start registers them, the next leaves them; a difference is put right."""
    for _ in range(2):
        async with connected(client(standin, tmp_path), standin):
            assert standin.command_calls == [("PUT", None)]
    assert sorted(command["name"] for command in standin.commands[None]) == NAMES
    standin.commands[None][0]["contexts"] = [0]
    async with connected(client(standin, tmp_path), standin):
        assert standin.command_calls == [("PUT", None)] * 2


async def test_commands_can_be_kept_to_some_servers(standin: StandIn, tmp_path: Path) -> None:
    """With command_guilds they are registered there, and taken away from everywhere else."""
    (guild,) = standin.world.guilds.values()
    async with connected(client(standin, tmp_path), standin):
        pass
    async with connected(client(standin, tmp_path, command_guilds=(guild.id,)), standin):
        ada = standin.person(guild, name="Ada")
        assert embed((await ada.slash("ask", question=LEFT)).message)["title"]
    assert standin.commands[None] == []
    assert standin.command_calls == [("PUT", None), ("PUT", None), ("PUT", guild.id)]


async def test_a_server_without_the_bot_does_not_stop_it(
    standin: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Commands that Discord does not take are a line in the log: mentions work without."""
    async with connected(client(standin, tmp_path, command_guilds=(99999999,)), standin):
        assert standin.gateway.listening()
    assert "Discord did not take the commands in server 99999999 (is the bot in it?)" in caplog.text


async def test_old_questions_are_forgotten_at_the_start(standin: StandIn, tmp_path: Path) -> None:
    """Unanswered questions and counts go after the days that the settings say."""
    loop, forgotten = asyncio.get_running_loop(), asyncio.Event()

    class Watched(Journal):
        def forget_older_than(self, day: date, counts: date | None = None) -> int:
            count = super().forget_older_than(day, counts)
            loop.call_soon_threadsafe(forgotten.set)
            return count

    journal = Watched(f"sqlite:///{tmp_path}/journal.sqlite3")
    journal.note_unanswered("how tall is the lighthouse", "dm", date(2020, 1, 1))
    journal.note_asked([Count(date(2020, 1, 1), "", "abstain", 1)])
    async with connected(client(standin, tmp_path, journal), standin):
        await asyncio.wait_for(forgotten.wait(), 5)
    assert journal.unanswered(1) == []
    assert journal.asked() == []
    journal.close()


def test_only_the_front_end_imports_discord() -> None:
    """What answers, reads settings and keeps the journal needs neither discord nor, until it is used, sqlalchemy."""
    modules = "bot.answering, bot.app, bot.config, bot.journal.journal"
    code = f"import sys, {modules}; print([m for m in ('discord', 'sqlalchemy') if m in sys.modules])"
    root = Path(__file__).parent.parent
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert shown.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
@pytest.mark.parametrize("library", ["glibc", "another"])
async def test_free_memory_is_given_back_while_the_bot_runs(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    """Now and then; where the C library has no such call, nothing is asked of it. It ends with the bot."""
    trims = asyncio.Queue[int]()
    found = SimpleNamespace(malloc_trim=trims.put_nowait) if library == "glibc" else SimpleNamespace()
    monkeypatch.setattr(starting, "GIVE_BACK", 0)
    monkeypatch.setattr("ctypes.CDLL", lambda _: found)
    before = asyncio.all_tasks()

    async def running() -> None:
        for _ in range(3 if library == "glibc" else 0):
            assert await trims.get() == 0

    await starting._settled(running())
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
