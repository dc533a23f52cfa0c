"""The journal's database: an SQLite file or PostgreSQL, opened with the tables that this program needs.

Several processes may use one database at once. SQLite has one writer: every transaction asks for that place at its start
and waits for it, so that none fails half-way. In PostgreSQL a lock keeps two processes from making the tables together.
SQLAlchemy takes a while to import, so that happens when a database is opened.
"""

import os
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ConfigError, JournalError
from bot.journal import address as addresses

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table
    from sqlalchemy.dialects import postgresql, sqlite

PATIENCE = 5
"""Seconds to wait for a server, or for another process that is writing."""
POSTGRESQL = {
    "application_name": "pilcrow",
    "connect_timeout": PATIENCE,
    # A server that is gone without a word is noticed in seconds, not in the hours that TCP would take.
    "tcp_user_timeout": 2 * PATIENCE * 1000,
    "keepalives_idle": PATIENCE,
    "keepalives_interval": PATIENCE,
    "keepalives_count": 2,
    "options": f"-c statement_timeout={2 * PATIENCE}s",
}
"""How we connect, where the address says nothing else."""
REMEDIES = {
    "not a database": "put the file aside, and a new one is made, or put a copy of an earlier day in its place",
    "malformed": "put the file aside, and a new one is made, or put a copy of an earlier day in its place",
    "is full": "make room on that disk",
    "No space left": "make room on that disk",
    "is locked": "another program keeps the file to itself",
    "readonly": "let the bot write the file and its folder",
    "Read-only file system": "let the bot write there, or name another place in 'database'",
}
"""What to do, by what SQLite or the system says."""
DELETED = "rows deleted"
"""The key under which a connection keeps that it has deleted something."""
NEWEST = "0005"
"""The latest of `migrations/versions`."""
MIGRATING = 0xB6
"""The number of the lock that is held while tables are made or changed."""


def open_database(address: str) -> "Engine":
    """The database with its tables, made or brought up to date where they are not.

    Raises JournalError, and SQLAlchemyError or OSError where it can't be opened.
    """
    from sqlalchemy import create_engine

    try:
        url = addresses.parse(address)
    except ConfigError as error:
        raise JournalError(str(error)) from None
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database not in (None, "", ":memory:"):
        _make_file(Path(url.database))
    arguments = {key: value for key, value in POSTGRESQL.items() if key not in url.query}
    try:
        engine = create_engine(
            url,
            hide_parameters=True,  # parameters are what people typed
            pool_pre_ping=True,  # a connection that the server has dropped is made anew before it is used
            connect_args=arguments if kind == "postgresql" else {},
        )
    except ImportError as error:
        raise JournalError(
            "the journal's database is PostgreSQL, which needs one more package: pip install '.[postgresql]'"
        ) from error
    if kind == "sqlite":
        _prepare_sqlite(engine)
    try:
        _upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def insert(connection: "Connection", table: "Table") -> "postgresql.Insert | sqlite.Insert":
    """An INSERT that can also say what to do where the row is there already; each kind of database has its own."""
    from sqlalchemy.dialects import postgresql, sqlite

    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def cause(error: Exception) -> str:
    """What the database itself said: the rest of SQLAlchemy's text is SQL and an address."""
    said = getattr(error, "orig", None) or error
    line = (str(said) or type(said).__name__).splitlines()[0]
    return next((f"{line}; {remedy}" for sign, remedy in REMEDIES.items() if sign in line), line)


def has_deleted(connection: "Connection") -> bool:
    """Tell whether this connection has deleted any row since it was last asked."""
    return bool(connection.info.pop(DELETED, False))


def empty_log(connection: "Connection", patience: float = 0.0) -> bool:
    """Move everything from SQLite's write-ahead log into the database file, and empty the log; True where that was done.

    With `secure_delete` a deletion overwrites the text, but in the log: until a checkpoint the text stands in both files.
    While another connection reads an earlier state that can't be done; `patience`: seconds to wait for it.
    """
    if connection.dialect.name != "sqlite":
        return True
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
        try:
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            driver.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    except driver.Error:
        return False
    return not busy


def _make_file(file: Path) -> None:
    """Make the file, and keep it and SQLite's side files, which take its mode, from everybody else at any time."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            file.with_name(f"{file.name}{suffix}").chmod(0o600)


def _prepare_sqlite(engine: "Engine") -> None:
    from sqlalchemy import event

    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # Python's sqlite3 begins nothing by itself: `begun` does
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA secure_delete=ON")  # what was forgotten is not left lying in the file
        connection.execute("PRAGMA temp_store=MEMORY")  # nor in temporary files
        connection.text_factory = lambda data: data.decode("utf-8", "replace")  # one broken text is no broken table

    def begun(connection: "Connection") -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def executed(connection: "Connection", cursor: Any, _: object, __: object, context: Any, ___: object) -> None:
        if context is not None and context.isdelete and cursor.rowcount:
            connection.info[DELETED] = True

    event.listen(engine, "after_cursor_execute", executed)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def _upgrade(engine: "Engine") -> None:
    """Brings the tables to what this program needs, whatever version of it made them; one process at a time."""
    from sqlalchemy import func, inspect, select

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(MIGRATING)))
        there, version = inspect(connection).get_table_names(), _version()
        if not there:
            _make(connection, version)
        elif version.name not in there or connection.scalar(select(version.c.version_num)) != NEWEST:
            _migrate(connection)


def _version() -> "Table":
    """Alembic's own table, which holds the number of the migration that a database is at."""
    from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

    number = Column("version_num", String(32), nullable=False)
    return Table("alembic_version", MetaData(), number, PrimaryKeyConstraint(number, name="alembic_version_pkc"))


def _make(connection: "Connection", version: "Table") -> None:
    """Makes at once what the migrations would have made one after the other."""
    from bot.journal.tables import Tables

    Tables().metadata.create_all(connection)
    version.create(connection)
    connection.execute(version.insert().values(version_num=NEWEST))


def _migrate(connection: "Connection") -> None:
    """Runs the migrations that are missing; apart, since Alembic takes 12 MB and is seldom wanted."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(files("bot.journal").joinpath("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise JournalError(f"the journal was made by a newer version of this program: {error}") from error
