"""The figures, as moderators see them: a table over time, the answers given most, and both as a picture."""

import asyncio
from datetime import timedelta

from discord import Embed

from bot.charts.renderer import Chart
from bot.discord_frontend.asking.buttons import Interaction
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import code_block, cut, plain
from bot.discord_frontend.moderation.controls import show
from bot.discord_frontend.moderation.moderation_service import Office
from bot.discord_frontend.moderation.panels import Paper, Sheet
from bot.journal import stats
from bot.journal.stats import Stats

DAYS = 30
TIMES = 62
"""Lines of the table over time."""
ENTRIES = 10
QUESTION = 60
COLUMNS = ("asked", "answered", "offered", "missed")


async def page(office: Office, interaction: Interaction, days: int = DAYS) -> None:
    """Show the figures of so many days, today the last. Raises JournalError, TooFast, Busy, Undrawn."""
    office.desk.admit(interaction.user.id, "picture")
    await interaction.response.defer(ephemeral=True, thinking=True)
    last = office.today()
    first = last - timedelta(days=days - 1)
    counts = await asyncio.to_thread(office.journal.asked)
    feedback = await asyncio.to_thread(office.journal.feedback, first)
    found = await asyncio.to_thread(stats.stats, counts, feedback, office.desk.answerer.story, first, last)
    sheet = Sheet("", embeds=(embed(found),))
    if found.total.asked:
        sheet = Sheet("", embeds=sheet.embeds, papers=(await _drawn(office, found),))
    await show(interaction, sheet)


def embed(found: Stats) -> Embed:
    """The figures as text."""
    total = found.total
    title = f"Asked from {found.first} to {found.last}: {total.asked}"
    made = Embed(title=title, description=code_block(_times(found)) if total.asked else "Nobody has asked anything.")
    lines = [
        f"- **{one.answered}** {plain(cut(one.question, QUESTION))} (👍 {one.helpful}, 👎 {one.unhelpful})"
        for one in found.entries[:ENTRIES]
    ]
    if lines:
        made.add_field(
            name="Answers given most", value=cut("\n".join(lines), discord_limits.EMBED_FIELD_VALUE), inline=False
        )
    return made


def _times(found: Stats) -> str:
    """What was asked when, and how it came out, as a table; days without a question are left out."""
    head = "week of   " if found.weekly else "day       "
    rows = [f"{head} {' '.join(f'{name:>8}' for name in COLUMNS)}"]
    listed = [(str(day), one) for day, one in found.times.items() if one.asked][-TIMES:]
    for name, one in (*listed, ("in all", found.total)):
        numbers = (one.asked, one.answered, one.offered, one.missed)
        rows.append(f"{name:<10} {' '.join(f'{number:>8}' for number in numbers)}")
    return "\n".join(rows)


async def _drawn(office: Office, found: Stats) -> Paper:
    (picture,) = await office.desk.renderer.draw(Chart(found, "dark"))
    return Paper("stats.png", picture.png, picture.alt)
