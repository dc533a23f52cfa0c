"""Changes of the base while the bot runs are loaded within seconds; a broken file keeps the last good base."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Config
from bot.discord_frontend.client import PilcrowClient
from bot.journal.journal import Journal
from tests.support.discord_rig import (
    BROKEN_KEEPER_FILE,
    KEEPER_FILE,
    OPENAPI,
    PLACE_QUESTION,
    ObservedBase,
    connected,
    text,
)
from tests.support.fake_discord import Channel, FakeDiscord, Person
from tests.support.fake_discord.world import VIEW_CHANNEL
from tests.support.story_files import OLD, write

MOVED = OLD[KEEPER_FILE].replace(b"It stands at Brim.", b"It stands in the harbour.")


@asynccontextmanager
async def running(tmp_path: Path) -> AsyncIterator[tuple[FakeDiscord, Channel, Channel, Person, Path, ObservedBase]]:
    """Run a bot that watches a base on disk without pause."""
    folder = write(tmp_path / "knowledge")
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        guild = fake_discord.guild()
        channel, moderators = guild.channel("general"), fake_discord.world.channel(guild, "moderators")
        base = ObservedBase(folder)
        config = replace(
            Config(), api=fake_discord.api_url, gateway=fake_discord.gateway_url, moderator_channel=moderators.id
        )
        journal = Journal(f"sqlite:///{tmp_path}/journal.sqlite3")
        client = PilcrowClient(config, base, journal)
        client.reload_task.interval = 0.01
        async with connected(client, fake_discord):
            yield fake_discord, channel, moderators, fake_discord.person(guild, name="Ada"), folder, base
        journal.close()


async def ask_place(ada: Person) -> str:
    """Return the bot's answer about the lighthouse."""
    return text((await ada.slash("ask", question=PLACE_QUESTION)).message).splitlines()[0]


async def test_a_change_is_loaded_without_a_restart(tmp_path: Path) -> None:
    """The next answer after a file is written comes from the new text."""
    async with running(tmp_path) as (_, _, _, ada, folder, base):
        assert await ask_place(ada) == "It stands at Brim."
        (folder / KEEPER_FILE).write_bytes(MOVED)
        await base.wait_until_checked()
        assert await ask_place(ada) == "It stands in the harbour."


async def test_a_broken_file_keeps_the_last_good_base_and_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The moderators' channel gets the errors with file and line, and later that the base is fixed."""
    async with running(tmp_path) as (fake_discord, _, moderators, ada, folder, base):
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        report = await fake_discord.next_message(moderators)
        assert report["content"] == (
            "The base has errors, so I keep using the last good version:\n"
            "qa/keeper.yaml:5: 'standing: sitting' is not possible; use one of reported, alleged, denied, said, assumed, not\\_covered\n"
            "qa/keeper.yaml:14: 'standing: sitting' is not possible; use one of reported, alleged, denied, said, assumed, not\\_covered"
        )
        assert await ask_place(ada) == "It stands at Brim."
        await base.wait_until_checked()
        assert caplog.text.count("The base has errors") == 1
        (folder / KEEPER_FILE).write_bytes(MOVED)
        await base.wait_until_checked()
        assert (await fake_discord.next_message(moderators))["content"] == "The base is fixed, and I use it again."
        assert await ask_place(ada) == "It stands in the harbour."


async def test_a_base_that_is_put_back_as_it_was_is_called_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As by git checkout: the revision in use is the same as before. Log, channel and health say so."""
    async with running(tmp_path) as (fake_discord, _, moderators, _, folder, base):
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        assert "qa/keeper.yaml:5" in str(base.problem)
        assert "The base has errors" in (await fake_discord.next_message(moderators))["content"]
        (folder / KEEPER_FILE).write_bytes(OLD[KEEPER_FILE])
        await base.wait_until_checked()
        assert (await fake_discord.next_message(moderators))["content"] == "The base is fixed, and I use it again."
        assert base.problem is None
        assert f"The base has no errors any more; revision {base.current.revision} is in use" in caplog.text


async def test_a_base_that_somebody_else_has_read_again_is_called_well(tmp_path: Path) -> None:
    """A moderator who publishes reads it before the watcher does."""
    async with running(tmp_path) as (fake_discord, _, moderators, _, folder, base):
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        assert "The base has errors" in (await fake_discord.next_message(moderators))["content"]
        (folder / KEEPER_FILE).write_bytes(OLD[KEEPER_FILE])
        await asyncio.to_thread(base.load)
        await base.wait_until_checked()
        assert (await fake_discord.next_message(moderators))["content"] == "The base is fixed, and I use it again."


async def test_only_the_first_problems_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A hostile file could have thousands, and the log line is written on the event loop."""
    async with running(tmp_path) as (_, _, _, _, folder, base):
        (folder / "qa" / "x.yaml").write_bytes(b"".join(b"- id: x%d\n  colour: red\n" % n for n in range(50)))
        await base.wait_until_checked()
        (line,) = [record.getMessage() for record in caplog.records if "The base has errors" in record.getMessage()]
        assert len(line.splitlines()) == 22
        assert line.splitlines()[-1] == "… and 230 more"


async def test_a_moderators_channel_without_access_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The bot keeps answering."""
    async with running(tmp_path) as (fake_discord, _, moderators, ada, folder, base):
        moderators.overwrites[fake_discord.bot.id] = (0, VIEW_CHANNEL)
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await base.wait_until_checked()
        assert await ask_place(ada) == "It stands at Brim."
        assert "Can't post in channel" in caplog.text


async def test_a_moderators_channel_that_hangs_does_not_delay_the_base(tmp_path: Path) -> None:
    """A fixed base is loaded while the report of the broken one is still on its way."""
    async with running(tmp_path) as (fake_discord, _, moderators, ada, folder, base):
        report = fake_discord.hold_next("POST", f"/channels/{moderators.id}/messages$")
        (folder / KEEPER_FILE).write_bytes(BROKEN_KEEPER_FILE)
        await asyncio.wait_for(report.arrived.wait(), 10)
        (folder / KEEPER_FILE).write_bytes(MOVED)
        await base.wait_until_checked()
        assert await ask_place(ada) == "It stands in the harbour."
        report.release()
