"""The gateway of the fake Discord: sessions, shards, intents, resuming and heartbeats."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from tests.support.fake_discord import FakeDiscord, Guild, Person
from tests.support.sample_bot import SampleBot


async def test_the_client_knows_its_guild_after_ready(bot: SampleBot, guild: Guild) -> None:
    """READY and GUILD_CREATE bring the guild, its channels and the bot's permissions."""
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.name == guild.name
    assert [channel.name for channel in known.text_channels] == ["general"]
    assert known.me.guild_permissions.send_messages


async def test_each_shard_gets_the_events_of_its_guilds(fake_discord: FakeDiscord) -> None:
    """Direct messages go to shard 0."""
    fake_discord.shards = 2
    guilds = [fake_discord.guild(f"Guild {number}") for number in range(4)]
    assert {(guild.id >> 22) % 2 for guild in guilds} == {0, 1}
    received: list[tuple[int | None, str]] = []

    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
            """Skip the wait."""

        async def on_message(self, message: discord.Message) -> None:
            received.append((message.guild.shard_id if message.guild else 0, message.content))

    bot = Sharded(intents=discord.Intents(guilds=True, messages=True), guild_ready_timeout=0.01)
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation == 2, "two shards")
    for guild in guilds:
        await fake_discord.person(guild).send(guild.channel("general"), str((guild.id >> 22) % 2), mention_bot=True)
    await fake_discord.person(guilds[0]).dm("0")
    await fake_discord.watch.wait(1)
    assert len(received) == 5
    assert all(content.endswith(str(shard)) for shard, content in received)
    await bot.close()
    await running


async def test_login_refuses_a_wrong_token(fake_discord: FakeDiscord) -> None:
    """A wrong token is answered with 401."""
    async with SampleBot(discord.Intents.none()) as bot:
        with pytest.raises(discord.LoginFailure):
            await bot.start("wrong")


async def gateway_close_code(fake_discord: FakeDiscord, identify: dict[str, Any]) -> int | None:
    """Return the code with which the gateway closes after an IDENTIFY."""
    async with aiohttp.ClientSession() as session, session.ws_connect(fake_discord.gateway_url) as ws:
        assert (await ws.receive_json())["op"] == 10
        await ws.send_json({"op": 2, "d": identify})
        await ws.receive()
        return ws.close_code


async def test_identify_refuses_a_wrong_token(fake_discord: FakeDiscord) -> None:
    """The gateway closes with 4004."""
    assert await gateway_close_code(fake_discord, {"token": "wrong", "intents": 0}) == 4004


async def test_identify_refuses_a_privileged_intent_not_granted(fake_discord: FakeDiscord) -> None:
    """The gateway closes with 4014."""
    bot = SampleBot(discord.Intents(guilds=True, messages=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(bot.start(fake_discord.token), fake_discord.patience)
    await bot.close()


async def test_a_granted_message_content_intent_shows_all_content(fake_discord: FakeDiscord) -> None:
    """Messages that do not mention the bot have their content too."""
    fake_discord.privileged = frozenset({"message_content"})
    guild = fake_discord.guild()
    bot = SampleBot(discord.Intents(guilds=True, messages=True, message_content=True))
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await fake_discord.person(guild).send(guild.channel("general"), "plain")
    await fake_discord.assert_silent(guild.channel("general"))
    assert bot.received == ["plain"]
    await bot.close()
    await running


@pytest.mark.parametrize("code", [4000, 1000, None])
async def test_a_dropped_client_resumes_and_gets_missed_events(
    bot: SampleBot, fake_discord: FakeDiscord, ada: Person, code: int | None
) -> None:
    """The session goes on, without a second IDENTIFY."""
    await fake_discord.drop_gateway(code)
    await ada.dm("missed?")
    await fake_discord.wait_for_reconnect()
    assert (await fake_discord.next_message(ada))["content"] == "You asked: missed?"
    assert len(fake_discord.gateway.resumes) == 1
    assert len(fake_discord.gateway.identifies) == 1
    assert bot.resumed.is_set()


async def test_op_7_and_resumable_op_9_lead_to_a_resume(bot: SampleBot, fake_discord: FakeDiscord, ada: Person) -> None:
    """A final op 9 leads to a new session."""
    await fake_discord.request_reconnect()
    await fake_discord.wait_for_reconnect()
    await fake_discord.invalidate_session(resumable=True)
    await fake_discord.wait_for_reconnect()
    assert (len(fake_discord.gateway.resumes), len(fake_discord.gateway.identifies)) == (2, 1)
    await fake_discord.invalidate_session(resumable=False)
    await fake_discord.wait_for_reconnect()
    assert (len(fake_discord.gateway.resumes), len(fake_discord.gateway.identifies)) == (2, 2)
    await ada.dm("still there?")
    assert (await fake_discord.next_message(ada))["content"] == "You asked: still there?"


async def test_an_unavailable_guild_is_created_later(fake_discord: FakeDiscord) -> None:
    """READY names it as unavailable; GUILD_CREATE follows with `join_guild`."""
    guild = fake_discord.guild()
    guild.unavailable = True
    bot = SampleBot(discord.Intents(guilds=True, messages=True))
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await fake_discord.watch.round_trip()
    known = bot.get_guild(guild.id)
    assert known is not None
    assert known.unavailable
    fake_discord.join_guild(guild)
    await fake_discord.watch.round_trip()
    known = bot.get_guild(guild.id)
    assert known is not None
    assert [channel.name for channel in known.text_channels] == ["general"]
    await bot.close()
    await running


async def test_heartbeats_are_counted_and_acknowledged_unless_switched_off(fake_discord: FakeDiscord) -> None:
    """No acknowledgement is sent while `ack_heartbeats` is off."""
    fake_discord.ack_heartbeats = False
    async with aiohttp.ClientSession() as session, session.ws_connect(fake_discord.gateway_url) as ws:
        await ws.receive_json()
        await ws.send_json({"op": 1, "d": None})
        await ws.send_json({"op": 2, "d": {"token": fake_discord.token, "intents": 0}})
        assert (await ws.receive_json())["t"] == "READY"
    assert fake_discord.gateway.heartbeats == 1
