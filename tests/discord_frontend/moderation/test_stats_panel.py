"""The statistics, as a table and as a chart."""

from __future__ import annotations

import struct
from datetime import date, timedelta
from typing import Any

from bot.discord_frontend.moderation import stats_panel
from bot.discord_frontend.moderation.panels import Panel
from bot.journal.records import OutcomeCount
from bot.journal.stats import EntryStats, Stats, Totals
from tests.support.discord_rig import embed, utc_today
from tests.support.moderation_rig import ModerationRig
from tests.support.oversized import LONG, assert_fits


async def test_statistics_are_a_table_and_a_chart(rig: ModerationRig) -> None:
    """The chart's alternative text says the same."""
    day = utc_today() - timedelta(days=1)
    rig.journal.outcomes.add([OutcomeCount(day, "keeper-place", "answer", 3), OutcomeCount(day, "", "abstain", 1)])
    rig.journal.feedback.add("keeper-place", helpful=True, day=day)
    used = await rig.mo.slash("kb stats", days=7)
    shown: dict[str, Any] = embed(used.message)
    assert shown["title"] == f"Questions from {utc_today() - timedelta(days=6)} to {utc_today()}: 4"
    assert shown["description"] == (
        "```\nday           asked answered  offered   missed\n"
        f"{day}        4        3        0        1\n"
        "total             4        3        0        1\n```"
    )
    assert shown["fields"][0]["value"] == "- **3** Where is the lighthouse? (👍 1, 👎 0)"
    (file,) = (used.message or {})["attachments"]
    assert file["description"].startswith(
        f"Questions from {utc_today() - timedelta(days=6)} to {utc_today()}: 4 asked, 3 answered"
    )
    drawn = rig.attachments(used)["stats.png"]
    assert struct.unpack(">I", drawn[16:20]) == (1080,)


async def test_without_questions_there_is_one_sentence_and_no_chart(rig: ModerationRig) -> None:
    """There is nothing to draw."""
    used = await rig.mo.slash("kb stats")
    assert embed(used.message)["description"] == "Nobody asked anything in this period."
    assert rig.attachments(used) == {}


def test_statistics_fit() -> None:
    """Many days and many answers fit into one embed."""
    day = date(2026, 1, 1)
    times = {date.fromordinal(day.toordinal() + n): Totals(10**6, 10**6, 10**6) for n in range(62)}
    entries = tuple(EntryStats(f"e-{n}", LONG, 10**6, 10**5, 10**5) for n in range(99))
    embed = stats_panel.stats_embed(Stats(day, max(times), Totals(10**8, 10**8, 10**8), times, entries))
    assert_fits(Panel("", (embed,)))
