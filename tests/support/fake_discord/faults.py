"""Faults that a test asks for: error responses, slow answers, cut connections, requests held back."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """What is to happen to the next `times` requests that match. Status 0 cuts the connection."""

    method: str
    pattern: re.Pattern[str]
    status: int | None
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    delay: float = 0.0
    after: bool = False  # the request is carried out first: only the answer is lost
    hits: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event | None = None

    def release(self) -> None:
        """Let a request that was held back go on."""
        if self.gate:
            self.gate.set()

    @property
    def answer(self) -> Any:
        """The body of the answer: what was asked for, or what Discord sends with this status."""
        if self.body is not None:
            return self.body
        if self.status == 429:
            return {"message": "You are being rate limited.", "retry_after": self.retry_after, "global": False}
        names = {401: "401: Unauthorized", 500: "500: Internal Server Error", 502: "502: Bad Gateway"}
        return {"message": names.get(self.status or 0, f"{self.status}: Error"), "code": 0}

    @property
    def retry_after(self) -> float:
        """Seconds to wait before trying again, from the Retry-After header if one was given."""
        return float(self.headers.get("Retry-After", "0.01"))


class Faults:
    """The faults that are still to come, in the order asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._asked: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Ask for a fault."""
        if fault.status == 429:  # without Via discord.py takes a 429 for a Cloudflare ban
            fault.headers = {"Via": "1.1 google", "Retry-After": "0.01", "X-RateLimit-Scope": "user", **fault.headers}
        self._waiting.append(fault)
        self._asked.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if there is one; it is used up by one."""
        for fault in self._waiting:
            if fault.method in (method, "*") and fault.pattern.search(path):
                fault.times -= 1
                fault.hits += 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def release_all(self) -> None:
        """Let go of everything held back (when the fake Discord stops)."""
        for fault in self._asked:
            fault.release()
        self._waiting.clear()
