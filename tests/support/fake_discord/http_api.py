"""The HTTP API: reads requests, applies faults, checks the token and the schema, and dispatches to a route."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import hidden, rest_application, rest_interactions, rest_messages, routing
from .errors import ApiError, Json
from .messages import Upload
from .schema import Violation

if TYPE_CHECKING:
    from .server import FakeDiscord

__all__ = ["HttpApi", "Request", "rest_application", "rest_interactions", "rest_messages"]  # they register the routes
API = "/api/v10"


@dataclass
class Request:
    """A request of the bot. `status` is 0 until it is answered."""

    method: str
    path: str
    body: Any
    uploads: list[Upload]
    query: dict[str, str]
    status: int = 0


class HttpApi:
    """Handles all HTTP requests, and records them in order."""

    def __init__(self, fake_discord: FakeDiscord) -> None:
        self.fake_discord = fake_discord
        self.requests: list[Request] = []
        self.in_flight = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Handle a request."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            if fault := self.fake_discord.faults.take("GATEWAY", ""):
                return web.Response(status=fault.status or 503)
            return await self.fake_discord.gateway.handle(request)
        if request.path.startswith("/attachments/"):
            return self._file(request)
        self.in_flight += 1
        try:
            return await self._answer(request)
        finally:
            self.in_flight -= 1
            self.fake_discord.signal.notify()

    def _file(self, request: web.Request) -> web.Response:
        """Return an uploaded file, as the CDN would."""
        number = request.path.split("/")[2]
        upload = self.fake_discord.messages_store.files.get(int(number)) if number.isdecimal() else None
        return web.Response(body=upload.content) if upload else web.Response(status=404)

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix(API)
        known = Request(request.method, path, None, [], dict(request.query))
        self.requests.append(known)
        status, answer = 500, None
        headers: dict[str, str] = {}
        try:
            known.body, known.uploads = await _read(request)
            self.fake_discord.signal.notify()
            if fault := self.fake_discord.faults.take(request.method, path):
                fault.arrived.set()
                if fault.delay:
                    await asyncio.sleep(fault.delay)
                if fault.gate:
                    await fault.gate.wait()
                if fault.after:
                    self._route(request, path, known)
                if fault.status == 0 and request.transport:
                    request.transport.abort()
                if fault.status is not None:
                    known.status = fault.status
                    return _response(fault.status or 500, fault.answer, fault.headers)
            headers, (status, answer) = self._route(request, path, known)
        except ApiError as error:
            status, answer = error.status, error.body
        except (ValueError, KeyError, TypeError) as error:  # a body that no check foresaw: Discord says 400 as well
            status, answer = 400, {"message": f"Invalid Form Body ({error!r})", "code": 50035}
        known.status = status
        return _response(status, answer, headers)

    def _route(self, request: web.Request, path: str, known: Request) -> tuple[dict[str, str], routing.Answer]:
        """Check the token and the body's schema, and call the route's handler."""
        match = routing.find(request.method, path) if request.path.startswith(API) else None
        if match is None:
            self.fake_discord.unknown_requests.append((request.method, request.path))
            return {}, (404, {"message": "404: Not Found", "code": 0})
        route, params = match
        if not route.open and request.headers.get("Authorization") != f"Bot {self.fake_discord.token}":
            return {}, (401, {"message": "401: Unauthorized", "code": 0})
        schema, body = self.fake_discord.schema, known.body
        if schema and body is not None and (violation := schema.check(request.method, path, body)):
            self.fake_discord.violations.append(violation)
        if where := hidden.find(body):
            self.fake_discord.violations.append(Violation(request.method, request.path, where, "hidden characters"))
        # The limits are wide, so that tests do not wait; real rate limits are asked for with fail_next.
        headers = {
            "X-RateLimit-Bucket": f"{route.method} {route.template}".replace(" ", ""),
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "999",
            "X-RateLimit-Reset-After": "1.0",
            "X-RateLimit-Reset": str(time.time() + 1),
        }
        call = routing.Call(route.method, path, params, known.query, known.body, known.uploads)
        return headers, route.handler(self.fake_discord, call)


def _response(status: int, answer: Any, headers: dict[str, str]) -> web.Response:
    """Return a response with exactly the content type that discord.py requires for JSON; bytes are sent as they are."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return web.Response(status=status, body=body, headers={"Content-Type": "application/json", **headers})


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """Return a request's JSON and its files, from a plain or a multipart body."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return _parse(text) if text else None, []
    body: Json | None = None
    uploads: list[Upload] = []
    for field, value in (await request.post()).items():
        if field == "payload_json" and isinstance(value, str):
            body = _parse(value)
        elif isinstance(value, web.FileField):
            uploads.append(Upload(field, value.filename, value.file.read()))
            value.file.close()
    return body, uploads


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from None
