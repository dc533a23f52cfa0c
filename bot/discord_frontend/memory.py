"""What is remembered of a conversation: in memory only, and not much of it."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from sys import getsizeof
from typing import Generic, TypeVar

T = TypeVar("T")


def bytes_of(parts: Iterable[str | bytes]) -> int:
    """Return how many bytes these texts take in memory."""
    return sum(map(getsizeof, parts))


class Memory(Generic[T]):
    """The `most` latest things, by key; older ones are forgotten, and so is everything at a restart.

    most_bytes: how much all of them may take together, where `size` says how much one takes; the latest is kept whatever
    its size.
    """

    def __init__(self, most: int, most_bytes: int = 0, size: Callable[[T], int] = getsizeof) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._size = size
        self._kept: OrderedDict[object, T] = OrderedDict()
        self.bytes = 0
        """How much all that is remembered takes, where that is limited."""

    def keep(self, key: object, value: T) -> None:
        """Remember a thing, and forget the oldest ones where there are too many, or too large ones."""
        self.drop(key)
        self._kept[key] = value
        self.bytes += self._measured(value)
        while len(self._kept) > self._most or (self.bytes > self._most_bytes and len(self._kept) > 1):
            self.drop(next(iter(self._kept)))

    def get(self, key: object) -> T | None:
        """Return the thing, if it is still remembered."""
        return self._kept.get(key)

    def drop(self, key: object) -> None:
        """Forget a thing."""
        if key in self._kept:
            self.bytes -= self._measured(self._kept.pop(key))

    def _measured(self, value: T) -> int:
        return self._size(value) if self._most_bytes else 0
