"""The figures: what was asked and how it came out, by day and by entry; as data, as a table and as a picture."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from matplotlib.image import imread

from bot.charts import stats_chart
from bot.charts.timeline_picture import THEMES, WIDTH, Theme
from bot.journal.journal import Journal
from bot.journal.records import OutcomeCount
from bot.journal.stats import EntryStats, Totals, compute
from bot.terminal import cli
from tests.support.small_story import small_story

DAY = date(2026, 3, 1)
COUNTS = (
    OutcomeCount(DAY - timedelta(days=1), "keeper-place", "answer", 7),
    OutcomeCount(DAY, "keeper-place", "answer", 2),
    OutcomeCount(DAY, "keeper-left", "answer", 5),
    OutcomeCount(DAY, "", "abstain", 1),
    OutcomeCount(DAY + timedelta(days=2), "", "clarify", 3),
    OutcomeCount(DAY + timedelta(days=2), "gone", "answer", 1),
)


def test_the_figures_of_some_days() -> None:
    """In all, day by day without a gap, and by entry, the busiest first; an entry that is gone stands by its id."""
    found = compute(COUNTS, {"keeper-left": (2, 1), "lamp-taken": (0, 4)}, small_story(), DAY, DAY + timedelta(days=2))
    assert (found.total, found.total.asked) == (Totals(answered=8, offered=3, missed=1), 12)
    assert dict(found.periods) == {
        DAY: Totals(answered=7, missed=1),
        DAY + timedelta(days=1): Totals(),
        DAY + timedelta(days=2): Totals(answered=1, offered=3),
    }
    assert found.entries == (
        EntryStats("keeper-left", "When did Ada Quill leave the lighthouse?", 5, 2, 1),
        EntryStats("keeper-place", "Where is the lighthouse?", 2, 0, 0),
        EntryStats("gone", "gone", 1, 0, 0),
        EntryStats("lamp-taken", "What is Ada Quill accused of?", 0, 0, 4),
    )
    assert not found.weekly


def test_many_days_are_given_by_week() -> None:
    """Whole weeks only, up to the last day: half a week would look like a slump."""
    found = compute(COUNTS, {}, small_story(), DAY - timedelta(days=99), DAY)
    assert found.weekly
    assert list(found.periods)[-1] == DAY - timedelta(days=6)
    assert found.first == next(iter(found.periods)) == DAY - timedelta(days=97)
    assert found.periods[DAY - timedelta(days=6)] == Totals(answered=14, missed=1)


@pytest.mark.parametrize("theme", THEMES)
def test_the_picture(theme: Theme, tmp_path: Path) -> None:
    """As wide as the other pictures; its description has the figures in words."""
    drawn = stats_chart.stats(compute(COUNTS, {}, small_story(), DAY, DAY + timedelta(days=2)), theme)
    assert drawn.alt == (
        "Questions from 2026-03-01 to 2026-03-03: 12 asked, 8 answered, 3 offered a choice, 1 missed. "
        "Most answered: When did Ada Quill leave the lighthouse? 5; Where is the lighthouse? 2; gone 1."
    )
    (tmp_path / "x.png").write_bytes(drawn.png)
    pixels = imread(tmp_path / "x.png")
    assert pixels.shape[:2] == (stats_chart.HEIGHT, WIDTH)
    assert (float(pixels[0, 0, :3].mean()) < 0.5) == (theme == "dark")


def test_a_picture_of_nothing() -> None:
    """Before anybody has asked."""
    drawn = stats_chart.stats(compute((), {}, small_story(), DAY, DAY), "light")
    assert drawn.alt == "Questions from 2026-03-01 to 2026-03-01: 0 asked, 0 answered, 0 offered a choice, 0 missed."


def test_the_terminal_shows_them(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`pilcrow kb stats`: tables, or with --plot a picture and its description."""
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
    assert ["in all", "6", "4", "0", "2", ""] in shown
    assert ["keeper-place", "Where is the lighthouse?", "4", "0", "1"] in shown
    assert cli.main(["kb", "stats", "--plot", "x.png"]) == 0
    assert capsys.readouterr().out.startswith("x.png: Questions from ")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert cli.main(["kb", "stats", "--plot", "no/x.png"]) == 2
    assert capsys.readouterr().err == "pilcrow: no/x.png can't be written: No such file or directory\n"
    assert cli.main(["kb", "stats", "--days", "0"]) == 2
