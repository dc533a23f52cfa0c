"""The journal as a whole: it outlives a restart, is private to its owner, and forgets by age."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount

DAY = date(2026, 3, 1)


def test_records_outlive_a_restart(journal: Journal, address: str) -> None:
    """What has been written is there when the journal is opened again; closing it twice does no harm."""
    journal.inbox.add("who paid", "dm", DAY)
    journal.close()
    journal.close()
    again = Journal(address)
    assert again.inbox.questions(1)[0].text == "who paid"
    again.close()


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    """The folder's mode is 0700, that of every file in it 0600."""
    journal = Journal(f"sqlite:///{tmp_path}/data/pilcrow.sqlite3")
    journal.inbox.add("who paid", "dm", DAY)
    folder = tmp_path / "data"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    journal.close()


def test_old_records_are_deleted(journal: Journal) -> None:
    """Questions, counts and feedback each go after a time of their own; what was last used on the day itself stays."""
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    journal.inbox.add("old", "dm", before)
    journal.inbox.add("new", "dm", DAY)
    journal.outcomes.add([OutcomeCount(DAY, "riding", "answer", 2), OutcomeCount(after, "riding", "answer", 1)])
    journal.feedback.add("riding", helpful=True, day=DAY)
    assert journal.delete_before(questions=DAY, counts=after, drafts=DAY) == 3
    assert [question.text for question in journal.inbox.questions(9)] == ["new"]
    assert journal.outcomes.all() == [OutcomeCount(after, "riding", "answer", 1)]
    assert journal.feedback.totals() == {}
