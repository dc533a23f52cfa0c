"""Where a text with just these tokens stands in a base, by its fingerprint.

The numbers are kept packed: a dict of as many takes eight times the room, and is read from a file as slowly as all else.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

UINT64: Final = "Q"
"""The type of the numbers, as `array` and `memoryview` call it."""
ITEM_BYTES = 16
"""Bytes of one fingerprint and its position."""


def fingerprint(text: str) -> int:
    """Return a 64-bit hash of a normalized text: it takes less room than the text, and is read sooner."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


class ExactTexts:
    """Positions by fingerprint. `packed`: all fingerprints, ascending, and then the position of each."""

    def __init__(self, packed: bytes) -> None:
        numbers = memoryview(packed).cast(UINT64)
        self._fingerprints, self.positions = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]

    def get(self, hashed: int) -> int | None:
        """Return the position for a fingerprint."""
        place = _place(self._fingerprints, hashed)
        return None if place is None else self.positions[place]

    def items(self) -> Iterator[tuple[int, int]]:
        """Yield each fingerprint with its position."""
        return zip(self._fingerprints, self.positions, strict=True)


class ExactTextsBuilder:
    """Changes a copy of packed positions."""

    def __init__(self, packed: bytes) -> None:
        half = len(packed) // 2
        self._fingerprints, self._positions = array(UINT64, packed[:half]), array(UINT64, packed[half:])

    def __contains__(self, hashed: int) -> bool:
        return _place(self._fingerprints, hashed) is not None

    def add(self, hashed: int, position: int) -> None:
        """Add a position, unless there is one for this fingerprint already."""
        if hashed not in self:
            place = bisect_left(self._fingerprints, hashed)
            self._fingerprints.insert(place, hashed)
            self._positions.insert(place, position)

    def remove(self, hashed: int, position: int) -> bool:
        """Remove this position for a fingerprint; return whether it was there."""
        place = _place(self._fingerprints, hashed)
        if place is None or self._positions[place] != position:
            return False
        del self._fingerprints[place], self._positions[place]
        return True

    def packed(self) -> bytes:
        """Return the positions, packed."""
        return (self._fingerprints + self._positions).tobytes()


def _place(fingerprints: Sequence[int], hashed: int) -> int | None:
    place = bisect_left(fingerprints, hashed)
    return place if place < len(fingerprints) and fingerprints[place] == hashed else None
