"""What is remembered of a conversation: in memory only, and not much of it."""

from collections import OrderedDict
from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The `most` latest things, by key; older ones are forgotten, and so is everything at a restart.

    room: the most that they may weigh together, by `weigh`; what is heavier than that by itself is not kept at all.
    """

    def __init__(self, most: int, room: float = inf, weigh: Callable[[T], int] = lambda _: 0) -> None:
        self._most = most
        self._room = room
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[object, tuple[T, int]] = OrderedDict()

    def keep(self, key: object, value: T) -> None:
        """Remembers a thing, and forgets the oldest where there are too many or they are too heavy."""
        self.drop(key)
        weight = self._weigh(value)
        if weight > self._room:
            return
        self._kept[key] = value, weight
        self._weight += weight
        while len(self._kept) > self._most or self._weight > self._room:
            self.drop(next(iter(self._kept)))

    def get(self, key: object) -> T | None:
        """The thing, if it is still remembered."""
        found = self._kept.get(key)
        return found[0] if found else None

    def drop(self, key: object) -> None:
        """Forgets a thing."""
        _, weight = self._kept.pop(key, (None, 0))
        self._weight -= weight
