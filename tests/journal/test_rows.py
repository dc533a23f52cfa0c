"""A damaged row is left out, counted and reported once; it takes nothing else down."""

from __future__ import annotations

import json
import logging
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from bot.answering.answerer import Answerer
from bot.editing import question_groups
from bot.errors import JournalError
from bot.journal import data_requests
from bot.journal.journal import Journal
from bot.journal.records import Change, Draft, OutcomeCount
from bot.matching.weights import load_weights
from bot.terminal import cli
from tests.support.small_story import small_story, small_story_files

DAY = date(2026, 3, 1)
DAMAGE = (
    ("inbox", "last_seen = 'yesterday'"),
    ("inbox", "first_seen = 7"),
    ("inbox", "count = 'many'"),
    ("inbox", "text = x'ff00fe'"),
    ("inbox", "outcome = x'00'"),
    ("asked", "day = '2026-99-99'"),
    ("asked", "count = x'ff'"),
    ("feedback", "day = 'x'"),
    ("feedback", "verdict = 'so'"),
    ("feedback", "count = 1.5"),
    ("history", "warned = 'many'"),
    ("history", "state = 'lost'"),
    ("history", "who = x'ff'"),
    ("drafts", 'data = \'{"kind": "dance"}\''),
    ("drafts", "data = '[]'"),
    ("drafts", "data = 'x'"),
    ("drafts", "archive = 3, data = '{}'"),
    ("drafts", "number = 'last', data = x'ff'"),
)


def filled_journal(tmp_path: Path) -> Journal:
    """Return a journal with two rows in every table."""
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    for number, text in enumerate(("who paid", "who owns it")):
        journal.inbox.add(text, "dm", DAY)
        journal.outcomes.add([OutcomeCount(DAY, f"e{number}", "answer", 1)])
        journal.feedback.add(f"e{number}", helpful=True, day=DAY)
        journal.history.add(Change(0, "2026-03-01 10:00", "Ada", text, "", (), "a", "b", {"x": ("a", None)}))
        journal.drafts.add(Draft("add", text, {"question": text}, key=f"d{number}"), DAY, pending=True)
    return journal


def damage_row(tmp_path: Path, table: str, change: str) -> None:
    """Change the first row of a table, as another program or a disk might."""
    with sqlite3.connect(tmp_path / "j.sqlite3") as raw:
        raw.execute(f"UPDATE {table} SET {change} WHERE rowid = (SELECT min(rowid) FROM {table})")  # noqa: S608
    raw.close()


@pytest.mark.parametrize(("table", "change"), DAMAGE)
def test_a_damaged_row_is_left_out_and_reported_once(
    tmp_path: Path, table: str, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Inbox, history, counts and drafts have the other rows; everything can still be written, exported and deleted."""
    journal = filled_journal(tmp_path)
    damage_row(tmp_path, table, change)
    counts = {}
    for _ in range(2):
        counts = {
            "inbox": len(journal.inbox.questions(9)),
            "asked": len(journal.outcomes.all()),
            "feedback": len(journal.feedback.totals()),
            "history": len(journal.history.changes(9)),
            "drafts": len(journal.drafts.pending(9)),
        }
    assert counts == {name: 1 if name == table else 2 for name in counts}
    assert journal.history.pending() == {}
    assert caplog.messages == [
        f"1 row is damaged in the journal's table '{table}' and left out; 'pilcrow data export FILE' shows what is there"
    ]
    assert question_groups.group_questions(journal.inbox.questions(9), Answerer(small_story(), load_weights()))
    journal.drafts.add(Draft("add", "x", key="new"), DAY, pending=True)
    assert journal.drafts.pending(9)[0].key == "new" or change.startswith("number")
    assert len(json.loads(data_requests.export(journal.database))[table]) >= 2
    data_requests.delete_matching(journal.database, "who")
    data_requests.delete_before(journal.database, date(2027, 1, 1))
    journal.delete_before(*[date(2027, 1, 1)] * 3)
    data_requests.delete_all(journal.database)
    assert journal.inbox.questions(9) == []
    journal.close()


def test_invalid_utf8_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The rest of the text may be all that there is."""
    journal = filled_journal(tmp_path)
    damage_row(tmp_path, "inbox", "text = CAST(x'77686fff' AS TEXT)")
    assert sorted(question.text for question in journal.inbox.questions(9)) == ["who owns it", "who\ufffd"]
    assert caplog.messages == []
    journal.close()


@pytest.mark.parametrize(
    "change", ["files = 'x'", "files = '[1, 2]'", "files = '{\"x\": [1]}'", "warnings = 'no json'"]
)
def test_a_damaged_change_is_reported(tmp_path: Path, change: str) -> None:
    """A change is still listed, but can't be shown; a damaged draft counts as deleted."""
    journal = filled_journal(tmp_path)
    damage_row(tmp_path, "history", change)
    assert len(journal.history.changes(9)) == 2
    damage_row(tmp_path, "drafts", "data = 'x'")
    with pytest.raises(JournalError) as refused:
        journal.history.change(1)
    assert str(refused.value) == "change 1 can't be shown: its row in the journal is damaged"
    assert journal.history.change(3) is None
    assert journal.drafts.get("d0") is None
    assert journal.drafts.get("d1") == Draft("add", "who owns it", {"question": "who owns it"}, key="d1")
    journal.close()


def test_commands_work_with_damaged_rows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """`pilcrow kb inbox`, `history` and `stats` work with a damaged row in every table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    for name, content in small_story_files().items():
        (tmp_path / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "knowledge" / name).write_bytes(content)
    filled_journal(tmp_path).close()
    for table, change in dict(reversed(DAMAGE)).items():
        damage_row(tmp_path, table, change)
    for command in ("inbox", "history", "stats"):
        assert cli.main(["kb", command]) == 0
    shown = capsys.readouterr().out
    assert "who owns it (asked once" in shown
    assert "Change 2 by Ada: who owns it" in shown
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
