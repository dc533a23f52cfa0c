"""The history of changes, one change in full, archives of the base, and test questions."""

import asyncio

import aiohttp
import discord
from msgspec.structs import replace

from bot.cards import discord_limits
from bot.cards.markdown import escape, truncate
from bot.discord_frontend.common.card_message import to_embed
from bot.discord_frontend.moderation import draft_actions, moderation_text
from bot.discord_frontend.moderation.custom_ids import parse_number
from bot.discord_frontend.moderation.difference_text import in_full
from bot.discord_frontend.moderation.download import download
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.panel_sender import send
from bot.discord_frontend.moderation.panels import Attachment, Button, Panel, Select, select_option, with_content
from bot.discord_frontend.services import Interaction
from bot.editing import archive as archives
from bot.editing.difference import Difference
from bot.errors import EditError
from bot.journal.records import Change
from bot.nlp.sanitize import sanitize
from bot.story.models import Story

PAGE_SIZE = 10
MAX_PAGE = 1_000_000
ARCHIVE_NAME = "base.zip"


async def show_history(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Show a page of the history; `argument`: its number."""
    page = min(max(1, parse_number(argument)), MAX_PAGE)
    changes = await asyncio.to_thread(service.editor.changes, PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    shown = changes[:PAGE_SIZE]
    if not shown:
        await send(interaction, Panel(moderation_text.NO_CHANGES))
        return
    buttons = [Button("Newer", "history", str(page - 1))] if page > 1 else []
    buttons += [Button("Older", "history", str(page + 1))] if len(changes) > PAGE_SIZE else []
    questions = moderation_text.questions_of(service.story)
    options = [
        select_option(f"Change {change.number}", str(change.number), moderation_text.change_sentence(change, questions))
        for change in shown
    ]
    line_length = discord_limits.MESSAGE_CONTENT // PAGE_SIZE - 1
    text = "\n".join(truncate(moderation_text.change_line(change, questions), line_length) for change in shown)
    select = Select(moderation_text.CHOOSE_CHANGE, "diff", options)
    panel = Panel(text, buttons=tuple(buttons), selects=(select,))
    await send(interaction, panel, in_place=interaction.message is not None)


async def show_change(service: ModerationService, interaction: Interaction, number: str) -> None:
    """Show what a change changed. Raise EditError where there is no such change."""
    id = parse_number(number)
    await interaction.response.defer(ephemeral=True, thinking=True)
    change, changed = await service.change(id)
    await send(interaction, _change_panel(change, changed, service.story))


def _change_panel(change: Change, changed: tuple[Difference, ...] | str, story: Story) -> Panel:
    heading = "\n".join(
        [
            moderation_text.change_line(change.summary, moderation_text.questions_of(story)),
            *(f"- {escape(warning)}" for warning in change.warnings),
        ]
    )
    panel = Panel("", buttons=(Button("Undo", "undo", str(change.number)),))
    if not isinstance(changed, str):
        return with_content(panel, "\n\n".join([heading, *in_full(changed)]), f"change-{change.number}.txt")
    attachment = Attachment(f"change-{change.number}.diff", sanitize(changed).encode())
    return with_content(replace(panel, attachments=(attachment,)), f"{heading}\n{moderation_text.DIFF_ATTACHED}")


async def send_export(service: ModerationService, interaction: Interaction) -> None:
    """Send the base as an archive, unless it is too large for Discord."""
    service.cooldown.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)
    archive = await service.export()
    if len(archive) > discord_limits.UPLOAD:
        await send(interaction, Panel(moderation_text.EXPORT_TOO_LARGE))
        return
    await send(interaction, Panel(moderation_text.EXPORTED, attachments=(Attachment(ARCHIVE_NAME, archive),)))


async def import_archive(
    service: ModerationService, interaction: Interaction, attachment: discord.Attachment, why: str
) -> None:
    """Download an archive and preview it as the new base. Raise EditError where it is too large."""
    if attachment.size > archives.MAX_ARCHIVE_BYTES:
        raise EditError(archives.TOO_LARGE)
    service.cooldown.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)

    try:
        draft = await service.receive_archive(
            interaction.user.id, lambda: download(attachment.url, archives.MAX_ARCHIVE_BYTES), why
        )
    except (aiohttp.ClientError, TimeoutError):
        await send(interaction, Panel(moderation_text.DOWNLOAD_FAILED))
        return
    await draft_actions.show_preview(service, interaction, draft)


async def test_question(service: ModerationService, interaction: Interaction, question: str) -> None:
    """Show the card that a member would get for a question, and why."""
    answered, reasons = await service.gate.run(lambda: service.ask_service.explain(question), urgent=False)
    text = "\n".join([moderation_text.TEST_HEADING, *(f"- {escape(reason)}" for reason in reasons)])
    panel = Panel("", embeds=(to_embed(answered.card),), card_buttons=answered.card.buttons)
    await send(interaction, with_content(panel, text, "why.txt"))
