"""Shards in one process and in several."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.answering.knowledge_base import KnowledgeBase
from bot.config import Config, shard_of
from bot.discord_frontend.client import PilcrowClient
from bot.discord_frontend.gateway.sharded_client import ShardedClient, make_client
from bot.editing.editor import Editor
from bot.journal.journal import Journal
from bot.ops import health
from tests.support.discord_rig import (
    BROKEN_KEEPER_FILE,
    KEEPER_FILE,
    LEFT_QUESTION,
    OPENAPI,
    UNANSWERABLE_QUESTION,
    ObservedBase,
    ScriptedAnswerer,
    connected,
    labels,
    start_error,
    text,
)
from tests.support.fake_discord import FakeDiscord, Guild
from tests.support.fixed_base import fixed_base
from tests.support.moderation_rig import NOW, content, moderation_rig
from tests.support.story_files import write

ANSWER = "She left it on Friday evening"


async def skip_identify_delay(shard_id: int | None, *, initial: bool = False) -> None:
    """Skip the five seconds between two shards."""


def new_sharded_client(
    fake_discord: FakeDiscord, tmp_path: Path, base: KnowledgeBase | None = None, **settings: Any
) -> PilcrowClient:
    """Return a client with shards that is not connected yet."""
    where = {"api": fake_discord.api_url, "gateway": fake_discord.gateway_url}
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    client = make_client(replace(Config(), **{**where, **settings}), base or fixed_base(ScriptedAnswerer()), journal)
    client.before_identify_hook = skip_identify_delay  # type: ignore[method-assign]
    return client


@asynccontextmanager
async def all_connected(client: PilcrowClient, fake_discord: FakeDiscord, shards: int) -> AsyncIterator[None]:
    """Connect all shards of a client until the end of the block."""
    async with connected(client, fake_discord):
        await fake_discord.until(lambda: len(fake_discord.gateway.listening()) == shards, "every shard")
        await fake_discord.watch.round_trip()
        yield


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Run a fake Discord with three guilds on two shards."""
    async with FakeDiscord(openapi=OPENAPI) as running:
        running.shards = 2
        running.guild("One")
        running.guild("Two")
        running.guild("Three")
        yield running
    assert running.violations == []
    assert running.unknown_requests == []


def guild_on_shard(fake_discord: FakeDiscord, shard: int) -> Guild:
    """Return a guild of one of two shards."""
    return next(guild for guild in fake_discord.world.guilds.values() if shard_of(guild.id, 2) == shard)


async def assert_answers(fake_discord: FakeDiscord, guild: Guild) -> None:
    """Assert that a guild gets one answer to each question, and that buttons work."""
    ada, channel = fake_discord.person(guild, name="Ada"), guild.channel("general")
    await ada.send(channel, LEFT_QUESTION, mention_bot=True)
    reply = await fake_discord.next_message(channel)
    assert text(reply).startswith(ANSWER)
    used = await ada.slash("ask", question=LEFT_QUESTION)
    assert text(used.message).startswith(ANSWER)
    assert (await ada.click(reply, labels(reply)[0])).message
    await fake_discord.assert_silent(channel)


@pytest.mark.parametrize("shards", [2, "auto"])
async def test_one_process_can_run_all_shards(fake_discord: FakeDiscord, tmp_path: Path, shards: int | str) -> None:
    """Every guild and direct message is answered once; commands are registered once."""
    async with all_connected(new_sharded_client(fake_discord, tmp_path, shards=shards), fake_discord, 2):
        assert [identify["shard"] for identify in fake_discord.gateway.identifies] == [[0, 2], [1, 2]]
        for shard in (0, 1):
            await assert_answers(fake_discord, guild_on_shard(fake_discord, shard))
        ada = fake_discord.person(guild_on_shard(fake_discord, 1), name="Ada")
        await ada.dm(LEFT_QUESTION)
        assert text(await fake_discord.next_message(ada)).startswith(ANSWER)
        await fake_discord.assert_silent(ada)
        assert fake_discord.command_calls == [("PUT", None)]


async def test_a_configured_gateway_takes_precedence(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """With 'auto' Discord is asked only for the number of shards."""
    answer = {"url": "ws://127.0.0.1:9/", "shards": 2, "session_start_limit": {"remaining": 2, "reset_after": 1}}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=answer)
    async with all_connected(new_sharded_client(fake_discord, tmp_path, shards="auto"), fake_discord, 2):
        assert len(fake_discord.gateway.identifies) == 2


