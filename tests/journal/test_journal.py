"""What outlives a restart: unanswered questions and verdicts, and never who."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal import database, inbox
from bot.journal.journal import Journal
from bot.journal.migrate import HEAD
from bot.journal.records import Change, InboxQuestion, OutcomeCount

DAY = date(2026, 3, 1)
NO_DATABASE = (
    "the journal's database has to be an address that starts with sqlite:/// or postgresql://, "
    "as in sqlite:///data/pilcrow.sqlite3"
)


@pytest.fixture
def journal(address: str) -> Iterator[Journal]:
    """An empty journal, in SQLite and in PostgreSQL."""
    opened = Journal(address)
    yield opened
    opened.close()


def test_questions_that_differ_in_spelling_only_are_counted_as_one(journal: Journal) -> None:
    """Case, accents, spaces and marks make no new question; the dates are those of the first and the last time."""
    journal.inbox.add("Who paid  for it?", "11", DAY)
    journal.inbox.add("who paid for ít", "dm", DAY + timedelta(days=2), "none_of_these")
    journal.inbox.add("who owns it", "dm", DAY)
    assert journal.inbox.questions(10) == [
        InboxQuestion("Who paid for it?", 2, DAY, DAY + timedelta(days=2), "dm", "none_of_these", id=1),
        InboxQuestion("who owns it", 1, DAY, DAY, "dm", "abstain", id=2),
    ]
    assert len(journal.inbox.questions(1)) == 1


def test_it_outlives_a_restart(journal: Journal, address: str) -> None:
    """What has been written is there when it is opened again, and closing twice does no harm."""
    journal.inbox.add("who paid", "dm", DAY)
    journal.close()
    journal.close()
    again = Journal(address)
    assert again.inbox.questions(1)[0].text == "who paid"
    again.close()


def test_nobody_but_the_owner_can_read_a_file(tmp_path: Path) -> None:
    """The folder is 0700, every file in it 0600."""
    journal = Journal(f"sqlite:///{tmp_path}/data/pilcrow.sqlite3")
    journal.inbox.add("who paid", "dm", DAY)
    folder = tmp_path / "data"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    journal.close()


@pytest.mark.parametrize("typed", ["ask <@123456789012345678> why", "ask <@!1> why", "ask 123456789012345678 why"])
def test_people_named_in_a_question_are_left_out(journal: Journal, typed: str) -> None:
    """A mention or a bare id would say who is meant."""
    journal.inbox.add(typed, "dm", DAY)
    assert [one.text for one in journal.inbox.questions(9)] == ["ask @someone why"]


@pytest.mark.parametrize("typed", ["", "?!", "\x00", "😀"])
def test_no_words_are_no_question(journal: Journal, typed: str) -> None:
    """Nothing is kept that nobody could answer."""
    journal.inbox.add(typed, "dm", DAY)
    assert journal.inbox.questions(9) == []


@pytest.mark.parametrize("typed", ["你好吗", "\ud800 why", "why " * 3000, "'; drop table unanswered; --"])
def test_anything_typed_can_be_kept(journal: Journal, typed: str) -> None:
    """Other scripts, broken characters, 12,000 of them, SQL: kept as text, cut to 500 characters."""
    journal.inbox.add(typed, "dm", DAY)
    assert 0 < len(journal.inbox.questions(9)[0].text) <= 500


def test_the_disk_can_not_be_filled(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the questions asked longest ago go."""
    monkeypatch.setattr(inbox, "MAX_QUESTIONS", 2)
    for number, word in enumerate(("one", "two", "three")):
        journal.inbox.add(word, "dm", DAY + timedelta(days=number))
    assert sorted(one.text for one in journal.inbox.questions(9)) == ["three", "two"]


def test_old_questions_are_forgotten(journal: Journal) -> None:
    """What was last asked before the day goes, what was asked on it stays."""
    journal.inbox.add("old", "dm", DAY - timedelta(days=1))
    journal.inbox.add("new", "dm", DAY)
    assert journal.delete_before(DAY, DAY, DAY) == 1
    assert [one.text for one in journal.inbox.questions(9)] == ["new"]


def test_a_question_that_was_answered_badly_stands_apart(journal: Journal) -> None:
    """The same words without an answer, and with one that did not help, are two things to look at."""
    journal.inbox.add("who paid", "dm", DAY)
    journal.inbox.add("Who paid?", "dm", DAY, "not_helpful", "payer")
    journal.inbox.add("who paid", "dm", DAY, "not_helpful", "payer")
    found = [(one.text, one.entry, one.count) for one in journal.inbox.questions(9)]
    assert found == [("Who paid?", "payer", 2), ("who paid", "", 1)]


def test_what_is_dismissed_stays_off_and_what_is_answered_may_come_back(journal: Journal) -> None:
    """Dismissed and asked again: still off. Answered and asked again: there, under an id that never meant another."""
    for text in ("lol", "who paid"):
        journal.inbox.add(text, "dm", DAY)
    assert journal.inbox.dismiss([1]) == 1
    assert journal.inbox.dismiss([1, 77]) == 0
    assert journal.inbox.delete([2, 77]) == 1
    for text in ("LOL", "who paid"):
        journal.inbox.add(text, "dm", DAY)
    assert [(one.text, one.id) for one in journal.inbox.questions(9)] == [("who paid", 3)]


