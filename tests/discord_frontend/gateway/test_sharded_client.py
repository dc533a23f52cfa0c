"""Several shards: in one process, and in one of several."""

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
    embed,
    labels,
    start_error,
)
from tests.support.fake_discord import FakeDiscord, Guild
from tests.support.fixed_base import fixed_base
from tests.support.moderation_rig import NOW, content, moderation_rig
from tests.support.story_files import write

TITLE = "When did Ada Quill leave the lighthouse?"


async def at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Between two shards nobody waits five seconds here."""


def sharded(
    fake_discord: FakeDiscord, tmp_path: Path, base: KnowledgeBase | None = None, **settings: Any
) -> PilcrowClient:
    """A bot with shards that has not started yet."""
    where = {"api": fake_discord.api_url, "gateway": fake_discord.gateway_url}
    journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
    client = make_client(replace(Config(), **{**where, **settings}), base or fixed_base(ScriptedAnswerer()), journal)
    client.before_identify_hook = at_once  # type: ignore[method-assign]
    return client


@asynccontextmanager
async def running(client: PilcrowClient, fake_discord: FakeDiscord, shards: int) -> AsyncIterator[None]:
    """A bot whose shards are all connected."""
    async with connected(client, fake_discord):
        await fake_discord.until(lambda: len(fake_discord.gateway.listening()) == shards, "every shard")
        await fake_discord.watch.round_trip()
        yield


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """A fake Discord with two servers, one for each of two shards."""
    async with FakeDiscord(openapi=OPENAPI) as running:
        running.shards = 2
        running.guild("One")
        running.guild("Two")
        running.guild("Three")
        yield running
    assert running.violations == []
    assert running.unknown_requests == []


def on_shard(fake_discord: FakeDiscord, shard: int) -> Guild:
    """A server of this shard of two."""
    return next(guild for guild in fake_discord.world.guilds.values() if shard_of(guild.id, 2) == shard)


async def answers(fake_discord: FakeDiscord, guild: Guild) -> None:
    """Whoever asks in this server gets one answer, by every way of asking, and buttons work."""
    ada, channel = fake_discord.person(guild, name="Ada"), guild.channel("general")
    await ada.says(channel, LEFT_QUESTION, mention_bot=True)
    said = await fake_discord.next_message(channel)
    assert embed(said)["title"] == TITLE
    used = await ada.slash("ask", question=LEFT_QUESTION)
    assert embed(used.message)["title"] == TITLE
    assert (await ada.clicks(said, labels(said)[0])).message
    await fake_discord.silent(channel)


@pytest.mark.parametrize("shards", [2, "auto"])
async def test_one_process_can_have_all_shards(fake_discord: FakeDiscord, tmp_path: Path, shards: int | str) -> None:
    """Every server is answered, direct messages too, nobody twice; commands are registered once."""
    async with running(sharded(fake_discord, tmp_path, shards=shards), fake_discord, 2):
        assert [one["shard"] for one in fake_discord.gateway.identifies] == [[0, 2], [1, 2]]
        for shard in (0, 1):
            await answers(fake_discord, on_shard(fake_discord, shard))
        ada = fake_discord.person(on_shard(fake_discord, 1), name="Ada")
        await ada.dm(LEFT_QUESTION)
        assert embed(await fake_discord.next_message(ada))["title"] == TITLE
        await fake_discord.silent(ada)
        assert fake_discord.command_calls == [("PUT", None)]


async def test_the_gateway_is_that_of_the_settings(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """With 'auto' Discord is asked for the number; the address of the settings goes before the one it names."""
    answer = {"url": "ws://127.0.0.1:9/", "shards": 2, "session_start_limit": {"remaining": 2, "reset_after": 1}}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=answer)
    async with running(sharded(fake_discord, tmp_path, shards="auto"), fake_discord, 2):
        assert len(fake_discord.gateway.identifies) == 2


async def test_one_of_several_processes_serves_its_own_shards_only(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """It answers its servers; commands, and deleting what is old, are left to the home of the base."""
    client = sharded(fake_discord, tmp_path, shards=2, shard_ids=(1,))
    journal = client.services.journal._journal
    journal.inbox.add("how tall is the lighthouse", "dm", date(2020, 1, 1))
    other = sharded(fake_discord, tmp_path, shards=2, shard_ids=(0,))
    async with running(client, fake_discord, 1):
        assert [one["shard"] for one in fake_discord.gateway.identifies] == [[1, 2]]
        assert (fake_discord.command_calls, client.cleanup_task.is_running()) == ([], False)
        async with running(other, fake_discord, 2):
            assert (fake_discord.command_calls, other.cleanup_task.is_running()) == ([("PUT", None)], True)
            for shard in (0, 1):
                await answers(fake_discord, on_shard(fake_discord, shard))


async def test_both_processes_count_the_same_question(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """They share the journal; what is asked in both is one question of the inbox."""
    clients = [sharded(fake_discord, tmp_path, shards=2, shard_ids=(shard,)) for shard in (0, 1)]
    async with running(clients[0], fake_discord, 1), running(clients[1], fake_discord, 2):
        for shard in (0, 1):
            guild = on_shard(fake_discord, shard)
            await fake_discord.person(guild).slash("ask", question=UNANSWERABLE_QUESTION)
        await fake_discord.watch.wait(5)
        (one,) = clients[0].services.journal._journal.inbox.questions(9)
        assert (one.text, one.count) == (UNANSWERABLE_QUESTION, 2)


@pytest.mark.parametrize("home", [True, False])
async def test_a_broken_base_is_told_to_the_moderators_by_its_home(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, home: bool
) -> None:
    """Every process says it in its own log; in Discord it is said once."""
    guild = on_shard(fake_discord, 1)
    folder = write(tmp_path / "knowledge")
    base = ObservedBase(folder)
    channel = guild.channel("general")
    client = sharded(
        fake_discord,
        tmp_path,
        base,
        shards=2,
        shard_ids=(1,),
        home_guild=guild.id if home else on_shard(fake_discord, 0).id,
        moderator_channel=channel.id,
    )
    client.reload_task.interval = 0.01
    async with running(client, fake_discord, 1):
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        if home:
            assert (await fake_discord.next_message(channel))["content"].startswith("The base has errors")
        await fake_discord.silent(channel)
    assert caplog.text.count("The base has errors") == 1


async def test_the_base_is_changed_at_home(tmp_path: Path) -> None:
    """A moderator of a server that another process than the home of the base looks after gets a sentence."""
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


async def test_too_many_starts_are_not_made(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Beyond the day's limit Discord would take the token away."""
    limit = {"total": 1000, "remaining": 1, "reset_after": 5_400_000, "max_concurrency": 1}
    answer = {"url": fake_discord.gateway_url, "shards": 2, "session_start_limit": limit}
    fake_discord.fail_next("GET", "/gateway/bot", 200, body=answer)
    assert await start_error(sharded(fake_discord, tmp_path, shards=2), fake_discord.token) == (
        "Discord allows only 1 more connections until 1.5 hours from now, and this process needs 2; "
        "start it again then, and find out why it was started so often"
    )
    assert fake_discord.gateway.identifies == []


