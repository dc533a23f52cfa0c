"""Creation and migration of the journal's tables.

In PostgreSQL an advisory lock keeps two processes from migrating together; in SQLite the write lock does.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

from bot.errors import JournalError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

HEAD = "0009"
"""The latest revision in `migrations/versions`."""
LOCK_ID = 0xB6
"""PostgreSQL's advisory lock that is held while tables are created or migrated."""


def upgrade(engine: "Engine") -> None:
    """Create the tables, or bring those of an older version up to date."""
    from sqlalchemy import func, inspect, select

    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK_ID)))
        names, version = inspect(connection).get_table_names(), _version_table()
        if not names:
            _create(connection, version)
        elif version.name not in names or connection.scalar(select(version.c.version_num)) != HEAD:
            run_migrations(connection)


def _version_table() -> "Table":
    """Return Alembic's own table, which holds the revision that a database is at."""
    from sqlalchemy import Column, MetaData, PrimaryKeyConstraint, String, Table

    number = Column("version_num", String(32), nullable=False)
    return Table("alembic_version", MetaData(), number, PrimaryKeyConstraint(number, name="alembic_version_pkc"))


def _create(connection: "Connection", version: "Table") -> None:
    """Create at once the tables that all migrations together would make."""
    from bot.journal.tables import Tables

    Tables().metadata.create_all(connection)
    version.create(connection)
    connection.execute(version.insert().values(version_num=HEAD))


def run_migrations(connection: "Connection") -> None:
    """Run the migrations that are missing. Raises JournalError where the database is of a newer version."""
    from alembic import command  # imported only here: Alembic takes 12 MB and is seldom needed
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(files("bot.journal").joinpath("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise JournalError(
            "the journal was made by a newer version of this program; update the program, or set another 'database'"
        ) from error
