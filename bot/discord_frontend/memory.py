"""What is remembered of a conversation: in memory only, and not much of it."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The `most` latest things, by key; older ones are forgotten, and so is everything at a restart."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[object, T] = OrderedDict()

    def keep(self, key: object, value: T) -> None:
        """Remembers a thing, and forgets the oldest where there are too many."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: object) -> T | None:
        """The thing, if it is still remembered."""
        return self._kept.get(key)

    def drop(self, key: object) -> None:
        """Forgets a thing."""
        self._kept.pop(key, None)
