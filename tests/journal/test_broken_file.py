"""A journal file that is corrupt, read-only or of a newer version: an error that says what to do."""

import errno
import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from bot.errors import JournalError
from bot.journal.journal import Journal

DAY = date(2026, 3, 1)
REMEDY = "move the file away, so that a new one is made, or restore a backup"


def journal_at(tmp_path: Path) -> Journal:
    """Return a closed journal with one question in its inbox."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    journal.inbox.add("who paid", "dm", DAY)
    journal.close()
    return journal


def damage(path: Path, how: str) -> None:
    """Damage a file the way disks and people do."""
    data = path.read_bytes()
    contents = {
        "garbage": os.urandom(4096),
        "header": b"SQLite format 4\x00" + data[16:],
        "cut": data[: len(data) // 2],
        "zeros": data[:100] + b"\x00" * (len(data) - 100),
    }
    path.write_bytes(contents[how])


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("garbage", "file is not a database"),
        ("header", "file is not a database"),
        ("cut", "database disk image is malformed"),
        ("zeros", "database disk image is malformed"),
    ],
)
def test_a_corrupt_file_is_an_error_with_a_remedy(tmp_path: Path, how: str, reason: str) -> None:
    """With the file moved away, a new journal is made."""
    journal, path = journal_at(tmp_path), tmp_path / "j.sqlite3"
    damage(path, how)
    with pytest.raises(JournalError) as refused:
        journal.inbox.add("who else", "dm", DAY)
    assert str(refused.value) == f"the journal can't be used: {reason}; {REMEDY}"
    path.rename(tmp_path / "aside")
    journal.inbox.add("who else", "dm", DAY)
    assert [question.text for question in journal.inbox.questions(9)] == ["who else"]
    journal.close()


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    """A full disk may leave one."""
    (tmp_path / "j.sqlite3").write_bytes(b"")
    journal = journal_at(tmp_path)
    assert journal.inbox.questions(1)[0].text == "who paid"
    journal.close()


def test_a_journal_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """The error says so, and the file does not change."""
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


def test_a_read_only_file_is_an_error_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It quotes the system's message."""

    def refused(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(JournalError) as said:
        Journal(f"sqlite:///{tmp_path}/j.sqlite3").inbox.questions(1)
    assert str(said.value) == (
        "the journal can't be used: [Errno 30] Read-only file system; "
        "give the bot write access there, or set another path in 'database'"
    )
