"""A few questions to Discord's API without a client: what `pilcrow doctor` wants to know before the bot starts."""

import os
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from msgspec import Struct

TIMEOUT = 10.0  # seconds for one request
MAX_BYTES = 5_000_000
"""Bytes read of an answer."""


class ApiAnswer(Struct, frozen=True):
    """One answer. status: 0 where there was none, and `error` says why; body: decoded JSON, None if it is none."""

    status: int = 0
    body: Any = None
    error: str = ""
    server_time: float | None = None
    """Seconds since 1970 by the Date header."""

    def mapping(self) -> dict[str, Any]:
        """Return the body of a success that is a JSON object; empty for anything else."""
        return self.body if self.status == 200 and isinstance(self.body, dict) else {}

    def items(self) -> list[dict[str, Any]]:
        """Return the objects of a success that is a JSON list; empty for anything else."""
        found = self.body if self.status == 200 and isinstance(self.body, list) else []
        return [item for item in found if isinstance(item, dict)]


async def ask(api: str, token: str, paths: Sequence[str]) -> list[ApiAnswer]:
    """Return Discord's answers to GET requests, one after the other. After one that finds nobody there, none is sent."""
    answers: list[ApiAnswer] = []
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (pilcrow doctor)"}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT), headers=headers) as session:
        for path in paths:
            lost = answers and not answers[-1].status
            answers.append(answers[-1] if lost else await _get(session, f"{api}{path}"))
    return answers


async def _get(session: aiohttp.ClientSession, url: str) -> ApiAnswer:
    try:
        async with session.get(url, allow_redirects=False) as response:
            sent = response.headers.get("Date")
            body = await _json(response)
            return ApiAnswer(response.status, body, server_time=_seconds(sent) if sent else None)
    except TimeoutError:
        return ApiAnswer(error=f"no answer within {TIMEOUT:.0f} s")
    except aiohttp.ClientConnectorDNSError:
        return ApiAnswer(error="its name can't be looked up")
    except aiohttp.ClientConnectorCertificateError:
        return ApiAnswer(error="its certificate is not valid here")
    except aiohttp.ClientConnectorError as error:
        return ApiAnswer(error=os.strerror(error.os_error.errno) if error.os_error.errno else "no connection")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return ApiAnswer(error=type(error).__name__)


async def _json(response: aiohttp.ClientResponse) -> Any:
    """Return the decoded body; None where it is no JSON or too large."""
    import json

    data = await response.content.read(MAX_BYTES)
    while not response.content.at_eof() and len(data) < MAX_BYTES:
        data += await response.content.read(MAX_BYTES - len(data))
    try:
        return json.loads(data)
    except ValueError:
        return None


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