def test_counts_are_added_up_by_day_entry_and_outcome(journal: Journal) -> None:
    """And go after their own time, verdicts too."""
    later = DAY + timedelta(days=1)
    journal.outcomes.add([OutcomeCount(DAY, "riding", "answer", 2), OutcomeCount(DAY, "", "abstain", 1)])
    journal.outcomes.add([OutcomeCount(DAY, "riding", "answer", 3), OutcomeCount(later, "riding", "answer", 1)])
    journal.feedback.add("riding", helpful=True, day=DAY)
    assert journal.outcomes.all() == [
        OutcomeCount(DAY, "", "abstain", 1),
        OutcomeCount(DAY, "riding", "answer", 5),
        OutcomeCount(later, "riding", "answer", 1),
    ]
    assert journal.delete_before(DAY, later, DAY) == 3
    assert journal.outcomes.all() == [OutcomeCount(later, "riding", "answer", 1)]
    assert journal.feedback.totals() == {}


def test_a_journal_of_an_older_version_is_brought_up_to_date(address: str, tmp_path: Path) -> None:
    """Its questions are in the inbox; the tables are those that this program works with, column by column."""
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine, text

    from bot.journal.tables import Tables

    (tmp_path / "data").mkdir()
    engine = create_engine(address)
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        values = "(1, 'who paid', 'Who paid?', 4, '2026-03-01', '2026-03-02', 'dm', 'abstain')"
        connection.execute(text(f"INSERT INTO unanswered VALUES {values}"))  # noqa: S608 (a constant)
    journal = Journal(address)
    assert journal.inbox.questions(9) == [
        InboxQuestion("Who paid?", 4, DAY, DAY + timedelta(days=1), "dm", "abstain", id=1),
    ]
    journal.close()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Tables().metadata) == []
    engine.dispose()


def test_a_journal_is_made_and_opened_again_without_alembic(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take 12 MB of a bot that runs for months."""
    monkeypatch.setitem(sys.modules, "alembic", None)  # importing it fails
    for _ in range(2):
        journal = Journal(address)
        assert journal.feedback.totals() == {}  # it is opened when it is first wanted
        journal.close()


def test_a_new_journal_is_as_the_migrations_would_have_made_it(address: str) -> None:
    """So that the next migration finds what it expects, whichever way a journal has come about."""
    from sqlalchemy import MetaData, create_engine, inspect

    from bot.journal.migrate import run_migrations

    def made() -> dict[str, object]:
        found = inspect(engine)
        return {
            name: (
                [{**column, "type": str(column["type"])} for column in found.get_columns(name)],
                found.get_pk_constraint(name),
                found.get_unique_constraints(name),
                found.get_table_options(name),
            )
            for name in sorted(found.get_table_names())
        }

    journal = Journal(address)
    journal.feedback.add("riding", helpful=True, day=DAY)
    journal.close()
    engine = create_engine(address)
    at_once = made()
    known = MetaData()
    known.reflect(engine)
    known.drop_all(engine)
    with engine.begin() as connection:
        run_migrations(connection)
    assert at_once == made()
    assert len(at_once) == 7
    engine.dispose()


def test_the_newest_migration_is_the_one_that_is_looked_for() -> None:
    """A migration that `migrate.HEAD` does not know of would be looked for at every start."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_verdicts_are_counted_by_entry(journal: Journal) -> None:
    """Up and down apart, days added up."""
    for helpful, day in ((True, DAY), (True, DAY), (False, DAY), (True, DAY + timedelta(days=1))):
        journal.feedback.add("riding-name", helpful=helpful, day=day)
    assert journal.feedback.totals() == {"riding-name": (3, 1)}


def test_threads_take_turns(journal: Journal) -> None:
    """The front end writes from several threads: no count is lost."""
    threads = [threading.Thread(target=journal.inbox.add, args=("who paid", "dm", DAY)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.inbox.questions(1)[0].count == 20
    journal.close()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", NO_DATABASE),
        ("mango://x", NO_DATABASE),
        ("sqlite:///?timeout=soon", database.BAD_OPTIONS),
        ("sqlite:////proc/no/x.db", "the journal can't be used: [Errno 2] No such file or directory: '/proc/no'"),
    ],
)
def test_what_can_not_be_opened_is_named(address: str, sentence: str) -> None:
    """One sentence of ours; nothing of the address, which may hold a password."""
    with pytest.raises(JournalError) as refused:
        Journal(address).inbox.questions(1)
    assert str(refused.value) == sentence


def test_a_broken_file_is_named_without_what_was_typed(tmp_path: Path) -> None:
    """Errors of the database don't carry the question along."""
    (tmp_path / "x.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(JournalError) as refused:
        Journal(f"sqlite:///{tmp_path}/x.sqlite3").inbox.add("a secret question", "dm", DAY)
    assert str(refused.value) == (
        "the journal can't be used: file is not a database; "
        "move the file away, so that a new one is made, or restore a backup"
    )


def test_anything_typed_can_be_a_reason(journal: Journal) -> None:
    """Broken characters and NUL, which PostgreSQL refuses, are replaced, in the history as in questions."""
    number = journal.history.add(Change(0, "2026-03-01 12:00", "A\x00da", "edit x", "\ud800 why", (), "a", "b", {}))
    kept = journal.history.change(number)
    assert kept is not None
    assert (kept.author, kept.reason) == ("A da", "\ufffd why")
    journal.inbox.add("why\x00not", "dm", DAY)
    assert [one.text for one in journal.inbox.questions(9)] == ["why not"]


def test_nothing_hidden_is_kept(journal: Journal) -> None:
    """A question of the inbox may become part of the base, which takes no such thing."""
    journal.inbox.add("who \u202epaid\x1b[2J Z" + "\u0301" * 9, "dm", DAY)
    assert [one.text for one in journal.inbox.questions(9)] == ["who paid [2J Z" + "\u0301" * 4]
