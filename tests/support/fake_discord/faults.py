"""Injected faults: error responses, delays, cut connections, held requests."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """A fault of the next `times` matching requests. Status 0 cuts the connection."""

    method: str
    pattern: re.Pattern[str]
    status: int | None
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    delay: float = 0.0
    after: bool = False  # the request is carried out first; only its response is lost
    hits: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event | None = None

    def release(self) -> None:
        """Let a held request continue."""
        if self.gate:
            self.gate.set()

    @property
    def answer(self) -> Any:
        """Return the body of the response: the given one, or Discord's for this status."""
        if self.body is not None:
            return self.body
        if self.status == 429:
            return {"message": "You are being rate limited.", "retry_after": self.retry_after, "global": False}
        names = {401: "401: Unauthorized", 500: "500: Internal Server Error", 502: "502: Bad Gateway"}
        return {"message": names.get(self.status or 0, f"{self.status}: Error"), "code": 0}

    @property
    def retry_after(self) -> float:
        """Return the seconds of the Retry-After header, 0.01 without one."""
        return float(self.headers.get("Retry-After", "0.01"))


class Faults:
    """Pending faults in order."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._asked: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Add a fault."""
        if fault.status == 429:  # without Via discord.py takes a 429 for a Cloudflare ban
            fault.headers = {"Via": "1.1 google", "Retry-After": "0.01", "X-RateLimit-Scope": "user", **fault.headers}
        self._waiting.append(fault)
        self._asked.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request, if any, and use it up once."""
        for fault in self._waiting:
            if fault.method in (method, "*") and fault.pattern.search(path):
                fault.times -= 1
                fault.hits += 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def release_all(self) -> None:
        """Release all held requests, when the fake Discord stops."""
        for fault in self._asked:
            fault.release()
        self._waiting.clear()
