"""Watching the requests to Discord: failures become log lines, and refused requests are counted.

Discord blocks an address after 10,000 refused requests in ten minutes, so the bot stops sending before that. discord.py
waits and retries by itself; nothing here repeats a request.
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

from bot.cards import discord_limits
from bot.ops.throttled_logger import ThrottledLogger

SUSPEND_AT = 9_000
"""Refused requests within INVALID_SECONDS at which to stop sending; INVALID_REQUESTS would be too many."""
SUSPEND_ANSWERS_AT = 9_900
"""Refused requests at which not even interactions are answered; what nobody asked for stops earlier."""
REFUSED_STATUSES = (401, 403, 429)
UNAUTHORIZED = 401
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
_INTERACTION_TOKEN_ROUTE = re.compile(r"/(interactions|webhooks)/")
"""Requests that are authorized by the interaction's token and not by the bot's."""
log = logging.getLogger(__name__)


class RequestsSuspendedError(aiohttp.ClientError):
    """No request is sent at the moment: Discord has refused too many."""


TRANSPORT_ERRORS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, ConnectionError, TimeoutError)
"""Failures of a request that are no bug of ours."""


class HttpMonitor:
    """Watches every request of one client.

    on_server_time: called with the time, in seconds since 1970, of each response of `host`.
    on_token_refused: called whenever a response says that the token is not valid.
    """

    def __init__(
        self,
        clock: Callable[[], float] = monotonic,
        *,
        host: str | None = None,
        on_server_time: Callable[[float], None] = lambda _: None,
        on_token_refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._host = host
        self._on_server_time = on_server_time
        self._on_token_refused = on_token_refused
        self.muted = False
        """Whether failures are logged elsewhere."""
        self._refused: deque[float] = deque(maxlen=discord_limits.INVALID_REQUESTS)
        self._log = ThrottledLogger(log, clock)

    @property
    def refused_requests(self) -> int:
        """The number of refused requests within INVALID_SECONDS."""
        while self._refused and self._clock() - self._refused[0] > discord_limits.INVALID_SECONDS:
            self._refused.popleft()
        return len(self._refused)

    def trace_config(self) -> aiohttp.TraceConfig:
        """Return the hooks for the HTTP client."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._on_request_start)
        trace.on_request_end.append(self._on_request_end)
        trace.on_request_exception.append(self._on_request_exception)
        return trace

    async def _on_request_start(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        refused = self.refused_requests
        if params.url.scheme not in ("http", "https") or refused < SUSPEND_AT:
            return
        minutes = discord_limits.INVALID_SECONDS // 60
        message = f"Discord has refused {SUSPEND_AT} requests in {minutes} minutes"
        self._log.warning(RequestsSuspendedError, f"{message}; answering only commands until that has passed")
        is_answer = _INTERACTION_TOKEN_ROUTE.match(redacted_path(params.url.path))
        if not is_answer or refused >= SUSPEND_ANSWERS_AT:
            raise RequestsSuspendedError(message)

    async def _on_request_end(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        response, path = params.response, redacted_path(params.url.path)
        server_time = parse_http_date(response.headers.get("Date", "")) if params.url.host == self._host else None
        if server_time is not None:
            self._on_server_time(server_time)
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        if response.status in REFUSED_STATUSES and not shared:
            self._refused.append(self._clock())
        if response.status == UNAUTHORIZED and not _INTERACTION_TOKEN_ROUTE.match(path):
            self._on_token_refused()
        if self.muted or (response.status != TOO_MANY_REQUESTS and response.status < SERVER_ERROR):
            return
        request = f"{params.method} {path}"
        if response.status == TOO_MANY_REQUESTS:
            scope = response.headers.get("X-RateLimit-Scope") or "no scope"
            seconds = response.headers.get("Retry-After")
            retry = f"retry after {seconds} s" if seconds else "it does not say when to retry"
            self._log.warning((request, scope), f"Discord rate-limited {request} (429, {scope}); {retry}")
        else:
            self._log.warning((request, response.status), f"Discord failed with {response.status}: {request}")

    async def _on_request_exception(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        if self.muted:
            return
        request, name = f"{params.method} {redacted_path(params.url.path)}", type(params.exception).__name__
        self._log.warning((request, name), f"Can't reach Discord ({name}): {request}")


def parse_http_date(date: str) -> float | None:
    """Return an HTTP `Date` header as seconds since 1970, or None if it is malformed."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def redacted_path(path: str) -> str:
    """Return a request's path without ids, tokens and the names of files, as it may stand in a log."""
    path = re.sub(r"^/api/v\d+", "", path)
    path = re.sub(r"^/(interactions|webhooks)/[^/]+/[^/]+", r"/\1/…", path)
    path = re.sub(r"^/(ephemeral-)?attachments/.*", "/attachments/…", path)
    return re.sub(r"/\d{5,}", "/…", path)


def describe_error(error: BaseException) -> str:
    """Return a transport error in a few words for the log: Discord's status and code, never its whole text."""
    if isinstance(error, discord.RateLimited):
        return f"Discord asks to wait {error.retry_after:.0f} s, which is too long"
    if isinstance(error, discord.HTTPException):
        code = f", code {error.code}" if error.code else ""
        return f"Discord answered {error.status}{code}"
    return type(error).__name__


def is_transient(error: BaseException) -> bool:
    """Return whether the same request may succeed later."""
    if isinstance(error, discord.HTTPException):
        return error.status >= SERVER_ERROR or error.status == TOO_MANY_REQUESTS
    return isinstance(error, (*TRANSPORT_ERRORS, OSError))
