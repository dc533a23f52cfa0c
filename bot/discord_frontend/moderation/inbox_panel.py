"""The inbox: pages of unanswered questions with the closest entries, and a button for everything to do with each."""

import asyncio
from collections.abc import Sequence

from discord import Embed
from msgspec.structs import replace

from bot.cards import discord_limits
from bot.cards.markdown import escape, truncate
from bot.discord_frontend.moderation import draft_actions, moderation_text, preview_panels
from bot.discord_frontend.moderation.custom_ids import parse_number
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.moderation_text import asked_times, count_of
from bot.discord_frontend.moderation.panel_sender import defer, send
from bot.discord_frontend.moderation.panels import Button, Panel, Select, select_option
from bot.discord_frontend.services import Interaction
from bot.editing import question_groups
from bot.editing.entry_form import topics
from bot.editing.question_groups import QuestionGroup
from bot.errors import PilcrowError
from bot.journal.records import Draft
from bot.story.models import Story

PAGE_SIZE = 4
"""Questions on a page: one row of buttons each, and one row for turning pages; Discord allows five rows."""
QUESTION_LENGTH, GUESS_LENGTH = 200, 120


class NotInInbox(PilcrowError):
    """The question is no longer in the inbox, or the entry is no longer in the base."""


async def show_inbox(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Show a page of the inbox; `argument`: its number."""
    wanted = parse_number(argument or "1")
    if not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True, thinking=interaction.message is None)
    groups = await service.inbox()
    drafts = len(await service.pending_drafts())
    dismissed = await asyncio.to_thread(service.journal.inbox.dismissed, 1)
    page = max(1, min(wanted, -(-len(groups) // PAGE_SIZE)))
    answerer = service.answerer
    shown = [
        await asyncio.to_thread(question_groups.with_guesses, group, answerer)
        for group in groups[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]
    for group in shown:
        service.inbox_cache[group.id] = group
    panel = page_panel(shown, page, len(groups), drafts, answerer.story)
    if dismissed:
        row = max((button.row for button in panel.buttons), default=0) if not shown else len(shown)
        panel = replace(panel, buttons=(*panel.buttons, Button("Dismissed", "dismissed", row=row)))
    await send(interaction, panel)


def page_panel(groups: Sequence[QuestionGroup], page: int, total: int, drafts: int, story: Story) -> Panel:
    """Return one page; `total`: number of questions on all pages, `drafts`: number of pending drafts."""
    if not groups:
        return Panel(moderation_text.INBOX_EMPTY, buttons=preview_panels.drafts_button(drafts))
    pages = -(-total // PAGE_SIZE)
    text = "\n\n".join(_group_text(number, group, story) for number, group in enumerate(groups, 1))
    embed = Embed(
        title=f"Inbox: {count_of(total, 'question')} without a good answer",
        description=truncate(text, discord_limits.EMBED_DESCRIPTION),
    )
    position = f"Page {page} of {pages}. " if pages > 1 else ""
    embed.set_footer(text=f"{position}{moderation_text.INBOX_HELP}")
    buttons = [button for number, group in enumerate(groups, 1) for button in _group_buttons(number, group, page)]
    below = [Button("Previous page", "inbox", str(page - 1))] if page > 1 else []
    below += [Button("Next page", "inbox", str(page + 1))] if page < pages else []
    below += preview_panels.drafts_button(drafts)
    below += [Button("Accept several", "several")] if any(group.guesses for group in groups) else []
    return Panel("", (embed,), buttons=(*buttons, *(replace(button, row=len(groups)) for button in below)))


def _group_text(number: int, group: QuestionGroup, story: Story) -> str:
    lines = [
        f"**{number}. {escape(truncate(group.text, QUESTION_LENGTH))}**",
        f"{asked_times(group.count)}, last on {group.last_seen}",
    ]
    if group.entry:
        entry = story.entries.get(group.entry)
        question = moderation_text.quoted(entry.question if entry else group.entry)
        lines.append(f"The answer to {question} did not help.")
        if group.reasons:
            lines.append(f"👎 {group.count}: {group.complaints}")
    lines += [f"{letter}) {escape(truncate(question, GUESS_LENGTH))}" for letter, _, question in _lettered(group)]
    return "\n".join(lines)


def _group_buttons(number: int, group: QuestionGroup, page: int) -> list[Button]:
    row = number - 1
    buttons = [Button(f"{number}{letter}", "as", f"{group.id}:{id}", row=row) for letter, id, _ in _lettered(group)]
    if group.entry:
        buttons.insert(0, Button(f"{number}: edit that answer", "edit", f"{group.id}:{group.entry}", row=row))
    return [
        *buttons,
        Button(f"{number}: new answer", "new", str(group.id), "primary", row=row),
        Button(f"{number}: dismiss", "dismiss", f"{page}:{group.id}", row=row),
    ]


def _lettered(group: QuestionGroup) -> list[tuple[str, str, str]]:
    """Return (letter, entry, question) of as many guesses as there is room for buttons."""
    letters = "ab" if group.entry else "abc"
    return [(letter, id, question) for letter, (id, question) in zip(letters, group.guesses, strict=False)]


async def add_phrasing(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Preview a question of the inbox as a phrasing of an entry; `argument`: id of the question, id of the entry."""
    question_id, _, entry = argument.partition(":")
    await defer(interaction, moderation_text.CHECKING)
    group = await _group(service, question_id)
    draft = Draft("phrase", entry, {"phrasing": group.text}, question_ids=(group.id,), reason=_reason(group))
    await draft_actions.save_and_preview(service, interaction, draft)


async def list_suggestions(service: ModerationService, interaction: Interaction, _: str) -> None:
    """List the most frequent questions with the closest entry to each, in a select of which several can be chosen."""
    await defer(interaction, moderation_text.CHECKING)
    answerer = service.answerer
    options = []
    for group in (await service.inbox())[: discord_limits.SELECT_OPTIONS]:
        guessed = await asyncio.to_thread(question_groups.with_guesses, group, answerer)
        options += [select_option(group.text, f"{group.id}:{id}", question) for id, question in guessed.guesses[:1]]
    if not options:
        await send(interaction, Panel(moderation_text.NO_SUGGESTIONS))
        return
    select = Select(moderation_text.CHOOSE_SUGGESTIONS, "accept", options, len(options))
    await send(interaction, Panel(moderation_text.SUGGESTIONS, selects=(select,)))


async def accept_suggestions(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Preview several questions as phrasings of the entries closest to them; `argument`: as of `add_phrasing`, each."""
    await defer(interaction, moderation_text.CHECKING)
    texts: dict[str, str] = {}
    ids = []
    for pair in argument.split():
        question_id, _, entry = pair.partition(":")
        if entry not in service.story.entries:
            raise NotInInbox(moderation_text.ENTRY_GONE)
        group = await _group(service, question_id)
        texts[entry] = "\n".join(filter(None, (texts.get(entry), group.text)))
        ids.append(group.id)
    draft = Draft("phrases", texts=texts, question_ids=tuple(ids), reason=moderation_text.FROM_INBOX)
    await draft_actions.save_and_preview(service, interaction, draft)


async def write_answer(service: ModerationService, interaction: Interaction, question_id: str) -> None:
    """Open the form of a new entry for a question of the inbox, in the topic of the closest entry."""
    group = await _group(service, question_id)
    answerer = service.answerer
    candidates = answerer.matcher.match(group.text).candidates
    files = [answerer.story.entries[candidate.entry].file for candidate in candidates[:1]]
    topic = files[0].removeprefix("qa/").removesuffix(".yaml") if files else topics(answerer.story)[0]
    draft = Draft("add", topic, {"question": group.text}, question_ids=(group.id,), reason=_reason(group))
    await draft_actions.open_form(service, interaction, draft)


async def edit_answer(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Open the form of the entry that did not help; `argument`: id of the question, id of the entry."""
    question_id, _, entry = argument.partition(":")
    group = await _group(service, question_id)
    if entry not in service.story.entries:
        raise NotInInbox(moderation_text.ENTRY_GONE)
    await draft_actions.open_edit_form(service, interaction, entry, "it did not help", asked=group.id)


async def dismiss(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Take a group of questions off the inbox; `argument`: number of the page, id of the question."""
    page, _, question_id = argument.partition(":")
    id = parse_number(question_id)
    await interaction.response.defer()
    group = question_groups.find_group(await service.inbox(), id)
    if group is not None:
        await asyncio.to_thread(service.journal.inbox.dismiss, group.ids)
    await show_inbox(service, interaction, page)


async def list_dismissed(service: ModerationService, interaction: Interaction, _: str) -> None:
    """List the dismissed questions in a select that brings one back."""
    questions = await asyncio.to_thread(service.journal.inbox.dismissed, discord_limits.SELECT_OPTIONS)
    if not questions:
        await send(interaction, Panel(moderation_text.NONE_DISMISSED))
        return
    options = [
        select_option(question.text, str(question.id), f"{asked_times(question.count)}, last on {question.last_seen}")
        for question in questions
    ]
    select = Select(moderation_text.CHOOSE_DISMISSED, "restore", options)
    await send(interaction, Panel(moderation_text.DISMISSED, selects=(select,)))


async def restore(service: ModerationService, interaction: Interaction, question_id: str) -> None:
    """Bring a dismissed question back, with those that were dismissed with it."""
    id = parse_number(question_id)
    await interaction.response.defer()
    questions = await asyncio.to_thread(service.journal.inbox.dismissed, question_groups.MAX_QUESTIONS)
    groups = await asyncio.to_thread(question_groups.group_questions, questions, service.answerer)
    group = question_groups.find_group(groups, id)
    if group is None or not await asyncio.to_thread(service.journal.inbox.restore, group.ids):
        raise NotInInbox(moderation_text.NOT_DISMISSED)
    await send(interaction, Panel(moderation_text.restored(group.text), buttons=(Button("Inbox", "inbox", "1"),)))


async def _group(service: ModerationService, question_id: str) -> QuestionGroup:
    """Return the group that a question is in. Raise NotInInbox."""
    id = parse_number(question_id)
    group = service.inbox_cache.get(id) or question_groups.find_group(await service.inbox(), id)
    if group is None:
        raise NotInInbox(moderation_text.NOT_IN_INBOX)
    return group


def _reason(group: QuestionGroup) -> str:
    return f"from the inbox, {asked_times(group.count)}"
