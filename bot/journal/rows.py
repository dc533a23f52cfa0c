"""Rows of the journal, read one by one: a broken one is left out, counted and reported, and takes nothing else down.

SQLite keeps in a column whatever was written there, whatever the column's type; and a disk may turn any bit.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import MsgspecError, convert

if TYPE_CHECKING:
    from sqlalchemy import Result, Select, Table

T = TypeVar("T")
log = logging.getLogger(__name__)


def raw(table: "Table", *names: str) -> "Select[*tuple[Any, ...]]":
    """Return a query for these columns, or all, as the driver gives them: SQLAlchemy would stop at a broken value."""
    from sqlalchemy import select, type_coerce
    from sqlalchemy.types import NullType

    columns = [type_coerce(table.c[name], NullType()).label(name) for name in names or table.c.keys()]
    return cast("Select[Any]", select(*columns))


class Rows:
    """Reads rows, and remembers what has been reported."""

    def __init__(self) -> None:
        self._reported: dict[str, int] = {}

    def read(self, table: "Table", rows: "Result[Any]", kind: type[T] | Callable[[Mapping[str, Any]], T]) -> list[T]:
        """Return the records that can be read; `kind`: a record with the columns' names, or what makes one of a row."""
        names, found, broken = rows.keys(), [], 0
        for row in rows:
            values = {str(name): value for name, value in zip(names, row, strict=True)}
            try:
                found.append(convert(values, kind, strict=False) if isinstance(kind, type) else kind(values))
            except (MsgspecError, TypeError, ValueError, RecursionError):
                broken += 1
        self._report(table.name, broken)
        return found

    def _report(self, table: str, broken: int) -> None:
        if broken <= self._reported.get(table, 0):
            return
        self._reported[table] = broken
        what = "1 row can't be read and is" if broken == 1 else f"{broken} rows can't be read and are"
        log.warning(
            "%s left out of the journal's table '%s'; 'pilcrow data export FILE' shows what is there", what, table
        )
