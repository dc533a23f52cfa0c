"""Retrying every request while the bot starts: an outage is no reason to exit."""

import contextlib
import logging
from collections.abc import Iterator
from time import monotonic
from typing import Any, Protocol

import discord
from discord.http import Route

from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.http_monitor import TOO_MANY_REQUESTS, HttpMonitor, describe_error, is_transient

MIN_DELAY_AFTER_429 = 60.0  # seconds
MAX_DELAY_AFTER_429 = 900.0  # seconds; a longer wait is more likely an error than what Discord means
log = logging.getLogger(__name__)


class StartingClient(Protocol):
    """What is needed of the client."""

    http: Any
    http_monitor: HttpMonitor

    def is_closed(self) -> bool:
        """Return whether to stop retrying."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the client."""
        ...


@contextlib.contextmanager
def retry_requests(client: StartingClient, api: str) -> Iterator[None]:
    """Retry every request of the client with exponential backoff until it succeeds or fails for good."""
    send = client.http.request

    async def request(route: Route, **kwargs: Any) -> Any:
        backoff, started = Backoff(), monotonic()
        while True:
            try:
                response = await send(route, **kwargs)
            except Exception as error:
                if not is_transient(error) or client.is_closed():
                    raise
                if not backoff.failures:
                    log.warning("Can't reach Discord at %s (%s); retrying", api, describe_error(error))
                await client.pause(max(backoff.next_delay(), _retry_after(error)))
            else:
                if backoff.failures:
                    log.info("Reached Discord after %.1f s", monotonic() - started)
                return response

    client.http.request = request
    client.http_monitor.muted = True
    try:
        yield
    finally:
        del client.http.request
        client.http_monitor.muted = False


def _retry_after(error: Exception) -> float:
    """Return the seconds that Discord asks for before the next request."""
    if isinstance(error, discord.RateLimited):
        return min(error.retry_after, MAX_DELAY_AFTER_429)
    limited = isinstance(error, discord.HTTPException) and error.status == TOO_MANY_REQUESTS
    return MIN_DELAY_AFTER_429 if limited else 0.0
