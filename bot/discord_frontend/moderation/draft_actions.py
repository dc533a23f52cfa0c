"""What moderators do with drafts: fill in forms, preview, publish, discard.

A form's text is saved before anything else happens to it, so that it can be opened again whatever goes wrong.
"""

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, cast

import discord
from msgspec.structs import replace

from bot.discord_frontend.common.cooldown import OnCooldown
from bot.discord_frontend.moderation import forms, moderation_text, preview_panels
from bot.discord_frontend.moderation.custom_ids import parse_number
from bot.discord_frontend.moderation.forms import Form
from bot.discord_frontend.moderation.moderation_service import ModerationService
from bot.discord_frontend.moderation.panel_sender import defer, send
from bot.discord_frontend.moderation.panels import Panel, Select, select_option
from bot.discord_frontend.moderation.permissions import NOT_A_MODERATOR
from bot.discord_frontend.services import Interaction
from bot.editing.entry_form import form_texts, merge_submitted
from bot.editing.form_parser import MoreNeeded
from bot.editing.preview import Collision, Preview
from bot.errors import PilcrowError
from bot.journal.records import Change, Draft, new_draft_key
from bot.story.models import Story

ENTRIES_OFFERED = 60
"""Entries that are looked for to be chosen from; a select holds 25 of them."""
log = logging.getLogger(__name__)


async def open_form(service: ModerationService, interaction: Interaction, draft: Draft, form: Form = "text") -> None:
    """Open a form for a new draft, at once: a form can't be deferred."""
    await interaction.response.send_modal(_modal(service, draft, form))
    await service.save_draft(draft, pending=False)


async def open_edit_form(
    service: ModerationService, interaction: Interaction, id: str, why: str = "", asked: int = 0
) -> None:
    """Open the form of an entry, filled in with the published texts; `asked`: the inbox's question that led here."""
    story = service.story
    published = form_texts(story.entries[id], story)
    draft = Draft(
        "edit", id, texts=published, original_texts=published, reason=why, question_ids=(asked,) if asked else ()
    )
    await open_form(service, interaction, draft)


async def reopen_form(service: ModerationService, interaction: Interaction, argument: str) -> None:
    """Open one of a draft's forms again, filled in with the draft; `argument`: the form and the draft's key."""
    form, _, key = argument.partition(":")
    draft = await service.load_draft(key)
    await interaction.response.send_modal(_modal(service, draft, cast("Form", form)))


def _modal(service: ModerationService, draft: Draft, form: Form) -> discord.ui.Modal:
    """Return a form of a draft, with the entries most like it first among those that can be chosen."""
    entry = service.story.entries.get(draft.target)
    question = draft.texts.get("question") or (entry.question if entry else "")
    closest = service.answerer.suggest(question, ENTRIES_OFFERED) if question and form in ("more", "links") else []
    return forms.modal(draft, form, service.story, [id for id, _ in closest])


async def submit(service: ModerationService, interaction: Interaction, key: str, submitted: Mapping[str, str]) -> None:
    """Save a submitted form as a new draft in place of the one with this key, then preview it."""
    try:
        service.cooldown.admit(interaction.user.id, "form")
    except OnCooldown as error:
        if service.cooldown.may_report_error(interaction.user.id):  # without an answer, Discord leaves the form open
            await send(interaction, preview_panels.not_saved(submitted, error))
        return
    try:
        draft = _submitted_draft(await service.load_draft(key), submitted, service.story)
    except PilcrowError as error:
        service.moderators.require(interaction)
        await send(interaction, preview_panels.not_saved(submitted, error))
        return
    failure = await service.save_draft(draft, pending=True, replaces=key)
    if not service.moderators.include(interaction):
        await send(interaction, Panel(NOT_A_MODERATOR, buttons=preview_panels.draft_buttons(draft)))
        return
    in_place = _shows_draft(interaction.message, key)
    await show_preview(service, interaction, draft, in_place=in_place, save_failure=failure)


def _submitted_draft(draft: Draft, submitted: Mapping[str, str], story: Story) -> Draft:
    """Return a new draft with the submitted fields replaced. A new answer's topic is the draft's target."""
    fields = merge_submitted(draft.texts, submitted, story)
    topic = fields.pop("topic", draft.target) if draft.kind == "add" else draft.target
    return replace(draft, target=topic, texts=fields, key=new_draft_key())


async def save_and_preview(service: ModerationService, interaction: Interaction, draft: Draft) -> None:
    """Save and preview a draft that needs no form."""
    failure = await service.save_draft(draft, pending=True)
    await show_preview(service, interaction, draft, save_failure=failure)


