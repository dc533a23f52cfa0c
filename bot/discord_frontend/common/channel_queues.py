"""A short queue of answers for each channel, because Discord limits messages by channel, to about one a second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 5
"""Answers of one channel that may be on their way; Discord accepts about that many in a burst."""
MAX_WAITING = 60
"""Answers of one channel that may wait; the last of more would be too old anyway."""
MAX_WAIT = 60.0  # seconds; after that a question is too old to be answered


class ChannelBusy(Exception):
    """More answers are due in a channel than can be sent there in time."""


class _Queue:
    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(AT_ONCE)
        self.answers = 0  # waiting or on their way


class ChannelQueues:
    """The queues of all channels; one exists only while an answer is in it."""

    def __init__(self) -> None:
        self._queues: dict[int, _Queue] = {}

    @asynccontextmanager
    async def turn(self, channel_id: int) -> AsyncIterator[None]:
        """Wait for a turn in a channel. Raise ChannelBusy if too many are waiting, or after MAX_WAIT."""
        queue = self._queues.setdefault(channel_id, _Queue())
        if queue.answers >= AT_ONCE + MAX_WAITING:
            raise ChannelBusy
        queue.answers += 1
        try:
            try:
                async with asyncio.timeout(MAX_WAIT):
                    await queue.turns.acquire()
            except TimeoutError:
                raise ChannelBusy from None
            try:
                yield
            finally:
                queue.turns.release()
        finally:
            queue.answers -= 1
            if not queue.answers:
                del self._queues[channel_id]