async def test_a_process_serves_only_its_own_shards(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Commands and the cleanup are left to the process of the home guild."""
    client = new_sharded_client(fake_discord, tmp_path, shards=2, shard_ids=(1,))
    journal = client.services.journal._journal
    journal.inbox.add("how tall is the lighthouse", "dm", date(2020, 1, 1))
    other = new_sharded_client(fake_discord, tmp_path, shards=2, shard_ids=(0,))
    async with all_connected(client, fake_discord, 1):
        assert [identify["shard"] for identify in fake_discord.gateway.identifies] == [[1, 2]]
        assert (fake_discord.command_calls, client.cleanup_task.is_running()) == ([], False)
        async with all_connected(other, fake_discord, 2):
            assert (fake_discord.command_calls, other.cleanup_task.is_running()) == ([("PUT", None)], True)
            for shard in (0, 1):
                await assert_answers(fake_discord, guild_on_shard(fake_discord, shard))


async def test_two_processes_share_the_inbox(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The same question in both is one record of the inbox."""
    clients = [new_sharded_client(fake_discord, tmp_path, shards=2, shard_ids=(shard,)) for shard in (0, 1)]
    async with all_connected(clients[0], fake_discord, 1), all_connected(clients[1], fake_discord, 2):
        for shard in (0, 1):
            guild = guild_on_shard(fake_discord, shard)
            await fake_discord.person(guild).slash("ask", question=UNANSWERABLE_QUESTION)
        await fake_discord.watch.wait(5)
        (question,) = clients[0].services.journal._journal.inbox.questions(9)
        assert (question.text, question.count) == (UNANSWERABLE_QUESTION, 2)


@pytest.mark.parametrize("home", [True, False])
async def test_a_broken_base_is_reported_by_the_home_process_only(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, home: bool
) -> None:
    """Every process logs it; only one posts in the moderators' channel."""
    guild = guild_on_shard(fake_discord, 1)
    folder = write(tmp_path / "knowledge")
    base = ObservedBase(folder)
    channel = guild.channel("general")
    client = new_sharded_client(
        fake_discord,
        tmp_path,
        base,
        shards=2,
        shard_ids=(1,),
        home_guild=guild.id if home else guild_on_shard(fake_discord, 0).id,
        moderator_channel=channel.id,
    )
    client.reload_task.interval = 0.01
    async with all_connected(client, fake_discord, 1):
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        if home:
            assert (await fake_discord.next_message(channel))["content"].startswith("The base has errors")
        await fake_discord.assert_silent(channel)
    assert caplog.text.count("The base has errors") == 1


async def test_moderation_outside_the_home_guild_is_refused(tmp_path: Path) -> None:
    """Another process than that of the home guild cannot change the base."""
    async with moderation_rig(tmp_path) as rig:
        await rig.client.close()
        away = replace(
            rig.config, shards=2, shard_ids=(shard_of(rig.guild.id, 2),), home_guild=rig.guild.id + (1 << 22)
        )
        base = bootstrap.knowledge_base(rig.folder)
        editor = Editor(base, rig.journal, lambda: NOW)
        async with connected(make_client(away, base, rig.journal, editor), rig.fake_discord):
            assert content(await rig.mo.slash("kb inbox")) == (
                "The base can only be changed in its home server. Go there, or use 'pilcrow kb' in a terminal."
            )


async def test_the_session_start_limit_is_a_start_error(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Beyond the daily limit Discord would reset the token."""
    limit = {"total": 1000, "remaining": 1, "reset_after": 5_400_000, "max_concurrency": 1}
    answer = {"url": fake_discord.gateway_url, "shards": 2, "session_start_limit": limit}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=answer)
    assert await start_error(new_sharded_client(fake_discord, tmp_path, shards=2), fake_discord.token) == (
        "Discord allows only 1 more connections until 1.5 hours from now, and this process needs 2; "
        "start it again then, and find out why it was started so often"
    )
    assert fake_discord.gateway.identifies == []


@pytest.mark.parametrize("shards", [-1, 0, None, "2", 10**9])
async def test_an_unusable_number_of_shards_is_a_start_error(
    fake_discord: FakeDiscord, tmp_path: Path, shards: Any
) -> None:
    """The message says what to do; no shard is started."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    answer = {"url": fake_discord.gateway_url, "shards": shards, "session_start_limit": limit}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=answer)
    assert await start_error(new_sharded_client(fake_discord, tmp_path, shards="auto"), fake_discord.token) == (
        "Discord does not say how many shards to use: try again in a few minutes, "
        "or write their number into 'shards' in config.yaml"
    )
    assert fake_discord.gateway.identifies == []


async def test_too_many_guilds_for_one_shard_is_a_start_error(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """The message for close code 4011 names the setting."""
    client = new_sharded_client(fake_discord, tmp_path)
    assert not isinstance(client, ShardedClient)
    ended = asyncio.create_task(start_error(client, fake_discord.token))
    await fake_discord.until(fake_discord.gateway.listening, "READY")
    await fake_discord.watch.round_trip()
    await fake_discord.drop_gateway(4011)
    assert await ended == (
        "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"
    )


async def test_a_lost_shard_is_logged_and_resumed(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The other shard goes on; the health file covers both."""
    caplog.set_level(logging.INFO, logger="bot")
    file = tmp_path / "health.json"
    client = new_sharded_client(fake_discord, tmp_path, shards=2, health_file=file)
    async with all_connected(client, fake_discord, 2):
        (second,) = [each for each in fake_discord.gateway.listening() if each.session and each.session.shard == (1, 2)]
        second.cut = True
        await second.ws.close(code=4000)
        for shard in (0, 1):
            await assert_answers(fake_discord, guild_on_shard(fake_discord, shard))
        assert [resume["seq"] for resume in fake_discord.gateway.resumes] != []
        assert [line for line in caplog.messages if line.startswith("Shard 1: ")][:2] == [
            "Shard 1: Connected to Discord",
            "Shard 1: Lost the connection to Discord (close code 4000); reconnecting",
        ]
        assert re.search(
            r"^Shard 1: Reconnected after \d+\.\d s; no messages were missed$", "\n".join(caplog.messages), re.M
        )
        assert "Shard 0: The connection" not in caplog.text
        await client.gateway_monitor.check()
        state = health.read_health(file)
        assert state is not None
        assert (state.connected, state.servers) == (True, 3)


async def test_a_process_is_connected_only_if_all_its_shards_are(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """A shard that has never connected counts as lost."""
    file = tmp_path / "health.json"
    client = new_sharded_client(fake_discord, tmp_path, shards=2, health_file=file)
    async with all_connected(client, fake_discord, 2):
        client.gateway_monitor.lost(1)
        await client.gateway_monitor.check()
        state = health.read_health(file)
        assert state is not None
        assert not state.connected
        client.gateway_monitor.connected(1, resumed=True)
        client.shard_count = 3
        await client.gateway_monitor.check()
        state = health.read_health(file)
        assert state is not None
        assert not state.connected
