"""Drawing beside a bot that goes on answering: one picture at a time, each once, by a process that lives only as long.

matplotlib and what it needs are gone with that process. It watches its end of a pipe, and so ends with the bot however
that ends (see `bot.charts.worker`).
"""

import asyncio
import logging
import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import cast

import msgspec
from cachetools import LRUCache
from msgspec import Struct

from bot.answering.views import View
from bot.charts.timeline_picture import Picture, Theme
from bot.errors import PilcrowError
from bot.journal.stats import Stats

KEPT = 16_000_000
"""Bytes of the pictures that are kept."""
MOST = 8
"""Pictures that are drawn or wait for it at one time."""
PATIENCE = 60.0  # seconds for one picture; a timeline takes about one
BUSY = "Several other pictures are being drawn. Please ask again in a minute."
UNDRAWN = "The picture could not be drawn. It has been logged."
LENGTH = 4  # bytes that say how long an order is
SECRET = ("DISCORD_TOKEN", "PILCROW_DATABASE")
WORKER = (sys.executable, "-m", "bot.charts.worker")
log = logging.getLogger(__name__)


class Timeline(Struct, frozen=True, tag=True):
    """An order for pictures of the timeline."""

    reading: View
    theme: Theme


class Chart(Struct, frozen=True, tag=True):
    """An order for a picture of some figures."""

    figures: Stats
    theme: Theme


Order = Timeline | Chart


class Busy(PilcrowError):
    """Too many pictures wait already."""


class Undrawn(PilcrowError):
    """A picture could not be drawn."""


class Renderer:
    """Draws pictures, and keeps the latest."""

    def __init__(self, worker: tuple[str, ...] = WORKER) -> None:
        self._worker = worker
        self._kept: LRUCache[bytes, tuple[Picture, ...]] = LRUCache(KEPT, getsizeof=_size)
        self._drawing: dict[bytes, asyncio.Task[tuple[Picture, ...]]] = {}
        self._one = asyncio.Lock()

    async def draw(self, order: Order) -> tuple[Picture, ...]:
        """Return the pictures of an order; whoever wants the same at the same time gets the same. Raises Busy, Undrawn."""
        written = msgspec.msgpack.encode(order)
        key = blake2b(written).digest()
        if found := self._kept.get(key):
            return found
        drawing = self._drawing.get(key)
        if drawing is None:
            if len(self._drawing) >= MOST:
                raise Busy(BUSY)
            drawing = self._drawing[key] = asyncio.create_task(self._draw(written))
            drawing.add_done_callback(lambda done: self._drawn(key, done))
        return await asyncio.shield(drawing)

    async def close(self) -> None:
        """End what is being drawn, and the process with it."""
        drawing = list(self._drawing.values())
        for one in drawing:
            one.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)

    async def _draw(self, written: bytes) -> tuple[Picture, ...]:
        async with self._one:
            return await _drawn_by(self._worker, written)

    def _drawn(self, key: bytes, done: asyncio.Task[tuple[Picture, ...]]) -> None:
        del self._drawing[key]
        if not done.cancelled() and done.exception() is None and _size(done.result()) <= KEPT:
            self._kept[key] = done.result()


async def _drawn_by(worker: tuple[str, ...], written: bytes) -> tuple[Picture, ...]:
    """Have a process draw, and return what it drew; it is gone afterwards in any case. Raises Undrawn."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *worker, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(), start_new_session=True
    )
    order = cast("asyncio.StreamWriter", process.stdin)
    try:
        async with asyncio.timeout(PATIENCE):
            order.write(len(written).to_bytes(LENGTH) + written)
            drawn, complaint = await asyncio.gather(_all(process.stdout), _all(process.stderr))
        return msgspec.msgpack.decode(drawn, type=tuple[Picture, ...])
    except TimeoutError:
        log.warning("A picture was not drawn within %g s", PATIENCE)
        raise Undrawn(UNDRAWN) from None
    except msgspec.MsgspecError:
        log.exception("This is a bug: a picture could not be drawn:\n%s", complaint.decode(errors="replace"))
        raise Undrawn(UNDRAWN) from None
    finally:
        if process.returncode is None:
            process.kill()
        order.close()
        await process.wait()


async def _all(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


def _environment() -> dict[str, str]:
    """Return the environment without the bot's secrets, and with the program that we are ourselves."""
    ours = {name: value for name, value in os.environ.items() if name not in SECRET}
    return {**ours, "PYTHONPATH": str(Path(__file__).parents[2])}


def _size(pictures: tuple[Picture, ...]) -> int:
    return sum(len(one.png) + 4 * len(one.alt) for one in pictures)
