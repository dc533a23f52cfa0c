"""Rendering beside a bot that goes on answering: one picture at a time, in a worker process that draws it and exits.

The memory that matplotlib takes is freed with the process. The worker watches its end of a pipe, so it ends with the bot
however that ends (see `bot.charts.worker`).
"""

import asyncio
import contextlib
import logging
import os
import sys
from hashlib import blake2b
from pathlib import Path
from typing import cast

import msgspec
from cachetools import LRUCache
from msgspec import Struct

from bot.answering.view import View
from bot.charts.picture import Picture, Theme
from bot.errors import PilcrowError
from bot.journal.stats import Stats

CACHE_BYTES = 16_000_000
"""Bytes of the pictures in the cache."""
MAX_REQUESTS = 8
"""Pictures that are drawn or queued at one time."""
TIMEOUT = 60.0
"""Seconds for one request; a timeline takes about one."""
BUSY = "Several other pictures are being drawn. Please try again in a minute."
FAILED = "The picture could not be drawn. The error has been logged."
EXIT_TIMEOUT = 1.0
"""Seconds for a worker to exit after its last output."""
LENGTH_BYTES = 4
"""Bytes of the length that is sent before a request."""
SECRETS = ("DISCORD_TOKEN", "PILCROW_DATABASE")
"""Environment variables that the worker does not get."""
WORKER = (sys.executable, "-m", "bot.charts.worker")
log = logging.getLogger(__name__)


class TimelineRequest(Struct, frozen=True, tag=True):
    """A request for pictures of the timeline."""

    view: View
    theme: Theme


class StatsRequest(Struct, frozen=True, tag=True):
    """A request for a picture of statistics."""

    stats: Stats
    theme: Theme


RenderRequest = TimelineRequest | StatsRequest


class RendererBusy(PilcrowError):
    """Too many pictures are queued already."""


class RenderFailed(PilcrowError):
    """A picture could not be drawn."""


class Renderer:
    """Draws pictures, and caches the latest."""

    def __init__(self, worker: tuple[str, ...] = WORKER) -> None:
        self._worker = worker
        self._cache: LRUCache[bytes, tuple[Picture, ...]] = LRUCache(CACHE_BYTES, getsizeof=_size)
        self._tasks: dict[bytes, asyncio.Task[tuple[Picture, ...]]] = {}
        self._worker_lock = asyncio.Lock()

    async def render(self, request: RenderRequest) -> tuple[Picture, ...]:
        """Return the pictures of a request; concurrent equal requests share them. Raises RendererBusy, RenderFailed."""
        encoded = msgspec.msgpack.encode(request)
        key = blake2b(encoded).digest()
        if cached := self._cache.get(key):
            return cached
        task = self._tasks.get(key)
        if task is None:
            if len(self._tasks) >= MAX_REQUESTS:
                raise RendererBusy(BUSY)
            task = self._tasks[key] = asyncio.create_task(self._render(encoded))
            task.add_done_callback(lambda done: self._finish(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Cancel all requests and kill the worker."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _render(self, encoded: bytes) -> tuple[Picture, ...]:
        async with self._worker_lock:
            return await _run_worker(self._worker, encoded)

    def _finish(self, key: bytes, task: asyncio.Task[tuple[Picture, ...]]) -> None:
        del self._tasks[key]
        if not task.cancelled() and task.exception() is None and _size(task.result()) <= CACHE_BYTES:
            self._cache[key] = task.result()


async def _run_worker(worker: tuple[str, ...], encoded: bytes) -> tuple[Picture, ...]:
    """Have a process draw, and return what it drew; the process is gone afterwards in any case. Raises RenderFailed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *worker, stdin=pipe, stdout=pipe, stderr=pipe, env=_environment(), start_new_session=True
    )
    stdin = cast("asyncio.StreamWriter", process.stdin)
    try:
        async with asyncio.timeout(TIMEOUT):
            stdin.write(len(encoded).to_bytes(LENGTH_BYTES) + encoded)
            output, errors = await asyncio.gather(_read_all(process.stdout), _read_all(process.stderr))
        # The worker is about to exit: if it were killed just then, asyncio would log an unknown process.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), EXIT_TIMEOUT)
        return msgspec.msgpack.decode(output, type=tuple[Picture, ...])
    except TimeoutError:
        log.warning("A picture was not drawn within %g s", TIMEOUT)
        raise RenderFailed(FAILED) from None
    except msgspec.MsgspecError:
        log.exception("This is a bug: a picture could not be drawn:\n%s", errors.decode(errors="replace"))
        raise RenderFailed(FAILED) from None
    finally:
        if process.returncode is None:
            process.kill()
        stdin.close()
        await process.wait()


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    return await stream.read() if stream else b""


def _environment() -> dict[str, str]:
    """Return the environment without secrets, with this program on the module path."""
    public = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return {**public, "PYTHONPATH": str(Path(__file__).parents[2])}


def _size(pictures: tuple[Picture, ...]) -> int:
    return sum(len(picture.png) + 4 * len(picture.alt) for picture in pictures)
