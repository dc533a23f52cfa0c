"""A tiny HTTP server for the metrics, on the loopback interface only: one path, one method, no state."""

import asyncio
import logging
from collections.abc import Callable

from bot.ops.metrics import CONTENT_TYPE

HOST, PATH = "127.0.0.1", "/metrics"
TIMEOUT = 5.0  # seconds for a request to arrive
MAX_REQUEST_BYTES = 8_192
MAX_CONNECTIONS = 8
log = logging.getLogger(__name__)


class MetricsServer:
    """Serves what `render` returns at the moment of each request."""

    def __init__(self, render: Callable[[], str]) -> None:
        self._render = render
        self._server: asyncio.Server | None = None
        self._connections = 0

    async def start(self, port: int) -> None:
        """Listen; where that is impossible, log why and go on: answering matters more."""
        try:
            self._server = await asyncio.start_server(self._serve, HOST, port, limit=MAX_REQUEST_BYTES)
        except OSError as error:
            log.warning("Can't serve metrics on port %d: %s; set another 'metrics_port'", port, error.strerror or error)

    async def close(self) -> None:
        """Stop listening; do nothing where nobody listens."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections <= MAX_CONNECTIONS:
                async with asyncio.timeout(TIMEOUT):
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.write(self._response(head))
                    await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone, or sends no HTTP
        finally:
            self._connections -= 1
            writer.close()

    def _response(self, head: bytes) -> bytes:
        """Return the whole response to the head of a request."""
        method, _, rest = head.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if path != PATH.encode():
            return _http("404 Not Found", "text/plain", "Only /metrics is here.\n")
        if method not in (b"GET", b"HEAD"):
            return _http("405 Method Not Allowed", "text/plain", "Only GET is possible.\n")
        return _http("200 OK", CONTENT_TYPE, self._render(), with_body=method == b"GET")


def _http(status: str, content_type: str, body: str, *, with_body: bool = True) -> bytes:
    data = body.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (data if with_body else b"")
