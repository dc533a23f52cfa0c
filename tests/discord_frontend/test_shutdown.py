"""On a signal the process finishes pending answers, saves the journal, and exits within five seconds."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.journal.journal import Journal
from bot.ops import health
from tests.support.discord_rig import (
    LEFT_QUESTION,
    MESSAGES_ROUTE,
    OPENAPI,
    UNANSWERABLE_QUESTION,
    text,
    wait_for_exit,
)
from tests.support.fake_discord import Channel, FakeDiscord, Person

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def running_process(
    folder: Path, tmp_path: Path
) -> AsyncIterator[tuple[FakeDiscord, Channel, Person, asyncio.subprocess.Process]]:
    """Run `pilcrow run` with this base, connected to a fake Discord."""
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        fake_discord.in_process, fake_discord.patience = False, 20.0
        guild = fake_discord.guild()
        config = tmp_path / "config.yaml"
        config.write_text(
            f"database: sqlite:///{tmp_path}/journal.sqlite3\nhealth_file: {tmp_path}/health.json\nlog_format: json\n"
        )
        environ = {
            **os.environ,
            "DISCORD_TOKEN": fake_discord.token,
            "PILCROW_DISCORD_API": fake_discord.api_url,
            "PILCROW_DISCORD_GATEWAY": fake_discord.gateway_url,
        }
        command = [sys.executable, "-m", "bot", "run", "--config", str(config), "--knowledge", str(folder)]
        running = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=environ, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        try:
            await fake_discord.until(
                lambda: fake_discord.gateway.generation or running.returncode is not None, "READY", 30
            )
            yield fake_discord, guild.channel("general"), fake_discord.person(guild, name="Ada"), running
        finally:
            if running.returncode is None:
                running.kill()
            await running.communicate()


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
async def test_a_pending_answer_is_finished(small: Path, tmp_path: Path, stop_signal: signal.Signals) -> None:
    """The answer is sent, the question is saved, the connection is closed, and the exit status is 0."""
    async with running_process(small, tmp_path) as (fake_discord, channel, ada, running):
        await ada.send(channel, LEFT_QUESTION, mention_bot=True)
        assert text(await fake_discord.next_message(channel))
        held = fake_discord.hold_next("POST", MESSAGES_ROUTE)
        await ada.send(channel, UNANSWERABLE_QUESTION, mention_bot=True)
        await held.arrived.wait()
        running.send_signal(stop_signal)
        running.send_signal(stop_signal)
        exiting = asyncio.create_task(wait_for_exit(running))
        held.release()
        status, log = await exiting
        assert text(await fake_discord.next_message(channel))
        assert status == 0, log
        assert log.count("Stopping") == 1
        assert "Traceback" not in log
        assert fake_discord.gateway.listening() == []
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    assert [question.text for question in journal.inbox.questions(5)] == [UNANSWERABLE_QUESTION]
    journal.close()
    assert health.read_health(tmp_path / "health.json") is not None


async def test_a_hanging_request_is_abandoned(small: Path, tmp_path: Path) -> None:
    """The log says how many answers were not finished."""
    async with running_process(small, tmp_path) as (fake_discord, channel, ada, running):
        held = fake_discord.hold_next("POST", MESSAGES_ROUTE)
        await ada.send(channel, LEFT_QUESTION, mention_bot=True)
        await held.arrived.wait()
        running.send_signal(signal.SIGTERM)
        status, log = await wait_for_exit(running)
        assert status == 0, log
        assert "1 answers were not finished in time" in log


async def test_a_second_copy_is_refused(small: Path, tmp_path: Path) -> None:
    """With the same database it would answer and count every mention twice; a restart may help once the first is gone."""
    async with running_process(small, tmp_path) as (_, _, _, running):
        command = [sys.executable, "-m", "bot", "run", "--config", str(tmp_path / "config.yaml")]
        second = await asyncio.create_subprocess_exec(
            *(*command, "--knowledge", str(small)),
            cwd=ROOT,
            env={**os.environ, "DISCORD_TOKEN": "never-sent"},
            stderr=asyncio.subprocess.PIPE,
        )
        _, log = await asyncio.wait_for(second.communicate(), 30)
        assert (second.returncode, running.returncode) == (75, None)
        assert log.decode().startswith("pilcrow: another copy of this bot is running")
