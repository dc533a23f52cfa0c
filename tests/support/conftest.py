"""Fixtures for the tests of the fake Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.support.discord_rig import OPENAPI
from tests.support.fake_discord import FakeDiscord, Guild, Person
from tests.support.sample_bot import SampleBot


@pytest.fixture
async def fake_discord() -> AsyncIterator[FakeDiscord]:
    """Point discord.py at a fake Discord; assert at the end that every request conformed to the API."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with FakeDiscord(openapi=OPENAPI) as fake_discord:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake_discord.api_url, yarl.URL(fake_discord.gateway_url)
        try:
            yield fake_discord
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
    assert not fake_discord.violations
    assert not fake_discord.unknown_requests


@pytest.fixture
def guild(fake_discord: FakeDiscord) -> Guild:
    """Return a guild with one channel."""
    return fake_discord.guild()


@pytest.fixture
def ada(fake_discord: FakeDiscord, guild: Guild) -> Person:
    """Return a member of the guild."""
    return fake_discord.person(guild, name="Ada")


@pytest.fixture
async def bot(fake_discord: FakeDiscord, guild: Guild) -> AsyncIterator[SampleBot]:
    """Run a connected client."""
    intents = discord.Intents.none()
    intents.guilds = intents.messages = True
    bot = SampleBot(intents)
    running = asyncio.create_task(bot.start(fake_discord.token))
    await fake_discord.until(lambda: fake_discord.gateway.generation, "READY")
    await bot.wait_until_ready()
    yield bot
    await bot.close()
    await running
