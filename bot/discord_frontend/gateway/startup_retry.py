"""Asking Discord until it answers, while the bot starts: an outage is no reason to end."""

import contextlib
import logging
from collections.abc import Iterator
from time import monotonic
from typing import Any, Protocol

import discord
from discord.http import Route

from bot.discord_frontend.gateway.backoff import Backoff
from bot.discord_frontend.gateway.http_monitor import Traffic, passing, trouble

BLOCKED = 60.0  # seconds to wait at least where Discord says that there have been too many requests
log = logging.getLogger(__name__)


class Patient(Protocol):
    """What is needed of the client."""

    http: Any
    traffic: Traffic

    def is_closed(self) -> bool:
        """Return whether there is nothing left to try for."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the client."""
        ...


@contextlib.contextmanager
def persistently(client: Patient, api: str) -> Iterator[None]:
    """Have every request of the client made again until it is answered, whatever Discord or the network is in trouble with."""
    ask = client.http.request

    async def request(route: Route, **more: Any) -> Any:
        backoff, began = Backoff(), monotonic()
        while True:
            try:
                answer = await ask(route, **more)
            except Exception as error:
                if not passing(error) or client.is_closed():
                    raise
                if not backoff.failures:
                    log.warning("Discord can't be reached at %s (%s); the bot keeps trying", api, trouble(error))
                await client.pause(max(backoff.next(), _asked_to_wait(error)))
            else:
                if backoff.failures:
                    log.info("Discord answers again after %.1f s", monotonic() - began)
                return answer

    client.http.request = request
    client.traffic.silent = True
    try:
        yield
    finally:
        del client.http.request
        client.traffic.silent = False


def _asked_to_wait(error: Exception) -> float:
    """Return the seconds that Discord asks for before the next request."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    return BLOCKED if isinstance(error, discord.HTTPException) and error.status == 429 else 0.0