async def test_more_servers_than_one_connection_takes_are_named(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """Close code 4011: the setting that helps."""
    client = sharded(fake_discord, tmp_path)
    assert not isinstance(client, ShardedClient)
    ended = asyncio.create_task(start_error(client, fake_discord.token))
    await fake_discord.until(fake_discord.gateway.listening, "READY")
    await fake_discord.watch.round_trip()
    await fake_discord.drop_gateway(4011)
    assert await ended == (
        "the bot is in more servers than fit one connection (2500): write 'shards: auto' into config.yaml"
    )


async def test_a_lost_shard_is_named_and_comes_back(
    fake_discord: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The other goes on; what was asked in between is answered once it is back, and the health file tells of both."""
    caplog.set_level(logging.INFO, logger="bot")
    file = tmp_path / "health.json"
    client = sharded(fake_discord, tmp_path, shards=2, health_file=file)
    async with running(client, fake_discord, 2):
        (second,) = [one for one in fake_discord.gateway.listening() if one.session and one.session.shard == (1, 2)]
        second.cut = True
        await second.ws.close(code=4000)
        for shard in (0, 1):
            await answers(fake_discord, on_shard(fake_discord, shard))
        assert [one["seq"] for one in fake_discord.gateway.resumes] != []
        assert [line for line in caplog.messages if line.startswith("Shard 1: ")][:2] == [
            "Shard 1: Connected to Discord",
            "Shard 1: Lost the connection to Discord (close code 4000); reconnecting",
        ]
        assert re.search(
            r"^Shard 1: Reconnected after \d+\.\d s; no messages were missed$", "\n".join(caplog.messages), re.M
        )
        assert "Shard 0: The connection" not in caplog.text
        await client.gateway_monitor.check()
        well = health.read_health(file)
        assert well is not None
        assert (well.connected, well.servers) == (True, 3)


async def test_a_process_is_well_when_all_its_shards_are(fake_discord: FakeDiscord, tmp_path: Path) -> None:
    """One that has never been connected counts as much as one that was lost."""
    file = tmp_path / "health.json"
    client = sharded(fake_discord, tmp_path, shards=2, health_file=file)
    async with running(client, fake_discord, 2):
        client.gateway_monitor.lost(1)
        await client.gateway_monitor.check()
        found = health.read_health(file)
        assert found is not None
        assert not found.connected
        client.gateway_monitor.connected(1, resumed=True)
        client.shard_count = 3
        await client.gateway_monitor.check()
        found = health.read_health(file)
        assert found is not None
        assert not found.connected
