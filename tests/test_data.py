"""What the database holds can be taken out and deleted, and is gone then."""

import json
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.journal import data
from bot.journal.history import Change
from bot.journal.journal import Count, Journal
from bot.terminal import cli

DAY = date(2026, 3, 1)
SECRET = "who paid Wilhelmina"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """A journal with something of everything."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text("database: sqlite:///j.sqlite3\n", "utf-8")
    journal = Journal("sqlite:///j.sqlite3")
    journal.note_unanswered(SECRET, "dm", DAY)
    journal.note_unanswered("who owns the lamp", "dm", DAY + timedelta(days=9))
    journal.note_feedback("keeper-place", helpful=True, now=DAY)
    journal.note_asked([Count(DAY, "keeper-place", "answer", 4)])
    warnings = (f"'{SECRET}' (asked once) would get x, and gets no answer now", "something else")
    journal.note_change(
        Change(0, "2026-03-01 10:00", "Ada", "add x", "", warnings, "a", "b", {"qa/x.yaml": (None, "- x")})
    )
    return journal


def test_everything_can_be_read(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`pilcrow data export`: every table and row, as JSON, in a file for its owner only."""
    assert cli.main(["data", "export", "out.json"]) == 0
    written = (tmp_path / "out.json").read_text("utf-8")
    assert capsys.readouterr().out == f"out.json: {len(written.encode()):,} bytes\n"
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600
    found = json.loads(written)
    assert {"asked", "feedback", "history", "inbox"} <= set(found)
    assert found["asked"] == [{"day": "2026-03-01", "entry": "keeper-place", "outcome": "answer", "count": 4}]
    assert [row["text"] for row in found["inbox"]] == [SECRET, "who owns the lamp"]
    ((name, (before, after)),) = found["history"][0]["files"].items()
    assert (name, before) == ("qa/x.yaml", None)
    assert found["texts"] == [{"digest": after, "base": "", "depth": 0, "hunks": [[0, 1, "- x"]]}]
    journal.close()


def test_words_are_forgotten(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever their order and spelling of case: shown, asked for, deleted; not one byte of them is left in the file."""
    assert cli.main(["data", "forget", "--words", "WILHELMINA paid"]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (f"{SECRET}\n", "pilcrow: say --yes to go on where nobody can be asked\n")
    journal.close()
    assert cli.main(["data", "forget", "--words", "WILHELMINA paid", "--yes"]) == 0
    assert capsys.readouterr().out == f"{SECRET}\nDeleted: questions 1, warnings of the history 1.\n"
    assert [one.text for one in journal.unanswered(9)] == ["who owns the lamp"]
    kept = journal.change(1)
    assert kept is not None
    assert kept.warnings == ("(forgotten)", "something else")
    journal.close()
    for file in tmp_path.glob("j.sqlite3*"):
        assert b"Wilhelmina" not in file.read_bytes()


def test_what_is_old_is_forgotten(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Before a day; the history stays, it belongs to the base."""
    assert data.forget_before(journal, DAY + timedelta(days=1)) | {"drafts": 0} == {
        "asked": 1,
        "feedback": 1,
        "inbox": 1,
        "drafts": 0,
    }
    assert [one.text for one in journal.unanswered(9)] == ["who owns the lamp"]
    journal.close()
    assert cli.main(["data", "forget", "--older-than", "0", "--yes"]) == 0
    assert capsys.readouterr().out == "Deleted: questions 1.\n"
    assert len(journal.changes(9)) == 1
    assert cli.main(["data", "forget", "--older-than", "-1", "--yes"]) == 2
    journal.close()


def test_everything_is_forgotten(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what that means first, and the database works on."""
    assert cli.main(["data", "forget", "--all", "--yes"]) == 0
    assert capsys.readouterr().out == (
        "Everything goes: the inbox, drafts, counts, and the history of the base, so that nothing can be undone.\n"
        "Deleted: counts of questions 1, verdicts 1, changes of the history 1, questions 2, texts of the history 1.\n"
    )
    assert (journal.unanswered(9), journal.changes(9), journal.asked(), journal.feedback()) == ([], [], [], {})
    journal.note_unanswered(SECRET, "dm", DAY)
    assert journal.unanswered(9)[0].id == 3
    journal.close()
