"""Checking that Discord still accepts the token: it can be revoked while the bot runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord
from discord.http import Route

from bot.discord_frontend.gateway import fatal_errors
from bot.discord_frontend.gateway.http_monitor import UNAUTHORIZED
from bot.errors import StartError

MIN_INTERVAL = 60.0  # seconds between two checks
log = logging.getLogger(__name__)


class TokenWatch:
    """Checks one client's token when a response casts doubt on it."""

    def __init__(self, client: discord.Client, pause: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._pause = pause
        self._suspected = asyncio.Event()

    def suspect(self) -> None:
        """Note that a request was rejected for its token."""
        self._suspected.set()

    async def run(self) -> None:
        """Check the token whenever it is suspected. Raise StartError if it is no longer valid."""
        while not self._client.is_closed():
            await self._suspected.wait()
            await self.check()
            self._suspected.clear()
            await self._pause(MIN_INTERVAL)

    async def check(self) -> None:
        """Raise StartError if Discord rejects the token; any other failure says nothing about it."""
        try:
            await self._client.http.request(Route("GET", "/users/@me"))
        except Exception as error:
            if _is_refusal(error):
                raise StartError(fatal_errors.INVALID_TOKEN) from error
            log.debug("The token could not be checked", exc_info=True)  # an outage may answer anything


def _is_refusal(error: Exception) -> bool:
    """Return whether Discord itself rejected the token: its API answers in JSON, a proxy in between does not."""
    if not isinstance(error, discord.HTTPException) or error.status != UNAUTHORIZED:
        return False
    return bool(error.response.headers.get("Content-Type", "").startswith("application/json"))
