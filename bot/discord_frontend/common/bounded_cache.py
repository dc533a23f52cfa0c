"""A bounded in-memory cache."""

from collections.abc import Iterable
from sys import getsizeof
from typing import TypeVar

from cachetools import LRUCache

K = TypeVar("K")
V = TypeVar("V")
ENTRY_OVERHEAD = 200
"""Bytes that an entry takes besides its value."""


def size_of_texts(texts: Iterable[str | bytes]) -> int:
    """Return about how many bytes it takes to cache these texts."""
    return ENTRY_OVERHEAD + sum(map(getsizeof, texts))


class BoundedCache(LRUCache[K, V]):
    """An LRU cache that leaves out a value larger than the whole cache instead of raising ValueError."""

    def __setitem__(self, key: K, value: V) -> None:
        """Cache a value, evicting the least recently used ones to make room."""
        self.pop(key, None)
        if self.getsizeof(value) <= self.maxsize:
            super().__setitem__(key, value)
