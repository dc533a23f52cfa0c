"""What was changed, one change in full, the base as an archive and back, and asking in private."""

import asyncio

import discord

from bot import explaining, limits
from bot.discord_frontend.buttons import Interaction
from bot.discord_frontend.moderating import deeds, wording
from bot.discord_frontend.moderating.controls import show
from bot.discord_frontend.moderating.office import Office
from bot.discord_frontend.moderating.sheets import Act, Paper, Pick, Sheet, fitted
from bot.discord_frontend.wording import cut, plain
from bot.editing import archive as archives
from bot.editing.drafts import Draft
from bot.editing.effects import unified
from bot.errors import EditError
from bot.journal.journal import Change

PAGE = 10
BLOCK = 1500
"""Characters of a difference that are shown in the message itself."""
NAME = "base.zip"


async def page(office: Office, interaction: Interaction, about: str) -> None:
    """Shows a page of the history; `about`: its number."""
    number = max(1, int(about))
    changes = await asyncio.to_thread(office.editor.changes, number * PAGE + 1)
    shown = changes[(number - 1) * PAGE : number * PAGE]
    if not shown:
        await show(interaction, Sheet(wording.NO_CHANGES))
        return
    turns = [Act("Newer", "history", str(number - 1))] if number > 1 else []
    turns += [Act("Older", "history", str(number + 1))] if number * PAGE < len(changes) else []
    options = [(f"Change {one.number}", str(one.number), cut(f"{one.who}: {one.what}", limits.OPTION)) for one in shown]
    text = "\n".join(cut(wording.told(one), limits.MESSAGE_CONTENT // PAGE - 1) for one in shown)
    pick = Pick("Look at a change", "diff", "", options)
    await show(interaction, Sheet(text, acts=tuple(turns), picks=(pick,)), here=interaction.message is not None)


async def diff(office: Office, interaction: Interaction, number: str) -> None:
    """Shows one change, line by line. Raises EditError."""
    change = await asyncio.to_thread(office.editor.change, int(number))
    if change is None:
        raise EditError(f"There is no change {number}; the history lists them.")
    await show(interaction, _diff(change))


def _diff(change: Change) -> Sheet:
    lines = unified(change.files)
    spite = "\n".join(f"- {plain(text)}" for text in change.warnings)
    head = wording.told(change) + (f"\n{spite}" if spite else "")
    act = (Act("Take it back", "undo", str(change.number)),)
    safe = lines.replace("```", "`\u200b`\u200b`")
    if len(safe) <= BLOCK and len(head) < limits.MESSAGE_CONTENT - BLOCK - 20:
        return Sheet(f"{head}\n```diff\n{safe}\n```", acts=act)
    paper = Paper(f"change-{change.number}.diff", lines.encode())
    return fitted(Sheet("", acts=act, papers=(paper,)), f"{head}\nThe lines that changed are in the file.")


async def export(office: Office, interaction: Interaction) -> None:
    """Gives the base as an archive. Raises EditError where Discord takes no file of this size."""
    office.desk.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)
    data = await asyncio.to_thread(office.editor.export)
    if len(data) > limits.UPLOAD:
        await show(interaction, Sheet(wording.NO_EXPORT))
        return
    await show(interaction, Sheet(wording.EXPORTED, papers=(Paper(NAME, data),)))


async def import_(office: Office, interaction: Interaction, archive: discord.Attachment, why: str) -> None:
    """Takes an archive, and shows what it would change. Raises EditError where it is too large."""
    if archive.size > archives.PACKED:
        raise EditError(wording.TOO_LARGE.format(archives.PACKED // 1_000_000))
    office.desk.admit(interaction.user.id, "upload")
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        data = await archive.read()
    except discord.HTTPException:
        await show(interaction, Sheet(wording.NO_FILE))
        return
    await deeds.start(office, interaction, Draft("import", archive=data[: archives.PACKED + 1], why=why))


async def test(office: Office, interaction: Interaction, question: str) -> None:
    """Answers in private, as a member would be answered, and says why."""
    said = office.desk.ask(question, echo=True)
    lines = explaining.explained(question, office.desk.answerer)
    text = "\n".join(["**Members get the card below. Why:**", *(f"- {plain(line)}" for line in lines)])
    sheet = Sheet("", embeds=(said.card.embed,), card=said.card.buttons)
    await show(interaction, fitted(sheet, text, "why.txt"))
