"""What goes to Discord and comes back: trouble becomes one line in the log, and refusals are counted.

Discord blocks an address that gets 10,000 refusals in ten minutes, so the bot stops asking before that. discord.py itself
waits where it is told to, and tries again where that makes sense; nothing here repeats a request.
"""

import logging
import re
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from time import monotonic
from types import SimpleNamespace

import aiohttp
import discord

from bot.discord_frontend.common import discord_limits
from bot.ops.log_setup import Seldom

HOLD_BACK_AT = 9_000
"""Refusals in limits.INVALID_SECONDS from which on nothing is asked any more; limits.INVALID_REQUESTS is the end."""
REFUSALS = (401, 403, 429)
UNAUTHORIZED = 401
TOO_MANY = 429
SERVER_ERROR = 500
_BY_OTHER_TOKENS = re.compile(r"/(interactions|webhooks)/")
"""Requests that Discord takes or refuses for the interaction's token and not for the bot's."""
log = logging.getLogger(__name__)


class HeldBack(aiohttp.ClientError):
    """We don't ask Discord for anything just now: it has refused us too often."""


TROUBLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, ConnectionError, TimeoutError)
"""What can go wrong with a request that is no bug of ours."""


class Traffic:
    """Watches every request of one client.

    told_time: is told the time, in seconds since 1970, at which each answer of `host` was made.
    token_refused: is called whenever an answer says that the token is not valid.
    """

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        *,
        host: str | None = None,
        told_time: Callable[[float], None] = lambda _: None,
        token_refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._host = host
        self._told_time = told_time
        self._token_refused = token_refused
        self.silent = False
        """Whether somebody else logs what goes wrong."""
        self._refused: deque[float] = deque(maxlen=discord_limits.INVALID_REQUESTS)
        self._seldom = Seldom(log, clock)

    @property
    def refused(self) -> int:
        """Refusals that still count."""
        while self._refused and self._clock() - self._refused[0] > discord_limits.INVALID_SECONDS:
            self._refused.popleft()
        return len(self._refused)

    def trace(self) -> aiohttp.TraceConfig:
        """What to give to the HTTP client."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.on_request_end.append(self._ended)
        trace.on_request_exception.append(self._failed)
        return trace

    async def _started(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, asked: aiohttp.TraceRequestStartParams
    ) -> None:
        if asked.url.scheme in ("http", "https") and self.refused >= HOLD_BACK_AT:
            sentence = f"Discord has refused {HOLD_BACK_AT} requests in {discord_limits.INVALID_SECONDS // 60} minutes"
            self._seldom.warning(HeldBack, f"{sentence}, so the bot asks for nothing until they are older")
            raise HeldBack(sentence)

    async def _ended(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, answer: aiohttp.TraceRequestEndParams
    ) -> None:
        response = answer.response
        made = made_at(response.headers.get("Date", "")) if answer.url.host == self._host else None
        if made is not None:
            self._told_time(made)
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        if response.status in REFUSALS and not shared:
            self._refused.append(self._clock())
        if response.status == UNAUTHORIZED and not _BY_OTHER_TOKENS.match(route(answer.url.path)):
            self._token_refused()
        if self.silent or (response.status != TOO_MANY and response.status < SERVER_ERROR):
            return
        what = f"{answer.method} {route(answer.url.path)}"
        if response.status == TOO_MANY:
            scope = response.headers.get("X-RateLimit-Scope") or "no scope"
            wait = response.headers.get("Retry-After")
            again = f"try again in {wait} s" if wait else "it does not say when to try again"
            self._seldom.warning((what, scope), f"Discord asks to slow down (429, {scope}): {what}; {again}")
        else:
            self._seldom.warning((what, response.status), f"Discord is in trouble ({response.status}): {what}")

    async def _failed(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, failed: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if self.silent:
            return
        what, kind = f"{failed.method} {route(failed.url.path)}", type(failed.exception).__name__
        self._seldom.warning((what, kind), f"The way to Discord is broken ({kind}): {what}")


def made_at(date: str) -> float | None:
    """Return the seconds since 1970 that an HTTP `Date` header stands for; None where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def route(path: str) -> str:
    """A path without ids and tokens: what was asked for, and not about whom."""
    path = re.sub(r"^/api/v\d+", "", path)
    path = re.sub(r"^/(interactions|webhooks)/[^/]+/[^/]+", r"/\1/…", path)
    return re.sub(r"/\d{5,}", "/…", path)


def trouble(error: BaseException) -> str:
    """Trouble as a few words for the log: Discord's own number and name for it, never its whole text."""
    if isinstance(error, discord.RateLimited):
        return f"Discord wants us to wait {error.retry_after:.0f} s, which nobody would"
    if isinstance(error, discord.HTTPException):
        about = f", code {error.code}" if error.code else ""
        return f"Discord answered {error.status}{about}"
    return type(error).__name__


def passing(error: BaseException) -> bool:
    """Return whether the same request may succeed later, with nothing changed."""
    if isinstance(error, discord.HTTPException):
        return error.status >= SERVER_ERROR or error.status == TOO_MANY
    return isinstance(error, (*TROUBLE, OSError))
