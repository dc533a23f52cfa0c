"""The metrics of a running bot, over HTTP on the loopback interface."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.discord_frontend.metrics_server import HOST, MetricsServer
from tests.support.discord_rig import LEFT_QUESTION, discord_rig


@pytest.fixture
def port() -> int:
    """Return a port that is free."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


@pytest.fixture
async def server(port: int) -> AsyncIterator[MetricsServer]:
    """Serve a line."""
    running = MetricsServer(lambda: "pilcrow_x 1\n")
    await running.start(port)
    yield running
    await running.close()


async def response(port: int, request: str) -> tuple[str, str]:
    """Return the status line and the body."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request.encode())
    data = (await asyncio.wait_for(reader.read(), 5)).decode()
    writer.close()
    head, _, body = data.partition("\r\n\r\n")
    return head.partition("\r\n")[0], body


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        ("GET /metrics", "200 OK", "pilcrow_x 1\n"),
        ("GET /metrics?x=1", "200 OK", "pilcrow_x 1\n"),
        ("HEAD /metrics", "200 OK", ""),
        ("POST /metrics", "405 Method Not Allowed", "Only GET is possible.\n"),
        ("GET /", "404 Not Found", "Only /metrics is here.\n"),
        ("nonsense", "404 Not Found", "Only /metrics is here.\n"),
    ],
)
@pytest.mark.usefixtures("server")
async def test_one_path_is_served(port: int, request_line: str, status: str, body: str) -> None:
    """Nothing else."""
    assert await response(port, f"{request_line} HTTP/1.1\r\nHost: x\r\n\r\n") == (f"HTTP/1.1 {status}", body)


@pytest.mark.usefixtures("server")
async def test_what_is_no_request_is_closed(port: int) -> None:
    """A head without an end is not collected for ever."""
    assert await response(port, "x" * 20_000) == ("", "")


async def test_a_port_that_is_taken_is_logged(
    port: int, server: MetricsServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot goes on."""
    second = MetricsServer(lambda: "")
    await second.start(port)
    await second.close()
    assert caplog.messages[0].startswith(f"Can't serve metrics on port {port}: ")


async def test_the_running_bot_counts_questions(tmp_path: Path, port: int) -> None:
    """By outcome; with the port closed again when it stops."""
    async with discord_rig(tmp_path, metrics_port=port) as rig:
        await rig.mention(LEFT_QUESTION)
        await rig.fake_discord.assert_silent(rig.channel)
        status, body = await response(port, "GET /metrics HTTP/1.1\r\n\r\n")
    assert status == "HTTP/1.1 200 OK"
    assert 'pilcrow_questions_total{outcome="answer"} 1\n' in body
    assert "pilcrow_journal_ok 1\n" in body
    with pytest.raises(ConnectionError):
        await response(port, "")
