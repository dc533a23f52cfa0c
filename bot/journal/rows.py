"""Decoding of rows: a broken row is left out, counted and reported, and takes nothing else down.

SQLite keeps in a column whatever was written there, whatever the column's type; and a disk may flip any bit.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import MsgspecError, convert

if TYPE_CHECKING:
    from sqlalchemy import Connection, Result, Select, Table

T = TypeVar("T")
BROKEN_ROW = (MsgspecError, TypeError, ValueError, RecursionError)
"""What decoding a damaged row may raise."""
log = logging.getLogger(__name__)


def select_raw(table: "Table", *names: str) -> "Select[*tuple[Any, ...]]":
    """Return a SELECT of these columns (default: all) as the driver returns them: SQLAlchemy stops at a broken value."""
    from sqlalchemy import select, type_coerce
    from sqlalchemy.types import NullType

    columns = [type_coerce(table.c[name], NullType()).label(name) for name in names or table.c.keys()]
    return cast("Select[Any]", select(*columns))


def delete_rows(connection: "Connection", table: "Table", keys: Iterable[Any]) -> None:
    """Delete the rows with these values of the primary key, as `select_raw` returns them: a broken one may be of any type."""
    from sqlalchemy import bindparam, type_coerce
    from sqlalchemy.types import NullType

    (column,) = table.primary_key
    statement = table.delete().where(type_coerce(column, NullType()) == bindparam("key_", type_=NullType()))
    if rows := [{"key_": key} for key in keys]:
        connection.execute(statement, rows)


class RowDecoder:
    """Makes records of rows, and logs once for each table how many rows are broken."""

    def __init__(self) -> None:
        self._reported: dict[str, int] = {}

    def decode(self, table: "Table", rows: "Result[Any]", kind: type[T] | Callable[[Mapping[str, Any]], T]) -> list[T]:
        """Return the records that can be decoded; `kind`: a record with the columns' names, or a factory of one."""
        names, records, broken = rows.keys(), [], 0
        for row in rows:
            values = {str(name): value for name, value in zip(names, row, strict=True)}
            try:
                records.append(convert(values, kind, strict=False) if isinstance(kind, type) else kind(values))
            except BROKEN_ROW:
                broken += 1
        self._report(table.name, broken)
        return records

    def _report(self, table: str, broken: int) -> None:
        if broken <= self._reported.get(table, 0):
            return
        self._reported[table] = broken
        rows = "1 row is" if broken == 1 else f"{broken} rows are"
        log.warning(
            "%s damaged in the journal's table '%s' and left out; 'pilcrow data export FILE' shows what is there",
            rows,
            table,
        )
