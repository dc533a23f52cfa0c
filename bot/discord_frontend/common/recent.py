"""What is remembered of a conversation: in memory only, and not much of it."""

from collections.abc import Callable, Iterable
from sys import getsizeof
from typing import Generic, TypeVar

from cachetools import LRUCache

T = TypeVar("T")
ENTRY = 200
"""Bytes that remembering anything takes, besides what it holds."""


def bytes_of(parts: Iterable[str | bytes]) -> int:
    """Return about how many bytes it takes to remember these texts."""
    return ENTRY + sum(map(getsizeof, parts))


class Memory(Generic[T]):
    """The latest things, by key; older ones are forgotten, and everything is at a restart.

    Each takes `size` of the room, one unless that is given; what is larger than the whole room is not kept.
    """

    def __init__(self, room: int, size: Callable[[T], int] | None = None) -> None:
        self._kept: LRUCache[object, T] = LRUCache(room, getsizeof=size)

    @property
    def used(self) -> float:
        """How much of the room is taken."""
        return float(self._kept.currsize)

    def keep(self, key: object, value: T) -> None:
        """Remember a thing, and forget the oldest where there are too many."""
        self._kept.pop(key, None)
        if self._kept.getsizeof(value) <= self._kept.maxsize:
            self._kept[key] = value

    def get(self, key: object) -> T | None:
        """Return the thing, if it is still remembered."""
        return self._kept.get(key)

    def drop(self, key: object) -> None:
        """Forget a thing."""
        self._kept.pop(key, None)
