"""A disk that is full, read-only or broken, and a file that is locked or corrupt: answering goes on, and what is lost is said once."""

import asyncio
import errno
import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from bot.discord_frontend.asking import journal_writer
from bot.discord_frontend.asking.journal_writer import JournalWriter
from bot.errors import EditError, JournalError
from bot.files import safe_files
from bot.journal.journal import Journal
from bot.story.repository import STATE_FOLDER, FileSnapshot, Repository
from tests.support.discord_rig import PIZZA, embed, rig
from tests.support.story_files import CHANGES, NEW, OLD, on_disk, write

DAY = date(2026, 3, 1)
ASIDE = "move the file away, so that a new one is made, or restore a backup"
FULL = "The base can't be changed: No space left on device."


def full(*_: object, **__: object) -> None:
    """A disk without room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_after(writes: int, function: Callable[..., None]) -> Callable[..., None]:
    """A disk that has room for so many more writes."""
    left = iter(range(writes))

    def refusing(*what: object) -> None:
        if next(left, None) is None:
            full()
        function(*what)

    return refusing


@pytest.mark.parametrize("writes", range(4))
def test_a_full_disk_leaves_the_old_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Wherever it gets full while a change is written; nothing of it stays, and with room the change can be made."""
    folder = write(tmp_path)
    before = Repository(folder).load()
    with monkeypatch.context() as patched:
        patched.setattr(safe_files, "write_new", full_after(writes, safe_files.write_new))
        with pytest.raises(EditError) as refused:
            Repository(folder).publish(CHANGES, before.revision)
    assert str(refused.value) == FULL
    assert on_disk(folder) == OLD
    assert not (folder / STATE_FOLDER / "next").exists()
    Repository(folder).publish(CHANGES, before.revision)
    assert on_disk(folder) == NEW


