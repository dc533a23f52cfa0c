"""The statistics: a table over time, the most frequent answers, and both as a chart."""

import asyncio
from datetime import timedelta

from discord import Embed

from bot.cards import discord_limits
from bot.cards.markdown import code_block, escape, truncate
from bot.charts.renderer import StatsRequest
from bot.discord_frontend.moderation import moderation_text
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.panel_sender import send
from bot.discord_frontend.moderation.panels import Attachment, Panel
from bot.discord_frontend.services import Interaction
from bot.journal.stats import Stats, compute_stats

DEFAULT_DAYS = 30
MAX_ROWS = 62
"""Rows of the table over time; the latest are kept."""
ENTRIES_LISTED = 10
QUESTION_LENGTH = 60
COLUMNS = ("asked", "answered", "offered", "missed")


async def show_stats(service: ModerationService, interaction: Interaction, days: int = DEFAULT_DAYS) -> None:
    """Show the statistics of the last `days` days, today included.

    Raise JournalError, OnCooldown, RendererBusy, RenderFailed.
    """
    service.cooldown.admit(interaction.user.id, "picture")
    await interaction.response.defer(ephemeral=True, thinking=True)
    last = service.today()
    first = last - timedelta(days=days - 1)
    counts = await asyncio.to_thread(service.journal.outcomes.all)
    feedback = await asyncio.to_thread(service.journal.feedback.totals, first)
    stats = await asyncio.to_thread(compute_stats, counts, feedback, service.story, first, last)
    attachments = (await _chart(service, stats),) if stats.total.asked else ()
    await send(interaction, Panel("", embeds=(stats_embed(stats),), attachments=attachments))


def stats_embed(stats: Stats) -> Embed:
    """Return the statistics as text."""
    title = f"Questions from {stats.first} to {stats.last}: {stats.total.asked}"
    table = code_block(_table(stats)) if stats.total.asked else moderation_text.NOBODY_ASKED
    embed = Embed(title=title, description=table)
    lines = [
        f"- **{entry.answered}** {escape(truncate(entry.question, QUESTION_LENGTH))} (👍 {entry.helpful}, 👎 {entry.unhelpful})"
        for entry in stats.entries[:ENTRIES_LISTED]
    ]
    if lines:
        value = truncate("\n".join(lines), discord_limits.EMBED_FIELD_VALUE)
        embed.add_field(name="Most frequent answers", value=value, inline=False)
    return embed


def _table(stats: Stats) -> str:
    """Return a row for each day or week with questions, and the totals."""
    heading = "week of   " if stats.weekly else "day       "
    rows = [f"{heading} {' '.join(f'{name:>8}' for name in COLUMNS)}"]
    times = [(str(day), counts) for day, counts in stats.periods.items() if counts.asked][-MAX_ROWS:]
    for name, counts in (*times, ("total", stats.total)):
        numbers = (counts.asked, counts.answered, counts.offered, counts.missed)
        rows.append(f"{name:<10} {' '.join(f'{number:>8}' for number in numbers)}")
    return "\n".join(rows)


async def _chart(service: ModerationService, stats: Stats) -> Attachment:
    (picture,) = await service.renderer.render(StatsRequest(stats, "dark"))
    return Attachment("stats.png", picture.png, picture.alt)
