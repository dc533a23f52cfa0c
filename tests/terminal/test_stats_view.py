"""`pilcrow kb stats`: tables in the terminal, or a chart in a file."""

from datetime import date
from pathlib import Path

import pytest

from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.terminal import cli


def test_statistics_are_shown_as_tables_or_drawn(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --plot they are tables; with it a picture in a file, and its alt text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "config.yaml").write_text(f"database: sqlite:///{tmp_path}/j.sqlite3\n", "utf-8")
    journal = Journal(f"sqlite:///{tmp_path}/j.sqlite3")
    today = date.today()  # noqa: DTZ011 (whichever day it is there, it is within the days shown)
    journal.outcomes.add([OutcomeCount(today, "keeper-place", "answer", 4), OutcomeCount(today, "", "abstain", 2)])
    journal.feedback.add("keeper-place", helpful=False, day=today)
    journal.close()
    assert cli.main(["kb", "stats", "--days", "7"]) == 0
    shown = [[cell.strip() for cell in line.strip("│").split("│")] for line in capsys.readouterr().out.splitlines()]
    assert ["total", "6", "4", "0", "2", ""] in shown
    assert ["keeper-place", "Where is the lighthouse?", "4", "0", "1"] in shown
    assert cli.main(["kb", "stats", "--plot", "x.png"]) == 0
    assert capsys.readouterr().out.startswith("x.png: Questions from ")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert cli.main(["kb", "stats", "--plot", "no/x.png"]) == 2
    assert capsys.readouterr().err == "pilcrow: no/x.png can't be written: No such file or directory\n"
    assert cli.main(["kb", "stats", "--days", "0"]) == 2
