"""What a database is like, found out without creating, migrating or writing anything: for `pilcrow doctor` and a restore."""

import os
import sqlite3
import stat
from contextlib import closing
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Literal

from msgspec import Struct

from bot.errors import ConfigError
from bot.journal import address as addresses
from bot.journal import engine

NEWER = (
    "it was made by a newer version of this program (its schema is {}); update the program, or set another 'database'"
)
NOT_OURS = "it holds tables of another program; set another 'database'"
MAX_REVISION = 32
"""Characters read of the name of a schema."""


class DatabaseState(Struct, frozen=True):
    """What was found. A database that is not there yet is no problem: it is made when it is first used."""

    kind: Literal["sqlite", "postgresql"]
    exists: bool = False
    schema: str = ""
    """The migration that its tables are at; '' where it has none."""
    problem: str = ""
    """What is wrong and what to do, '' if nothing is."""
    last_day: date | None = None
    """The last day on which a question was counted."""
    sessions: int = 0
    """Other sessions of this program on the server."""


def inspect(address: str) -> DatabaseState:
    """Return the state of the database at a valid address."""
    file = addresses.sqlite_file(address)
    if file is None:
        return _inspect_server(address)
    problem = _file_problem(file)
    if problem or not file.exists() or not file.stat().st_size:
        return DatabaseState("sqlite", os.access(file, os.F_OK), problem=problem)
    return inspect_file(file)


def inspect_file(file: Path) -> DatabaseState:
    """Return the state of an SQLite file with something in it."""
    try:
        with closing(open_read_only(file)) as connection:
            return _inspect_tables(connection)
    except sqlite3.Error as error:
        return DatabaseState("sqlite", exists=True, problem=engine.error_message(error))


def open_read_only(file: Path) -> sqlite3.Connection:
    """Open an SQLite file for reading. Raise sqlite3.Error."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=engine.TIMEOUT)
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def known_schemas() -> list[str]:
    """Return the migrations that this program has, oldest first."""
    folder = files("bot.journal").joinpath("migrations", "versions")
    return sorted(path.name.partition("_")[0] for path in folder.iterdir() if path.name.endswith(".py"))


def schema_problem(schema: str) -> str:
    """Return what is wrong with the schema of a database that has tables, '' if nothing is."""
    if not schema:
        return NOT_OURS
    return "" if schema in known_schemas() else NEWER.format(schema if schema.isalnum() else "unknown")


def _file_problem(file: Path) -> str:
    """Return why this file can't hold the journal, '' if it can: a wrong kind of file, or no permission."""
    folder = file.parent
    try:
        status = file.stat()
    except FileNotFoundError:
        existing = next(path for path in folder.absolute().parents if path.is_dir()) if not folder.exists() else folder
        return "" if os.access(existing, os.W_OK | os.X_OK) else f"its folder can't be made or written: {existing}"
    except OSError as error:
        return f"it can't be reached: {error.strerror or error}; {engine.REMEDIES['readonly']}"
    if not stat.S_ISREG(status.st_mode):
        return "it is a folder, a pipe or a device, not a file; set another 'database'"
    if not os.access(file, os.R_OK | os.W_OK):
        return f"this user can't write the file; {engine.REMEDIES['readonly']}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"this user can't write its folder, which SQLite needs; {engine.REMEDIES['readonly']}"
    return ""


def _inspect_tables(connection: sqlite3.Connection) -> DatabaseState:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        return DatabaseState(
            "sqlite", exists=True, problem=f"database disk image is malformed; {engine.REMEDIES['malformed']}"
        )
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names:
        return DatabaseState("sqlite", exists=True)
    schema = ""
    if "alembic_version" in names:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        schema = str(row[0])[:MAX_REVISION] if row else ""
    problem = schema_problem(schema)
    last_day = None
    if not problem and "asked" in names:
        last_day = _date(connection.execute("SELECT max(day) FROM asked").fetchone()[0])
    return DatabaseState("sqlite", exists=True, schema=schema, problem=problem, last_day=last_day)


def _inspect_server(address: str) -> DatabaseState:
    from sqlalchemy import inspect as reflect
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from bot.errors import JournalError

    try:
        server = engine.create(address)
    except (ConfigError, JournalError, TypeError, ValueError) as error:
        return DatabaseState("postgresql", problem=str(error))
    try:
        with server.connect() as connection:
            names = reflect(connection).get_table_names()
            schema = ""
            if "alembic_version" in names:
                schema = str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")[:MAX_REVISION]
            problem = schema_problem(schema) if names else ""
            if not problem and not connection.scalar(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")):
                problem = "this user may not make tables there; GRANT CREATE ON SCHEMA to it"
            sessions = connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pilcrow' "
                    "AND datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
            return DatabaseState(
                "postgresql", exists=bool(names), schema=schema, problem=problem, sessions=int(sessions or 0)
            )
    except (SQLAlchemyError, OSError, TypeError, ValueError) as error:
        return DatabaseState("postgresql", problem=engine.error_message(error))
    finally:
        server.dispose()


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