@pytest.mark.parametrize("moves", range(4))
def test_a_change_that_is_made_and_not_in_place_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    """The disk gets full, or read-only, between two files: every reader sees the new base, whole, and later it is in place."""
    folder = write(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(Repository, "_move", full_after(moves, Repository._move))
        after = Repository(folder).publish(CHANGES, Repository(folder).load().revision)
        assert after == FileSnapshot.of(NEW)
        assert on_disk(folder) != NEW
        patched.setattr(Repository, "_move", full)
        assert Repository(folder).load() == after
        patched.setattr(os, "access", lambda *_: False)
        assert Repository(folder).load() == after
    assert Repository(folder).load() == after
    assert on_disk(folder) == NEW


def test_a_disk_that_can_not_be_written_at_all_is_no_reason_not_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a lock can be made there."""
    folder = write(tmp_path)
    monkeypatch.setattr(Path, "mkdir", full)
    assert bootstrap.knowledge_base(folder).load().revision == FileSnapshot.of(OLD).revision
    with pytest.raises(EditError, match=FULL):
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision)


def test_a_base_that_can_not_be_read_now_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change is not missed because another process was stuck at that moment."""
    base = bootstrap.knowledge_base(write(tmp_path))
    base.load()
    (tmp_path / "people.yaml").write_bytes(NEW["people.yaml"])

    def stuck(_: Repository) -> FileSnapshot:
        raise EditError("Another program is changing the base. Try again in a moment.")

    assert not base.refresh()
    with monkeypatch.context() as patched:
        patched.setattr(Repository, "load", stuck)
        for _ in range(2):
            with pytest.raises(EditError):
                base.refresh()
    assert base.refresh()
    assert base.current.story.people["tom-reed"].role == "The mayor of Brim."


def journal_at(tmp_path: Path) -> Journal:
    """A journal with a question in it, closed."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.inbox.add("who paid", "dm", DAY)
    journal.close()
    return journal


def spoil(path: Path, how: str) -> None:
    """Breaks a file the way disks and people do."""
    data = path.read_bytes()
    spoilt = {
        "garbage": os.urandom(4096),
        "header": b"SQLite format 4\x00" + data[16:],
        "cut": data[: len(data) // 2],
        "zeros": data[:100] + b"\x00" * (len(data) - 100),
    }
    path.write_bytes(spoilt[how])


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("garbage", "file is not a database"),
        ("header", "file is not a database"),
        ("cut", "database disk image is malformed"),
        ("zeros", "database disk image is malformed"),
    ],
)
def test_a_corrupt_file_is_said_with_what_to_do(tmp_path: Path, how: str, said: str) -> None:
    """And with the file put aside there is a new journal."""
    journal, path = journal_at(tmp_path), tmp_path / "j.sqlite3"
    spoil(path, how)
    with pytest.raises(JournalError) as refused:
        journal.inbox.add("who else", "dm", DAY)
    assert str(refused.value) == f"the journal can't be used: {said}; {ASIDE}"
    path.rename(tmp_path / "aside")
    journal.inbox.add("who else", "dm", DAY)
    assert [one.text for one in journal.inbox.questions(9)] == ["who else"]
    journal.close()


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    """As a disk that got full may leave it."""
    (tmp_path / "j.sqlite3").write_bytes(b"")
    assert journal_at(tmp_path).inbox.questions(1)[0].text == "who paid"


def test_a_journal_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    """A sentence, and the file as it was."""
    journal, path = journal_at(tmp_path), tmp_path / "j.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(
        JournalError, match=r"^the journal was made by a newer version of this program; update the program"
    ):
        journal.inbox.add("who else", "dm", DAY)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
    connection.close()


def test_a_file_that_may_not_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only disk, as the system says it."""

    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(JournalError) as said:
        Journal(f"sqlite:///{tmp_path}/j.sqlite3").inbox.questions(1)
    assert str(said.value) == (
        "the journal can't be used: [Errno 30] Read-only file system; "
        "give the bot write access there, or set another path in 'database'"
    )


async def test_a_locked_journal_is_said_once_and_said_again_when_it_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Every question gets its reply meanwhile."""
    monkeypatch.setattr("bot.journal.engine.TIMEOUT", 0.01)
    path = tmp_path / "data" / "journal.sqlite3"
    async with rig(tmp_path) as r:
        await r.mention(PIZZA)
        await r.standin.silent(r.channel)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            assert embed(await r.mention(PIZZA))["description"]
        await r.standin.silent(r.channel)
        other.execute("ROLLBACK")
        other.close()
        await r.mention(PIZZA)
        await r.standin.silent(r.channel)
    assert [line for line in caplog.messages if "questions and votes" in line] == [
        "Can't save questions and votes: the journal can't be used: database is locked; "
        "another program keeps the file locked",
        "Saving questions and votes works again",
    ]


async def test_notes_do_not_pile_up_before_a_journal_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Beyond a limit they are let go of, which is said once; one thread waits, and no more."""
    monkeypatch.setattr(journal_writer, "MAX_PENDING", 3)
    hanging, threads = threading.Event(), []

    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    add = journal.inbox.add

    def hang(*arguments: Any) -> None:
        threads.append(threading.get_ident())
        hanging.wait()
        add(*arguments)

    monkeypatch.setattr(journal.inbox, "add", hang)
    writer = JournalWriter(journal, lambda: DAY)
    notes = [asyncio.create_task(writer.record_unanswered(f"question {n}", "dm", "abstain")) for n in range(9)]
    await asyncio.wait(notes, timeout=0.01)
    assert sum(note.done() for note in notes) == 6
    hanging.set()
    await asyncio.gather(*notes)
    await writer.close()
    assert len(threads) == 3
    assert len(set(threads)) == 1
    assert sorted(one.text for one in journal.inbox.questions(9)) == ["question 0", "question 1", "question 2"]
    journal.close()
    assert caplog.messages == [
        "Can't save questions and votes: the journal is too slow: 3 writes are waiting for it",
        "Saving questions and votes works again",
    ]
