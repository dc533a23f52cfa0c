"""Whether Discord still knows the token: it can be taken back while the bot runs."""

import asyncio
from collections.abc import Awaitable, Callable

import discord
from discord.http import Route

from bot.discord_frontend.gateway import refusals
from bot.discord_frontend.gateway.http_monitor import TROUBLE, UNAUTHORIZED
from bot.errors import StartError

EVERY = 60.0  # seconds between two checks at least


class TokenWatch:
    """Checks the token of one client when there is reason to."""

    def __init__(self, client: discord.Client, pause: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._pause = pause
        self._suspected = asyncio.Event()

    def suspect(self) -> None:
        """Note that a request has been refused for the token."""
        self._suspected.set()

    async def run(self) -> None:
        """Check the token whenever it is suspected. Raise StartError if it is no good any more."""
        while not self._client.is_closed():
            await self._suspected.wait()
            await self.check()
            self._suspected.clear()
            await self._pause(EVERY)

    async def check(self) -> None:
        """Ask Discord whether it knows the token. Raise StartError if it does not; trouble says nothing about it."""
        try:
            await self._client.http.request(Route("GET", "/users/@me"))
        except (*TROUBLE, OSError) as error:
            if isinstance(error, discord.HTTPException) and error.status == UNAUTHORIZED:
                raise StartError(refusals.BAD_TOKEN) from error
