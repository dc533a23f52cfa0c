"""Lines of text as the fields of an embed, within Discord's limits."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.cards import discord_limits

T = TypeVar("T")
CONTINUED = "\u200b"
"""The name of a field that continues the one before: a name must not be empty."""


def pack_fields(name: str, lines: Iterable[str], budget: int) -> tuple[list[tuple[str, str]], bool]:
    """Pack lines into (name, value) fields of at most `budget` characters; return them, and whether all lines fit."""
    fields: list[tuple[str, str]] = []
    for line in lines:
        field_name, value = fields[-1] if fields else ("", "")
        if fields and len(value) + 1 + len(line) <= discord_limits.EMBED_FIELD_VALUE:
            size = 1 + len(line)
            if size <= budget:
                fields[-1] = (field_name, f"{value}\n{line}")
        else:
            field_name = CONTINUED if fields else name
            size = len(field_name) + len(line)
            if size <= budget:
                fields.append((field_name, line))
        if size > budget:
            return fields, False
        budget -= size
    return fields, True


def fit_fields(
    name: str, items: Sequence[T], render: Callable[[T, int], str], lengths: Iterable[int], budget: int
) -> list[tuple[str, str]]:
    """Pack items, each rendered with the first of the maximum `lengths` at which all of them fit the budget."""
    fields: list[tuple[str, str]] = []
    for length in lengths:
        fields, complete = pack_fields(name, [render(item, length) for item in items], budget)
        if complete:
            break
    return fields
