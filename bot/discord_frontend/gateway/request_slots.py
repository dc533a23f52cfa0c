"""Limiting how many answers are on their way to Discord at once.

A slot is held from the moment a request is sent until its response arrives, and not while discord.py waits for a rate
limit or before a retry. One busy channel therefore never keeps answers from the others.
"""

import asyncio
import re
from types import SimpleNamespace

import aiohttp

MAX_REQUESTS = 25
"""Concurrent requests for answers; more responses at once would block the event loop."""
MAX_HELD = 10.0  # seconds after which a hanging request no longer counts
_ANSWERS = {
    "POST": re.compile(r"/channels/\d+/messages$"),
    "PATCH": re.compile(r"/webhooks/[^/]+/[^/]+/messages/@original$"),
}
"""Requests that send an answer: a message, or the content of a deferred response."""


class RequestSlots:
    """Slots for the requests of one client that send answers."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MAX_REQUESTS)

    def attach(self, trace: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        """Add the hooks to those of the HTTP client, after all that may refuse a request; return `trace`."""
        trace.on_request_start.append(self._acquire)
        trace.on_request_end.append(self._release)
        trace.on_request_exception.append(self._release)
        return trace

    async def _acquire(
        self, _: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        route = _ANSWERS.get(params.method)
        if route is None or not route.search(params.url.path):
            return
        await self._free.acquire()
        context.held = asyncio.get_running_loop().call_later(MAX_HELD, self._expire, context)

    async def _release(self, _: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        self._expire(context)

    def _expire(self, context: SimpleNamespace) -> None:
        """Free the slot of a request, if it has one."""
        held: asyncio.TimerHandle | None = context.__dict__.pop("held", None)
        if held is not None:
            held.cancel()
            self._free.release()
