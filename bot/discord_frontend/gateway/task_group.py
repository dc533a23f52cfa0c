"""Running several coroutines until one of them fails."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def run_until(stop: asyncio.Event, *jobs: Coroutine[Any, Any, None]) -> None:
    """Run all jobs at once until `stop` is set, all are done, or one fails; raise what that one raised."""
    running = {asyncio.create_task(job, name="connection") for job in jobs}
    stopping = asyncio.create_task(stop.wait(), name="connection")
    try:
        while running and not stopping.done():
            done, _ = await asyncio.wait({stopping, *running}, return_when=asyncio.FIRST_COMPLETED)
            running -= done
            for task in done - {stopping}:
                task.result()
    finally:
        pending = {stopping, *running}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
