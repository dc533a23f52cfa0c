"""One journal and several processes, on SQLite and on PostgreSQL; a server that goes away and comes back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal import database as module
from bot.journal.journal import Journal
from bot.journal.records import Change
from tests.support.postgres import Postgres

DAY = date(2026, 3, 1)
PROCESSES, TIMES = 4, 15
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def together(work: Callable[[int], object]) -> None:
    """Does the work in several processes that begin at the same moment; all of them have to come to its end."""
    waiting, go = os.pipe()
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            try:
                os.close(go)
                os.read(waiting, 1)  # ends when the parent closes its side
                work(number)
            except BaseException as error:  # noqa: BLE001 (nothing of pytest may run on in the child)
                os.write(2, f"{error!r}\n".encode())
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(waiting)
    os.close(go)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * PROCESSES


def change(who: str) -> Change:
    """A change of the base."""
    return Change(0, "2026-03-01 12:00", who, "an entry", "", (), "a", "b", {"people.yaml": ("a", "b")})


@needs_fork
def test_processes_that_start_together_lose_nothing(address: str) -> None:
    """They find no tables and make them once; the same question, asked first by all of them, is counted as one."""

    def ask(number: int) -> None:
        journal = Journal(address)
        for turn in range(TIMES):
            journal.inbox.add("who paid", str(number), DAY)
            journal.inbox.add(f"what happened in round {turn}", str(number), DAY)
            journal.feedback.add("riding", helpful=True, day=DAY)
        journal.close()

    together(ask)
    journal = Journal(address)
    found = {one.text: one.count for one in journal.inbox.questions(99)}
    assert found == {"who paid": PROCESSES * TIMES} | {
        f"what happened in round {turn}": PROCESSES for turn in range(TIMES)
    }
    assert journal.feedback.totals() == {"riding": (PROCESSES * TIMES, 0)}
    journal.close()


@needs_fork
def test_changes_of_the_base_get_a_number_each(address: str) -> None:
    """No number twice, whichever process writes; each finds its own change under the number it was given."""

    def publish(number: int) -> None:
        journal = Journal(address)
        for turn in range(TIMES):
            who = f"{number}-{turn}"
            kept = journal.history.change(journal.history.add(change(who)))
            assert kept is not None
            assert kept.author == who
        journal.close()

    together(publish)
    journal = Journal(address)
    assert len({one.author for one in journal.history.changes(999)}) == PROCESSES * TIMES
    journal.close()


def test_a_journal_of_a_newer_program_is_left_alone(address: str) -> None:
    """An older program beside a newer one says so; it doesn't guess what the tables hold."""
    journal = Journal(address)
    journal.inbox.add("who paid", "dm", DAY)
    with journal.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    journal.close()
    with pytest.raises(
        JournalError, match=r"^the journal was made by a newer version of this program; update the program"
    ):
        Journal(address).inbox.questions(1)


def test_a_server_that_was_restarted_is_found_again(postgres: Postgres) -> None:
    """The connection from before is dead; the next write makes a new one and is kept like the earlier ones."""
    journal = Journal(postgres.database())
    journal.inbox.add("who paid", "dm", DAY)
    postgres.stop()
    postgres.start()
    journal.inbox.add("who paid", "dm", DAY)
    assert journal.inbox.questions(1)[0].count == 2
    journal.close()


def test_a_server_that_is_down_is_asked_again_only_after_a_while(postgres: Postgres) -> None:
    """Nobody waits for it each time; what was written before is there when it is back."""
    now = [0.0]
    journal = Journal(postgres.database(), clock=lambda: now[0])
    journal.inbox.add("who paid", "dm", DAY)
    postgres.stop()
    try:
        with pytest.raises(JournalError) as first:
            journal.inbox.add("who paid", "dm", DAY)
    finally:
        postgres.start()
    with pytest.raises(JournalError) as second:
        journal.inbox.add("who paid", "dm", DAY)
    assert str(first.value) == str(second.value)
    assert str(first.value).startswith("the journal can't be used: connection failed: connection to server at ")
    assert postgres.password not in str(first.value)
    now[0] = module.RETRY_AFTER
    assert journal.inbox.questions(1)[0].count == 1
    journal.close()


def test_the_connection_says_who_it_is_and_waits_only_so_long(postgres: Postgres) -> None:
    """An operator sees the name in the list of connections; a statement ends by itself; the address may say otherwise."""
    for more, name in (("", "pilcrow"), ("?application_name=other", "other")):
        journal = Journal(postgres.database() + more)
        with journal.database.transaction() as connection:
            assert connection.exec_driver_sql("SHOW application_name").scalar_one() == name
            assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "10s"
        journal.close()


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that brings it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError) as refused:
        Journal("postgresql://localhost/pilcrow").inbox.questions(1)
    assert str(refused.value) == (
        "the journal's database is PostgreSQL, which needs one more package: pip install '.[postgresql]'"
    )


def test_sqlite_waits_for_another_writer(tmp_path: Path) -> None:
    """A transaction takes its place as the writer before it reads, so that none fails half-way for another's sake."""
    address = f"sqlite:///{tmp_path}/journal.sqlite3"
    first, second = Journal(address), Journal(address)
    first.inbox.questions(1)
    with first.database.transaction(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.journal.engine.TIMEOUT", 0.01)
        with pytest.raises(JournalError, match="database is locked; another program keeps the file locked"):
            second.inbox.questions(1)
    assert second.inbox.questions(1) == []
    first.close()
    second.close()
