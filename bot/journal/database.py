"""One database, shared by the parts of the journal: transactions, retries and erasure of deleted text."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import JournalError
from bot.journal import engine
from bot.journal.rows import RowDecoder

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Select, Table

    from bot.journal.tables import Tables

T = TypeVar("T")
RETRY_AFTER = 5.0
"""Seconds before a server that could not be reached is tried again: until then writes fail at once and wait for nothing."""
BAD_OPTIONS = "the journal can't be used: the driver does not accept the options after the ? in its address"


class Database:
    """A database that is opened when it is first used. Every method raises JournalError where that or a statement fails."""

    def __init__(self, address: str, clock: Callable[[], float] = monotonic) -> None:
        self._address = address
        self._clock = clock
        self._unreachable: tuple[float, str] = (0.0, "")
        """Until when not to connect again, and why."""
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._decoder = RowDecoder()
        self._wal_dirty = True
        """Whether SQLite's log may hold deleted text: at the start that of another process, too."""

    @cached_property
    def tables(self) -> "Tables":
        """The tables of the schema."""
        from bot.journal.tables import Tables

        return Tables()

    @contextmanager
    def transaction(self, *, erase: bool = False) -> Iterator["Connection"]:
        """Open a transaction, one at a time in this process.

        Text of rows that are deleted in it is also erased from SQLite's log; with `erase`, that of updated rows too.
        """
        from sqlalchemy.exc import SQLAlchemyError

        with self._lock:
            try:
                with self._connect() as connection:
                    self._wal_dirty |= erase
                    with connection.begin():
                        yield connection
                    if self._wal_dirty or engine.pop_has_deleted(connection):
                        self._wal_dirty = not engine.truncate_wal(connection)
            except (SQLAlchemyError, OSError) as error:
                raise _unusable(error) from error

    def fetch(self, query: "Select[Any]", table: "Table", kind: type[T] | Callable[[Mapping[str, Any]], T]) -> list[T]:
        """Run a query in a transaction of its own; return its rows as records, without those that are broken."""
        with self.transaction() as connection:
            return self._decoder.decode(table, connection.execute(query), kind)

    def erase_deleted(self) -> bool:
        """Erase deleted text from SQLite's log; return False where another program's read transaction prevents it.

        Waits up to `engine.TIMEOUT` seconds for that program. After a False it is tried again with each transaction.
        """
        from sqlalchemy.exc import SQLAlchemyError

        with self._lock:
            try:
                with self._connect() as connection:
                    self._wal_dirty = not engine.truncate_wal(connection, engine.TIMEOUT)
            except (SQLAlchemyError, OSError) as error:
                raise _unusable(error) from error
            return not self._wal_dirty

    def close(self) -> None:
        """Close all connections; do nothing where there is none."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _connect(self) -> "Connection":
        """Return a connection, unless the server could not be reached a moment ago."""
        from sqlalchemy.exc import OperationalError

        until, reason = self._unreachable
        if self._clock() < until:
            raise JournalError(reason)
        try:
            if self._engine is None:
                self._engine = engine.open_engine(self._address)
            return self._engine.connect()
        except (ValueError, TypeError) as error:
            raise JournalError(BAD_OPTIONS) from error
        except OperationalError as error:
            if self._address.startswith("postgresql"):
                self._unreachable = (self._clock() + RETRY_AFTER, str(_unusable(error)))
            raise


def _unusable(error: Exception) -> JournalError:
    return JournalError(f"the journal can't be used: {engine.error_message(error)}")