async def show_preview(
    service: ModerationService,
    interaction: Interaction,
    draft: Draft,
    *,
    in_place: bool = False,
    save_failure: str = "",
) -> None:
    """Show what a draft would change, or why it can't be published."""
    if not interaction.response.is_done():
        await defer(interaction, moderation_text.CHECKING, in_place=in_place)
    outcome = await _outcome(draft, service.preview(draft))
    await send(interaction, preview_panels.with_save_failure(outcome, draft, save_failure) if save_failure else outcome)


async def publish(
    service: ModerationService, interaction: Interaction, argument: str, *, despite_warnings: bool = False
) -> None:
    """Publish what a preview showed; `argument`: the draft's key and the preview's fingerprint."""
    key, _, fingerprint = argument.partition(":")
    if key in service.publishing:
        await interaction.response.defer()
        return
    service.publishing.add(key)
    try:
        draft = await service.load_draft(key)
        await defer(interaction, moderation_text.PUBLISHING, in_place=True)
        author = interaction.user.name
        publishing = service.publish(draft, fingerprint, author, despite_warnings=despite_warnings)
        await send(interaction, await _outcome(draft, publishing, note=moderation_text.CHECK_AGAIN))
    finally:
        service.publishing.discard(key)


async def _outcome(draft: Draft, work: Awaitable[Change | Preview], note: str = "") -> Panel:
    """Return the panel for what became of a draft: published, to be previewed (with `note`), or why it failed.

    Whatever goes wrong, the panel offers the draft again.
    """
    try:
        result = await work
    except Collision as error:
        return preview_panels.collision_panel(draft, error)
    except MoreNeeded as error:
        return preview_panels.next_step_panel(draft, error)
    except PilcrowError as error:
        return preview_panels.problem_panel(draft, error)
    except Exception:
        log.exception("This is a bug")
        return preview_panels.problem_panel(draft, moderation_text.BUG)
    if isinstance(result, Change):
        return preview_panels.published_panel(result, draft)
    return preview_panels.preview_panel(result, note)


async def discard(service: ModerationService, interaction: Interaction, key: str) -> None:
    """Delete a draft."""
    await service.delete_draft(key)
    await send(interaction, Panel(moderation_text.DISCARDED), in_place=True)


async def keep_theirs(service: ModerationService, interaction: Interaction, key: str) -> None:
    """Resolve a collision by deleting the draft."""
    await service.delete_draft(key)
    await send(interaction, Panel(moderation_text.THEIRS_KEPT), in_place=True)


async def use_mine(service: ModerationService, interaction: Interaction, key: str) -> None:
    """Resolve a collision by previewing the draft as a change of what is published now."""
    await show_preview(service, interaction, await _rebased(service, key), in_place=True)


async def keep_editing(service: ModerationService, interaction: Interaction, key: str) -> None:
    """Resolve a collision by opening the draft's form again, as a change of what is published now."""
    draft = await _rebased(service, key)
    await interaction.response.send_modal(_modal(service, draft, "phrase" if draft.kind == "phrase" else "text"))


async def _rebased(service: ModerationService, key: str) -> Draft:
    """Save the draft as one that was started from what is published now, and return it."""
    draft = await service.load_draft(key)
    story = await service.story_on_disk()
    entry = story.entries.get(draft.target)
    rebased = replace(draft, original_texts=form_texts(entry, story) if entry else {}, key=new_draft_key())
    await service.save_draft(rebased, pending=True, replaces=key)
    return rebased


async def undo(service: ModerationService, interaction: Interaction, number: str) -> None:
    """Preview the undoing of a change."""
    await save_and_preview(service, interaction, Draft("undo", str(parse_number(number))))


async def list_drafts(service: ModerationService, interaction: Interaction, _: str) -> None:
    """List the pending drafts in a select."""
    drafts = await service.pending_drafts()
    if not drafts:
        await send(interaction, Panel(moderation_text.NO_DRAFTS))
        return
    options = []
    for draft in drafts:
        entry = service.story.entries.get(draft.target)
        question = draft.texts.get("question") or (entry.question if entry else draft.target)
        text = draft.texts.get("answer") or draft.texts.get("phrasing") or ""
        options.append(select_option(moderation_text.draft_label(draft, question), draft.key, text))
    await send(
        interaction, Panel(moderation_text.DRAFTS, selects=(Select(moderation_text.CHOOSE_DRAFT, "draft", options),))
    )


async def open_draft(service: ModerationService, interaction: Interaction, key: str) -> None:
    """Preview a pending draft."""
    await show_preview(service, interaction, await service.load_draft(key))


def _shows_draft(message: discord.Message | None, key: str) -> bool:
    """Return whether a message is the panel of this draft, so that the next panel may take its place."""
    rows: list[Any] = list(message.components) if message else []
    return any(key in (getattr(item, "custom_id", None) or "") for row in rows for item in getattr(row, "children", ()))
