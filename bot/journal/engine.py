"""The journal's SQLAlchemy engine: an SQLite file or a PostgreSQL server, opened with the tables that this version needs.

Several processes may use one database at once. SQLite has one writer: every transaction takes the write lock at its start
and waits for it, so that none fails half-way. SQLAlchemy is slow to import, so that happens when a database is opened.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError, JournalError
from bot.journal import address as addresses
from bot.journal import migrate

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table
    from sqlalchemy.dialects import postgresql, sqlite

TIMEOUT = 5
"""Seconds to wait for a server, or for another process that holds the write lock."""
POSTGRESQL_DEFAULTS = {
    "application_name": "pilcrow",
    "connect_timeout": TIMEOUT,
    # Notice a dead server in seconds, not in the hours that TCP would take.
    "tcp_user_timeout": 2 * TIMEOUT * 1000,
    "keepalives_idle": TIMEOUT,
    "keepalives_interval": TIMEOUT,
    "keepalives_count": 2,
    "options": f"-c statement_timeout={2 * TIMEOUT}s",
}
"""Connection parameters where the address gives none."""
_RESTORE = "move the file away, so that a new one is made, or restore a backup"
REMEDIES = {
    "not a database": _RESTORE,
    "malformed": _RESTORE,
    "is full": "free some space on that disk",
    "No space left": "free some space on that disk",
    "already exists": f"the table that records the journal's version is damaged or missing; {_RESTORE}",
    "is locked": "another program keeps the file locked",
    "readonly": "give the bot write access to the file and its folder",
    "Permission denied": "give the bot write access to the file and its folder",
    "Read-only file system": "give the bot write access there, or set another path in 'database'",
}
"""What to do about an error, by a part of its message."""
SQLITE_HEADER = b"SQLite format 3\0"
"""The first bytes of every database (https://www.sqlite.org/fileformat.html)."""
_HAS_DELETED = "has deleted rows"
"""The key in `Connection.info` that marks a connection that has deleted rows."""


def open_engine(address: str) -> "Engine":
    """Open the database and create or migrate its tables.

    Raises JournalError, and SQLAlchemyError or OSError where it can't be opened.
    """
    engine = create(address)
    file = addresses.sqlite_file(address)
    if file is not None:
        _create_file(file)
    try:
        migrate.upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def create(address: str) -> "Engine":
    """Return an engine for the database as it is. Raises JournalError."""
    from sqlalchemy import create_engine

    try:
        url = addresses.parse(address)
    except ConfigError as error:
        raise JournalError(str(error)) from None
    backend = url.get_backend_name()
    defaults = {key: value for key, value in POSTGRESQL_DEFAULTS.items() if key not in url.query}
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # parameters are what people typed
            pool_pre_ping=True,  # reconnect where the server has dropped a connection
            connect_args=defaults if backend == "postgresql" else {},
        )
    except ImportError as error:
        raise JournalError(
            "the journal's database is PostgreSQL, which needs one more package: pip install '.[postgresql]'"
        ) from error
    if backend == "sqlite":
        _set_up_sqlite(engine)
    return engine


def insert(connection: "Connection", table: "Table") -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that supports ON CONFLICT, in the connection's dialect."""
    from sqlalchemy.dialects import postgresql, sqlite

    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def error_message(error: Exception) -> str:
    """Return the driver's own message and a remedy; the rest of SQLAlchemy's text is SQL and an address."""
    cause = getattr(error, "orig", None) or error
    line = (str(cause) or type(cause).__name__).splitlines()[0]
    return next((f"{line}; {remedy}" for part, remedy in REMEDIES.items() if part in line), line)


def pop_has_deleted(connection: "Connection") -> bool:
    """Return whether this connection has deleted any row since the last call."""
    return bool(connection.info.pop(_HAS_DELETED, False))


def truncate_wal(connection: "Connection", timeout: float = 0.0) -> bool:
    """Move SQLite's write-ahead log into the database file and empty it; return whether that was done.

    With `secure_delete` a deletion overwrites the text in the file, but until a checkpoint the log still holds it. A
    checkpoint has to wait while another connection reads an earlier state; `timeout`: how many seconds.
    """
    if connection.dialect.name != "sqlite":
        return True
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(f"PRAGMA busy_timeout={round(timeout * 1000)}")
        try:
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={TIMEOUT * 1000}")
    except driver.Error:
        return False
    return not busy


def _create_file(file: Path) -> None:
    """Create the file, and make it and SQLite's side files, which take its mode, accessible to its owner only.

    Raises JournalError where it is something else than a database, whose mode is left alone.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_CREAT | os.O_RDWR | getattr(os, "O_NONBLOCK", 0), 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode) or os.read(handle, len(SQLITE_HEADER)) not in (
            b"",
            SQLITE_HEADER,
        ):
            raise JournalError(f"the journal can't be used: file is not a database; {_RESTORE}")
    finally:
        os.close(handle)
    for suffix in ("", "-wal", "-shm", "-journal"):
        path = file.with_name(f"{file.name}{suffix}")
        with suppress(FileNotFoundError):
            if not suffix or stat.S_ISREG(path.lstat().st_mode):  # SQLite makes no links
                path.chmod(0o600)


def _set_up_sqlite(engine: "Engine") -> None:
    from sqlalchemy import event

    def on_connect(connection: Any, _: object) -> None:
        try:
            set_up(connection)
        except BaseException:
            connection.close()  # SQLAlchemy forgets it
            raise

    def set_up(connection: Any) -> None:
        connection.isolation_level = None  # stop Python's sqlite3 from beginning transactions; `on_begin` does
        connection.execute(f"PRAGMA busy_timeout={TIMEOUT * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA secure_delete=ON")  # overwrite deleted text in the file
        connection.execute("PRAGMA temp_store=MEMORY")  # keep text out of temporary files
        connection.text_factory = lambda data: data.decode("utf-8", "replace")  # one broken text is no broken table

    def on_begin(connection: "Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def after_execute(connection: "Connection", cursor: Any, _: object, __: object, context: Any, ___: object) -> None:
        if context is not None and context.isdelete and cursor.rowcount:
            connection.info[_HAS_DELETED] = True

    event.listen(engine, "after_cursor_execute", after_execute)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
