"""Creation and migration of the tables."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal import migrate
from bot.journal.journal import Journal
from bot.journal.records import InboxQuestion

DAY = date(2026, 3, 1)


def test_an_older_journal_is_migrated(address: str, tmp_path: Path) -> None:
    """Its questions are in the inbox, and its tables are those of this version, column by column."""
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine, text

    from bot.journal.tables import Tables

    (tmp_path / "data").mkdir()
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        values = "(1, 'who paid', 'Who paid?', 4, '2026-03-01', '2026-03-02', 'dm', 'abstain')"
        connection.execute(text(f"INSERT INTO unanswered VALUES {values}"))  # noqa: S608 (a constant)
    journal = Journal(address)
    assert journal.inbox.questions(9) == [
        InboxQuestion("Who paid?", 4, DAY, DAY + timedelta(days=1), "dm", "abstain", id=1),
    ]
    journal.inbox.add_reason("Who paid?", "dm", DAY, "", "outdated")
    assert journal.inbox.questions(9)[0].outdated == 1
    journal.close()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Tables().metadata) == []
    engine.dispose()


def test_a_new_journal_equals_a_migrated_one(address: str) -> None:
    """The next migration finds the same tables either way."""
    from sqlalchemy import MetaData, create_engine, inspect

    def schema() -> dict[str, object]:
        inspector = inspect(engine)
        return {
            name: (
                [{**column, "type": str(column["type"])} for column in inspector.get_columns(name)],
                inspector.get_pk_constraint(name),
                inspector.get_unique_constraints(name),
                inspector.get_table_options(name),
            )
            for name in sorted(inspector.get_table_names())
        }

    journal = Journal(address)
    journal.feedback.add("riding", helpful=True, day=DAY)
    journal.close()
    engine = create_engine(address)
    created = schema()
    reflected = MetaData()
    reflected.reflect(engine)
    reflected.drop_all(engine)
    with engine.begin() as connection:
        migrate.run_migrations(connection)
    assert created == schema()
    assert len(created) == 8
    engine.dispose()


def test_a_number_is_not_used_twice(tmp_path: Path) -> None:
    """Neither in a new journal nor in one that was migrated, whose table is made again with its rows."""
    import sqlite3
    from contextlib import closing

    from sqlalchemy import MetaData, create_engine

    address = f"sqlite:///{tmp_path}/j.sqlite3"
    journal = Journal(address)
    journal.history.changes(1)
    journal.close()
    engine = create_engine(address)
    reflected = MetaData()
    reflected.reflect(engine)
    reflected.drop_all(engine)
    with engine.begin() as connection:
        migrate.run_migrations(connection)
    engine.dispose()
    for _ in range(2):
        with closing(sqlite3.connect(tmp_path / "j.sqlite3")) as connection:
            (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'history'").fetchone()
        assert "AUTOINCREMENT" in sql
        (tmp_path / "j.sqlite3").unlink()
        journal.history.changes(1)  # makes a new one
        journal.close()


def test_head_is_the_latest_migration() -> None:
    """With another migrate.HEAD the migrations would run at every start."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_alembic_is_not_imported_without_need(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take 12 MB of a bot that runs for months."""
    monkeypatch.setitem(sys.modules, "alembic", None)  # importing it fails
    for _ in range(2):
        journal = Journal(address)
        assert journal.feedback.totals() == {}  # opens it
        journal.close()


def test_a_newer_journal_is_refused(address: str) -> None:
    """An older version beside a newer one does not guess what the tables hold."""
    journal = Journal(address)
    journal.inbox.add("who paid", "dm", DAY)
    with journal.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    journal.close()
    with pytest.raises(
        JournalError, match=r"^the journal was made by a newer version of this program; update the program"
    ):
        Journal(address).inbox.questions(1)


@pytest.mark.parametrize("statement", ["DROP TABLE alembic_version", "UPDATE alembic_version SET version_num = '0004'"])
def test_a_journal_whose_version_is_lost_says_what_to_do(address: str, statement: str) -> None:
    """Its tables are there, so they can't be created again."""
    from sqlalchemy import create_engine, text

    journal = Journal(address)
    journal.inbox.add("who paid", "dm", DAY)
    journal.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    advice = (
        r"already exists; the table that records the journal's version is damaged or missing; "
        r"move the file away, so that a new one is made, or restore a backup$"
    )
    with pytest.raises(JournalError, match=advice):
        Journal(address).inbox.questions(9)
