"""The chart of the statistics: its size, its theme and its alt text."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from matplotlib.image import imread

from bot.charts import stats_chart
from bot.charts.picture import THEMES, WIDTH, Theme
from bot.journal.records import OutcomeCount
from bot.journal.stats import compute_stats
from tests.support.small_story import small_story

DAY = date(2026, 3, 1)
COUNTS = (
    OutcomeCount(DAY, "keeper-place", "answer", 2),
    OutcomeCount(DAY, "keeper-left", "answer", 5),
    OutcomeCount(DAY, "", "abstain", 1),
    OutcomeCount(DAY + timedelta(days=2), "", "clarify", 3),
    OutcomeCount(DAY + timedelta(days=2), "gone", "answer", 1),
)


@pytest.mark.parametrize("theme", THEMES)
def test_a_chart_has_the_common_width_and_an_alt_text(theme: Theme, tmp_path: Path) -> None:
    """It is drawn in the theme that was asked for, and the alt text gives the numbers in words."""
    picture = stats_chart.draw_stats(compute_stats(COUNTS, {}, small_story(), DAY, DAY + timedelta(days=2)), theme)
    assert picture.alt == (
        "Questions from 2026-03-01 to 2026-03-03: 12 asked, 8 answered, 3 offered a choice, 1 missed. "
        "Most answered: When did Ada Quill leave the lighthouse? 5; Where is the lighthouse? 2; gone 1."
    )
    (tmp_path / "x.png").write_bytes(picture.png)
    pixels = imread(tmp_path / "x.png")
    assert pixels.shape[:2] == (stats_chart.HEIGHT, WIDTH)
    assert (float(pixels[0, 0, :3].mean()) < 0.5) == (theme == "dark")


def test_a_chart_without_questions() -> None:
    """Before anybody has asked, the chart is empty and says so."""
    picture = stats_chart.draw_stats(compute_stats((), {}, small_story(), DAY, DAY), "light")
    assert picture.alt == "Questions from 2026-03-01 to 2026-03-01: 0 asked, 0 answered, 0 offered a choice, 0 missed."
