"""Running several things for as long as none of them fails."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def run_until(end: asyncio.Event, *jobs: Coroutine[Any, Any, None]) -> None:
    """Run all jobs at once until `end` is set, all are done, or one fails; raise what that one raised."""
    running = {asyncio.create_task(job, name="connection") for job in jobs}
    ending = asyncio.create_task(end.wait(), name="connection")
    try:
        while running and not ending.done():
            done, _ = await asyncio.wait({ending, *running}, return_when=asyncio.FIRST_COMPLETED)
            running -= done
            for one in done - {ending}:
                one.result()
    finally:
        left = {ending, *running}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
