"""The first response to an interaction, which Discord takes for three seconds: it is given up in time to do something else.

discord.py makes a request that Discord answers with 500 again for sixteen seconds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord.http import json_or_text
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.gateway.http_monitor import SERVER_ERROR


class FirstResponses(AsyncWebhookAdapter):
    """What discord.py makes requests for interactions with."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    async def request(self, route: Any, session: Any, **more: Any) -> Any:
        """Make a request; a first response that fails is made once again and no more. Raise DiscordServerError then."""
        if route.path.endswith("/callback"):
            session = _Hurried(session)
        return await super().request(route, session, **more)


class _Hurried:
    """A session that ends what is asked again for longer than it can be of use; nothing is cut off half-way."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._attempts = 0
        self._began = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def request(self, *what: Any, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._session.request(*what, **more) as response:
            self._attempts += 1
            # discord.py waits 1 second before the next attempt, then 3.
            following = asyncio.get_running_loop().time() + 2 * self._attempts - 1
            if response.status >= SERVER_ERROR and following > self._began + discord_limits.INTERACTION_SECONDS:
                raise discord.DiscordServerError(response, await json_or_text(response))
            yield response
