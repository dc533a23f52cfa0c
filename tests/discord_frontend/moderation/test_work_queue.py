"""The work queue: one job at a time, and a bounded number waiting."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot.discord_frontend.moderation.work_queue import QueueFull, WorkQueue


async def test_a_full_queue_refuses_further_jobs() -> None:
    """Jobs run one at a time, and are accepted again when there is room."""
    go, running, most = threading.Event(), 0, 0

    def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        go.wait()
        running -= 1

    queue = WorkQueue(1, "Please wait.")
    tasks = [asyncio.create_task(queue.run(work)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(QueueFull, match=r"^Please wait\.$"):
        await queue.run(work)
    go.set()
    await asyncio.gather(*tasks)
    await queue.run(work)
    assert most == 1
