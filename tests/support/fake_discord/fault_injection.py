"""Injecting faults into requests and gateway connections."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from .faults import Fault, Faults
from .gateway import INVALID_SESSION, RECONNECT, Gateway

NOT_RESUMABLE = (4007, 4009)  # close codes after which a session cannot be resumed


class FaultInjection:
    """The part of FakeDiscord that injects faults."""

    faults: Faults
    gateway: Gateway
    _generation = 0

    async def until(self, condition: Any, description: str, within: float | None = None) -> Any:
        """Wait until a condition holds; FakeDiscord implements this."""
        raise NotImplementedError

    def fail_next(
        self,
        method: str,
        path: str,
        status: int = 500,
        times: int = 1,
        *,
        headers: dict[str, str] | None = None,
        body: Any = None,
        delay: float = 0.0,
        after: bool = False,
    ) -> Fault:
        """Answer the next requests whose path (without /api/v10) contains this regular expression with an error.

        method '*' means any; status 0 cuts the connection; `after`: the request is carried out all the same. `hits` of
        the fault counts the requests.
        """
        return self.faults.add(Fault(method, re.compile(path), status, times, headers or {}, body, delay, after))

    def delay_next(self, method: str, path: str, delay: float, times: int = 1) -> Fault:
        """Answer the next matching requests as usual, but late."""
        return self.faults.add(Fault(method, re.compile(path), None, times, delay=delay))

    def hold_next(self, method: str, path: str) -> Fault:
        """Hold the next matching request: `arrived` is set when it is there, `release()` lets it go on."""
        return self.faults.add(Fault(method, re.compile(path), None, gate=asyncio.Event()))

    def refuse_gateway(self, times: int) -> Fault:
        """Answer the next attempts to connect to the gateway with 503."""
        return self.faults.add(Fault("GATEWAY", re.compile(""), 503, times))

    def send_event(self, event: str, data: Any) -> None:
        """Dispatch an event as it is, however malformed, to every connected session."""
        for connection in self.gateway.listening():
            if connection.session:
                connection.session.dispatch(event, data)

    def send_packet(self, packet: str) -> None:
        """Send a text that need not be a valid packet."""
        for connection in self.gateway.listening():
            connection.send_text(packet)

    def silence_gateway(self) -> None:
        """Send nothing more over the current gateway connections, which stay open."""
        self._generation = self.gateway.generation
        for connection in self.gateway.connections:
            connection.silent = connection.cut = True

    async def drop_gateway(self, code: int | None = 4000) -> None:
        """Close every gateway connection with this code, or with None abort it, as if a cable was pulled."""
        self._generation = self.gateway.generation
        for connection in list(self.gateway.connections):
            connection.cut = True
            if connection.session and code in NOT_RESUMABLE:
                self.gateway.sessions.pop(connection.session.id, None)
            if code is None:
                if connection.request.transport:
                    connection.request.transport.abort()
            else:
                await connection.ws.close(code=code)

    async def request_reconnect(self) -> None:
        """Ask the bot to reconnect (op 7)."""
        self._send(RECONNECT, None)

    async def invalidate_session(self, *, resumable: bool) -> None:
        """Invalidate the session (op 9); before a new IDENTIFY discord.py sleeps 5 s by default."""
        for connection in self.gateway.listening():
            if connection.session and not resumable:
                self.gateway.sessions.pop(connection.session.id, None)
        self._send(INVALID_SESSION, resumable)

    def _send(self, op: int, data: Any) -> None:
        self._generation = self.gateway.generation
        for connection in self.gateway.listening():
            connection.cut = True  # discord.py may close with 1000 although it means to resume
            connection.send(op, data)

    async def wait_for_reconnect(self, within: float | None = None) -> None:
        """Wait until the bot has reconnected (READY or RESUMED) after the latest of these faults."""
        await self.until(lambda: self.gateway.generation > self._generation, "the bot to come back", within)
