"""Retrying to send a message while Discord fails with a 500, or after a connection that broke."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

ALREADY_ACKNOWLEDGED = 40060
"""Discord's code for an interaction that was responded to before."""
RETRY_FOR = 60.0  # seconds; after that a question is too old to be answered
RETRY_DELAY = 5.0  # seconds between attempts, each of which discord.py retries by itself
T = TypeVar("T")


async def retry_through_outage(send: Callable[[], Awaitable[T]]) -> T | None:
    """Send a message, and retry for RETRY_FOR seconds while Discord fails. Raise DiscordServerError then.

    Every attempt has the same nonce, so that Discord accepts the message once.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + RETRY_FOR
    while True:
        try:
            return await retry_after_disconnect(send)
        except discord.DiscordServerError:
            if loop.time() > deadline:
                raise
        await asyncio.sleep(RETRY_DELAY)


async def retry_after_disconnect(send: Callable[[], Awaitable[T]]) -> T | None:
    """Send something, and once more if the connection breaks; return None if the first attempt had arrived."""
    try:
        return await send()
    except (aiohttp.ServerDisconnectedError, ConnectionError):
        try:
            return await send()
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
            return None
