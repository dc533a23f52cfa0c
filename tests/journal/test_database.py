"""One database and several processes, on SQLite and on PostgreSQL; a server that goes away and comes back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal import address as addresses
from bot.journal import database
from bot.journal.address import UNKNOWN_SCHEME
from bot.journal.journal import Journal
from bot.journal.records import Change
from tests.support.postgres import Postgres

DAY = date(2026, 3, 1)
PROCESSES, TIMES = 4, 15
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def run_in_processes(work: Callable[[int], object]) -> None:
    """Do the work in several processes that begin at the same moment, and check that all succeed."""
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
    """Return a change of the base."""
    return Change(0, "2026-03-01 12:00", who, "an entry", "", (), "a", "b", {"people.yaml": ("a", "b")})


@needs_fork
def test_processes_that_start_together_lose_nothing(address: str) -> None:
    """They create the tables once, and count a question that all of them ask first as one."""

    def ask(number: int) -> None:
        journal = Journal(address)
        for turn in range(TIMES):
            journal.inbox.add("who paid", str(number), DAY)
            journal.inbox.add(f"what happened in round {turn}", str(number), DAY)
            journal.feedback.add("riding", helpful=True, day=DAY)
        journal.close()

    run_in_processes(ask)
    journal = Journal(address)
    counts = {question.text: question.count for question in journal.inbox.questions(99)}
    assert counts == {"who paid": PROCESSES * TIMES} | {
        f"what happened in round {turn}": PROCESSES for turn in range(TIMES)
    }
    assert journal.feedback.totals() == {"riding": (PROCESSES * TIMES, 0)}
    journal.close()


@needs_fork
def test_every_change_gets_its_own_number(address: str) -> None:
    """No number is used twice, whichever process writes."""

    def publish(number: int) -> None:
        journal = Journal(address)
        for turn in range(TIMES):
            who = f"{number}-{turn}"
            kept = journal.history.change(journal.history.add(change(who)))
            assert kept is not None
            assert kept.author == who
        journal.close()

    run_in_processes(publish)
    journal = Journal(address)
    assert len({change.author for change in journal.history.changes(999)}) == PROCESSES * TIMES
    journal.close()


def test_a_restarted_server_is_found_again(postgres: Postgres) -> None:
    """A dead connection is replaced by a new one, and nothing is lost."""
    journal = Journal(postgres.database())
    journal.inbox.add("who paid", "dm", DAY)
    postgres.stop()
    postgres.start()
    journal.inbox.add("who paid", "dm", DAY)
    assert journal.inbox.questions(1)[0].count == 2
    journal.close()


def test_an_unreachable_server_is_tried_again_after_a_while(postgres: Postgres) -> None:
    """Until then nobody waits for it; what was written before is there when it is back."""
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
    now[0] = database.RETRY_AFTER
    assert journal.inbox.questions(1)[0].count == 1
    journal.close()


def test_connections_have_a_name_and_a_timeout(postgres: Postgres) -> None:
    """An operator sees the name in the list of connections; the address may set other options."""
    for more, name in (("", "pilcrow"), ("?application_name=other", "other")):
        journal = Journal(postgres.database() + more)
        with journal.database.transaction() as connection:
            assert connection.exec_driver_sql("SHOW application_name").scalar_one() == name
            assert connection.exec_driver_sql("SHOW statement_timeout").scalar_one() == "10s"
        journal.close()


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the command that installs it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError) as refused:
        Journal("postgresql://localhost/pilcrow").inbox.questions(1)
    assert str(refused.value) == (
        "the journal's database is PostgreSQL, which needs one more package: pip install '.[postgresql]'"
    )


def test_sqlite_waits_for_another_writer(tmp_path: Path) -> None:
    """A transaction takes the write lock before it reads, so that none fails half-way."""
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


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nonsense", f"the journal's database {UNKNOWN_SCHEME}"),
        ("mango://x", f"the journal's database {UNKNOWN_SCHEME}"),
        ("sqlite:///?timeout=soon", f"the journal's database {addresses.HAS_OPTIONS}"),
        ("sqlite:///:memory:?timeout=soon", f"the journal's database {addresses.HAS_OPTIONS}"),
        ("sqlite:////proc/no/x.db", "the journal can't be used: [Errno 2] No such file or directory: '/proc/no'"),
    ],
)
def test_a_database_that_cannot_be_opened_is_reported(address: str, sentence: str) -> None:
    """The message has nothing of the address, which may hold a password."""
    with pytest.raises(JournalError) as refused:
        Journal(address).inbox.questions(1)
    assert str(refused.value) == sentence


def test_a_damaged_file_is_reported_without_the_text(tmp_path: Path) -> None:
    """The database's errors do not quote the question."""
    (tmp_path / "x.sqlite3").write_bytes(b"not a database" * 100)
    with pytest.raises(JournalError) as refused:
        Journal(f"sqlite:///{tmp_path}/x.sqlite3").inbox.add("a secret question", "dm", DAY)
    assert str(refused.value) == (
        "the journal can't be used: file is not a database; "
        "move the file away, so that a new one is made, or restore a backup"
    )


@pytest.mark.parametrize("name", ["notes.txt", "link"])
def test_the_mode_of_a_file_that_is_no_database_stays(tmp_path: Path, name: str) -> None:
    """The address may name any file by mistake, or a link to one."""
    file = tmp_path / "notes.txt"
    file.write_bytes(b"not a database" * 100)
    file.chmod(0o644)
    (tmp_path / "link").symlink_to(file)
    journal = Journal(f"sqlite:///{tmp_path / name}")
    with pytest.raises(JournalError, match="file is not a database; move the file away"):
        journal.inbox.questions(9)
    assert file.stat().st_mode & 0o777 == 0o644
    journal.close()


def test_a_link_beside_the_database_is_not_followed(tmp_path: Path) -> None:
    """SQLite makes none, so somebody else has put it there."""
    other = tmp_path / "other"
    other.write_bytes(b"")
    other.chmod(0o644)
    (tmp_path / "j.sqlite3-journal").symlink_to(other)
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    with pytest.raises(JournalError, match="unable to open database file"):
        journal.inbox.questions(9)
    assert other.stat().st_mode & 0o777 == 0o644
    journal.close()
