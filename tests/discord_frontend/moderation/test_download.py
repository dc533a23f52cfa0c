"""Downloads are bounded, whatever size was stated."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.discord_frontend.moderation.download import download

ENDLESS_LIMIT = 100_000_000


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Serve files on the loopback; one of them has no stated size and does not end by itself."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(ENDLESS_LIMIT // 10_000):
            await response.write(bytes(10_000))
        return response

    async def small(_: web.Request) -> web.Response:
        return web.Response(body=b"abc")

    app = web.Application()
    app.add_routes([web.get("/endless", endless), web.get("/small", small)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_no_more_is_read_than_one_byte_too_much(address: str) -> None:
    """The archive's reader refuses it for that byte."""
    assert await download(f"{address}/endless", 1000) == bytes(1001)
    assert await download(f"{address}/small", 3) == b"abc"
    assert await download(f"{address}/small", 2) == b"abc"


async def test_a_missing_file_is_an_error(address: str) -> None:
    """The moderator is asked to send it again."""
    with pytest.raises(aiohttp.ClientError):
        await download(f"{address}/missing", 1000)
