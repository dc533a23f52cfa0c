"""The inbox, as moderators see it: a page of questions with the bot's guesses, and a button for each thing to do."""

import asyncio
from collections.abc import Sequence

from discord import Embed

from bot.discord_frontend.asking.buttons import Interaction
from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut, plain
from bot.discord_frontend.moderation import draft_actions, moderation_text
from bot.discord_frontend.moderation.controls import show, wait
from bot.discord_frontend.moderation.moderation_service import Office
from bot.discord_frontend.moderation.panels import Act, Sheet
from bot.editing import inbox
from bot.editing.drafts import Draft
from bot.editing.entry_form import topics
from bot.editing.inbox import Waiting
from bot.errors import PilcrowError
from bot.story.models import Story

PAGE = 4
"""Questions on a page: one row of buttons each, and one to turn pages."""
ASKED, GUESSED = 200, 120
"""Characters shown of a question, and of a guess."""
EMPTY = "Nothing is waiting: every question had an answer, or was dealt with."
HOW = "Press 1a to make question 1 a way of asking for a); you see what that does before it is published."


class NotWaiting(PilcrowError):
    """A question that is no longer in the inbox, or an answer that is no longer in the base."""


async def page(office: Office, interaction: Interaction, about: str) -> None:
    """Shows a page of the inbox; `about`: its number."""
    if not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True, thinking=interaction.message is None)
    waiting = await office.waiting()
    drafts = len(await office.drafts())
    number = max(1, min(int(about or 1), -(-len(waiting) // PAGE)))
    shown = waiting[(number - 1) * PAGE : number * PAGE]
    guessed = [await asyncio.to_thread(inbox.guessed, one, office.desk.answerer) for one in shown]
    for one in guessed:
        office.shown.keep(one.id, one)
    await show(interaction, sheet(guessed, number, len(waiting), drafts, office.desk.answerer.story))


def sheet(shown: Sequence[Waiting], number: int, count: int, drafts: int, story: Story) -> Sheet:
    """One page; `count`: questions on all pages."""
    if not shown:
        return Sheet(EMPTY, acts=draft_actions.to_drafts(drafts))
    pages = -(-count // PAGE)
    title = f"The inbox: {moderation_text.number_of(count, 'question')} without a good answer"
    text = "\n\n".join(_told(place, one, story) for place, one in enumerate(shown, 1))
    embed = Embed(title=title, description=cut(text, discord_limits.EMBED_DESCRIPTION))
    embed.set_footer(text=f"Page {number} of {pages}. {HOW}" if pages > 1 else HOW)
    acts = [act for place, one in enumerate(shown, 1) for act in _acts(place, one, number)]
    last = len(shown)
    turns = [Act("Previous page", "inbox", str(number - 1), row=last)] if number > 1 else []
    turns += [Act("Next page", "inbox", str(number + 1), row=last)] if number < pages else []
    kept = [Act(act.label, act.action, act.about, row=last) for act in draft_actions.to_drafts(drafts)]
    return Sheet("", (embed,), acts=(*acts, *turns, *kept))


def _told(place: int, one: Waiting, story: Story) -> str:
    times = f"asked {moderation_text.number_of(one.count, 'time')}, last on {one.last_seen}"
    lines = [f"**{place}. {plain(cut(one.text, ASKED))}**", times]
    if one.entry:
        wrong = story.entries.get(one.entry)
        lines.append(
            f"It was answered, and that did not help: {moderation_text.quoted(wrong.question if wrong else one.entry)}"
        )
    lines += [f"{letter}) {plain(cut(question, GUESSED))}" for letter, (_, question) in _lettered(one)]
    return "\n".join(lines)


def _acts(place: int, one: Waiting, page: int) -> list[Act]:
    row = place - 1
    acts = [Act(f"{place}{letter}", "as", f"{one.id}:{id}", row=row) for letter, (id, _) in _lettered(one)]
    if one.entry:
        acts.insert(0, Act(f"{place}: change that answer", "edit", f"{one.id}:{one.entry}", row=row))
    new = Act(f"{place}: new answer", "new", str(one.id), "main", row=row)
    return [*acts, new, Act(f"{place}: dismiss", "dismiss", f"{page}:{one.id}", row=row)]


def _lettered(one: Waiting) -> list[tuple[str, tuple[str, str]]]:
    """As many guesses as there is room for beside the other buttons, each with its letter."""
    return list(zip("ab" if one.entry else "abc", one.guesses, strict=False))


async def phrase(office: Office, interaction: Interaction, about: str) -> None:
    """Makes a question of the inbox a way of asking for an entry, through a preview."""
    id, _, entry = about.partition(":")
    await wait(interaction, Sheet(moderation_text.WORKING))
    one = await _one(office, id)
    why = f"from the inbox, asked {moderation_text.number_of(one.count, 'time')}"
    await draft_actions.start(
        office, interaction, Draft("phrase", entry, {"phrasing": one.text}, asked=(one.id,), why=why)
    )


async def write(office: Office, interaction: Interaction, id: str) -> None:
    """Opens the form of a new entry for a question of the inbox."""
    one = await _one(office, id)
    story = office.desk.answerer.story
    near = office.desk.answerer.matcher.match(one.text).candidates
    files = [story.entries[candidate.entry].file for candidate in near[:1]]
    named = [file.removeprefix("qa/").removesuffix(".yaml") for file in files]
    about = (named or list(topics(story)))[0]
    why = f"from the inbox, asked {moderation_text.number_of(one.count, 'time')}"
    draft = Draft("add", about, {"question": one.text}, asked=(one.id,), why=why)
    await draft_actions.begin(office, interaction, draft)


async def edit(office: Office, interaction: Interaction, about: str) -> None:
    """Opens the form of the entry that did not help."""
    id, _, entry = about.partition(":")
    one = await _one(office, id)
    if entry not in office.desk.answerer.story.entries:
        raise NotWaiting(moderation_text.GONE)
    await draft_actions.begin_edit(office, interaction, entry, "it did not help", asked=one.id)


async def dismiss(office: Office, interaction: Interaction, about: str) -> None:
    """Takes a question, and those like it, off the inbox."""
    number, _, id = about.partition(":")
    await interaction.response.defer()
    found = inbox.find(await office.waiting(), int(id))
    if found is not None:
        await asyncio.to_thread(office.journal.dismiss, found.ids)
    await page(office, interaction, number)


async def _one(office: Office, id: str) -> Waiting:
    """The question with this id, and those like it. Raises NotWaiting."""
    found = office.shown.get(int(id)) or inbox.find(await office.waiting(), int(id))
    if found is None:
        raise NotWaiting(moderation_text.NOT_WAITING)
    return found
