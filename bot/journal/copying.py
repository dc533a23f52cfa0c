"""Copies of an SQLite database for a backup, and what a copy needs before it takes the place of another."""

import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from pathlib import Path

from bot.errors import JournalError
from bot.journal import engine, inspection
from bot.journal.history import MAX_NUMBER

NUMBERED = ("history", "inbox")
"""Tables whose numbers people and buttons remember."""
GAP = 1_000
"""Numbers left out where it can't be known how many were used since the backup."""


def copy_database(source: Path, target: Path, published: Collection[str]) -> None:
    """Copy a database in one transaction while others write to it. Raise JournalError.

    published: the transactions of changes that the base copied with it has: what the history calls 'under way' is
    settled in the copy, since the folder that knows about it is not copied.
    """
    try:
        with closing(inspection.open_read_only(source)) as reading, closing(sqlite3.connect(target)) as copy:
            reading.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
            if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise JournalError(f"the database is damaged, so it can't be backed up; {engine.REMEDIES['malformed']}")
            with copy:
                _settle(copy, published)
    except sqlite3.Error as error:
        raise JournalError(f"the database can't be copied: {engine.error_message(error)}") from error


def check_copy(file: Path) -> None:
    """Raise JournalError unless this is a whole database of this program, of a version that it knows, and nothing else.

    Triggers and views run when a table is read or written, and this program has none.
    """
    state = inspection.inspect_file(file)
    if state.problem or not state.schema:
        raise JournalError(f"the database in the backup can't be used: {state.problem or inspection.NOT_OURS}")
    try:
        with closing(inspection.open_read_only(file)) as connection:
            query = "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE '%VIRTUAL%'"
            if connection.execute(query).fetchone()[0]:
                raise JournalError("the database in the backup has triggers or views, which this program never makes")
    except sqlite3.Error as error:
        raise JournalError(f"the database in the backup can't be used: {engine.error_message(error)}") from error


def last_numbers(file: Path) -> dict[str, int] | None:
    """Return the last number used in each numbered table; None where the file can't tell."""
    try:
        with closing(inspection.open_read_only(file)) as connection:
            used = {table: _last_number(connection, table) for table in NUMBERED}
    except sqlite3.Error:
        return None
    return used


def prepare_copy(file: Path, used: Mapping[str, int] | None) -> int:
    """Bring a checked copy up to date and let its numbers go on after `used`; return the number of the next change.

    used: the last numbers of the database that it replaces; None leaves a gap. Raise JournalError.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        engine.open_engine(f"sqlite:///{file}").dispose()  # which migrates it
        with closing(sqlite3.connect(file)) as connection:
            with connection:
                last = {table: _continue(connection, table, used) for table in NUMBERED}
            connection.execute("PRAGMA journal_mode=DELETE")
    except (sqlite3.Error, SQLAlchemyError, OSError) as error:
        raise JournalError(f"the database in the backup can't be used: {engine.error_message(error)}") from error
    return last["history"] + 1


def finish_log(file: Path) -> None:
    """Move what SQLite's log holds into the file, if that is possible, so that it can be moved as one."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=engine.TIMEOUT)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _settle(copy: sqlite3.Connection, published: Collection[str]) -> None:
    columns = {row[1] for row in copy.execute("PRAGMA table_info(history)")}
    if not {"state", "mark"} <= columns:
        return  # of a version that did not have them
    pending = copy.execute("SELECT id, mark FROM history WHERE state = 'under way'").fetchall()
    for number, transaction in pending:
        state = "made" if transaction in published else "not made"
        copy.execute("UPDATE history SET state = ? WHERE id = ?", (state, number))


def _last_number(connection: sqlite3.Connection, table: str) -> int:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    numbers = [0]
    if table in names:
        numbers += connection.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608 (one of NUMBERED)
    if "sqlite_sequence" in names:
        numbers += [row[0] for row in connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))]
    return max(number for number in numbers if isinstance(number, int))


def _continue(connection: sqlite3.Connection, table: str, used: Mapping[str, int] | None) -> int:
    """Let a table's numbers go on after the last one used in either database; return that."""
    own = _last_number(connection, table)
    last = own + GAP if used is None else max(own, used[table])
    if not 0 <= last < MAX_NUMBER:
        raise JournalError("the database in the backup has numbers that are too large; it is damaged")
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))
    return last
