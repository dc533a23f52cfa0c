"""Texts that grow when they are normalized, or are otherwise costly to read."""

from collections.abc import Callable

LIGATURE = "\ufdfa"
"""The character that decomposes into the most: eighteen."""
HOSTILE_TEXTS: dict[str, Callable[[int], str]] = {
    "ligature": lambda size: LIGATURE * size,
    "ligatures apart": lambda size: f"{LIGATURE} " * (size // 2),
    "long word": lambda size: "ab" * (size // 2),
    "hyphens": lambda size: "abc-" * (size // 4),
    "apostrophes": lambda size: "i'd've" * (size // 6),
    "marks": lambda size: ("e" + "\u0301\u0323" * 40) * (size // 81),
    "sharp s": lambda size: "ß" * size,
    "three letters when folded": lambda size: "ΐ" * size,
    "Hangul": lambda size: "각" * size,
    "Cuneiform": lambda size: "\U00012000" * size,
    "short words": lambda size: "im " * (size // 3),
    "the country": lambda size: "US " * (size // 3),
    "emoji": lambda size: "👩‍👩‍👧" * (size // 5),
}
"""By kind: return a text of about so many characters."""
