"""What was changed, one change in full, the base as an archive and back, and asking in private."""

import asyncio

import discord

from bot.answering import explanation
from bot.discord_frontend.asking.buttons import Interaction
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import code_block, cut, plain
from bot.discord_frontend.moderation import draft_actions, moderation_text
from bot.discord_frontend.moderation.controls import show
from bot.discord_frontend.moderation.moderation_service import Office
from bot.discord_frontend.moderation.panels import Act, Paper, Pick, Sheet, fitted
from bot.editing import archive as archives
from bot.errors import EditError
from bot.journal.records import Change
from bot.nlp.sanitize import sanitize

PAGE = 10
MOST_PAGES = 1_000_000
BLOCK = 1500
"""Characters of a difference that are shown in the message itself."""
NAME = "base.zip"


async def page(office: Office, interaction: Interaction, about: str) -> None:
    """Shows a page of the history; `about`: its number."""
    number = min(max(1, int(about)), MOST_PAGES)
    found = await asyncio.to_thread(office.editor.changes, PAGE + 1, (number - 1) * PAGE)
    shown = found[:PAGE]
    if not shown:
        await show(interaction, Sheet(moderation_text.NO_CHANGES))
        return
    turns = [Act("Newer", "history", str(number - 1))] if number > 1 else []
    turns += [Act("Older", "history", str(number + 1))] if len(found) > PAGE else []
    options = [
        (f"Change {one.number}", str(one.number), cut(f"{one.who}: {one.what}", discord_limits.OPTION)) for one in shown
    ]
    text = "\n".join(cut(moderation_text.told(one), discord_limits.MESSAGE_CONTENT // PAGE - 1) for one in shown)
    pick = Pick("Look at a change", "diff", "", options)
    await show(interaction, Sheet(text, acts=tuple(turns), picks=(pick,)), here=interaction.message is not None)


async def diff(office: Office, interaction: Interaction, number: str) -> None:
    """Shows one change, line by line. Raises EditError."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    change, lines = await office.difference(int(number))
    await show(interaction, _diff(change, lines))


def _diff(change: Change, lines: str) -> Sheet:
    lines = sanitize(lines)
    spite = "\n".join(f"- {plain(text)}" for text in change.warnings)
    head = moderation_text.told(change.summary) + (f"\n{spite}" if spite else "")
    act = (Act("Take it back", "undo", str(change.number)),)
    block = code_block(lines, "diff")
    if len(block) <= BLOCK and len(head) < discord_limits.MESSAGE_CONTENT - BLOCK - 20:
        return Sheet(f"{head}\n{block}", acts=act)
    paper = Paper(f"change-{change.number}.diff", lines.encode())
    return fitted(Sheet("", acts=act, papers=(paper,)), f"{head}\nThe lines that changed are in the file.")


async def export(office: Office, interaction: Interaction) -> None:
    """Gives the base as an archive. Raises EditError where Discord takes no file of this size."""
    office.desk.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)
    data = await office.export()
    if len(data) > discord_limits.UPLOAD:
        await show(interaction, Sheet(moderation_text.NO_EXPORT))
        return
    await show(interaction, Sheet(moderation_text.EXPORTED, papers=(Paper(NAME, data),)))


async def import_(office: Office, interaction: Interaction, archive: discord.Attachment, why: str) -> None:
    """Takes an archive, and shows what it would change. Raises EditError where it is too large."""
    if archive.size > archives.PACKED:
        raise EditError(archives.TOO_LARGE)
    office.desk.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)

    async def fetch() -> bytes:
        return (await archive.read())[: archives.PACKED + 1]

    try:
        draft = await office.take_in(interaction.user.id, fetch, why)
    except discord.HTTPException:
        await show(interaction, Sheet(moderation_text.NO_FILE))
        return
    await draft_actions.look(office, interaction, draft)


async def test(office: Office, interaction: Interaction, question: str) -> None:
    """Answers in private, as a member would be answered, and says why."""
    said = office.desk.ask(question, echo=True)
    lines = explanation.explained(question, office.desk.answerer)
    text = "\n".join(["**Members get the card below. Why:**", *(f"- {plain(line)}" for line in lines)])
    sheet = Sheet("", embeds=(said.card.embed,), card=said.card.buttons)
    await show(interaction, fitted(sheet, text, "why.txt"))
