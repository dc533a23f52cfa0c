"""A deadline for the first response to an interaction, which Discord accepts for three seconds only.

discord.py would retry a response that Discord answers with 500 for sixteen seconds; past the deadline it is better to
do something else.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord.http import json_or_text
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.cards import discord_limits
from bot.discord_frontend.gateway.http_monitor import SERVER_ERROR


class FirstResponseAdapter(AsyncWebhookAdapter):
    """discord.py's adapter for interaction requests, with a deadline for the first response."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    async def request(self, route: Any, session: Any, **kwargs: Any) -> Any:
        """Make a request; retry a failing first response only before its deadline. Raise DiscordServerError then."""
        if route.path.endswith("/callback"):
            session = _DeadlineSession(session)
        return await super().request(route, session, **kwargs)


class _DeadlineSession:
    """A session that raises instead of letting discord.py retry past the deadline; no request is interrupted."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._attempts = 0
        self._started_at = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def request(self, *args: Any, **kwargs: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._session.request(*args, **kwargs) as response:
            self._attempts += 1
            # discord.py waits 1 second before the second attempt, then 3.
            next_attempt = asyncio.get_running_loop().time() + 2 * self._attempts - 1
            if response.status >= SERVER_ERROR and next_attempt > self._started_at + discord_limits.INTERACTION_SECONDS:
                raise discord.DiscordServerError(response, await json_or_text(response))
            yield response
