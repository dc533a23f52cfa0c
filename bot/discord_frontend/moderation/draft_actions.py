"""What happens to a draft: its form is opened and sent, it is looked at, published, discarded.

A form's text is kept before anything else happens to it. Whatever goes wrong afterwards, the text can be opened again.
"""

import logging
from collections.abc import Awaitable, Mapping
from typing import Any, cast

import discord
from msgspec.structs import replace

from bot.discord_frontend.asking.ask_service import TooFast
from bot.discord_frontend.asking.buttons import Interaction
from bot.discord_frontend.common.discord_limits import OPTION
from bot.discord_frontend.common.user_text import cut
from bot.discord_frontend.moderation import forms, moderation_text, preview_panels
from bot.discord_frontend.moderation.controls import show, wait
from bot.discord_frontend.moderation.forms import Part
from bot.discord_frontend.moderation.moderation_service import Office
from bot.discord_frontend.moderation.panels import Act, Pick, Sheet
from bot.discord_frontend.moderation.permissions import NOT_A_MODERATOR
from bot.editing.drafts import Draft, new_key
from bot.editing.entry_form import texts
from bot.editing.preview import Collision
from bot.errors import PilcrowError
from bot.journal.records import Change

log = logging.getLogger(__name__)


async def begin(office: Office, interaction: Interaction, draft: Draft, part: Part = "text") -> None:
    """Opens the form of a new draft; at once, since a form can't be put off."""
    await interaction.response.send_modal(forms.opened(draft, part, office.desk.answerer.story))
    await office.keep(draft, waiting=False)


async def begin_edit(office: Office, interaction: Interaction, id: str, why: str = "", asked: int = 0) -> None:
    """Opens the form of an entry, filled in with what is published."""
    story = office.desk.answerer.story
    now = texts(story.entries[id], story)
    draft = Draft("edit", id, texts=now, before=now, why=why, asked=(asked,) if asked else ())
    await begin(office, interaction, draft)


async def reopen(office: Office, interaction: Interaction, about: str) -> None:
    """Opens a form of a draft again, with the same text; `about`: which form, and the draft's key."""
    part, _, key = about.partition(":")
    draft = await office.draft(key)
    await interaction.response.send_modal(forms.opened(draft, cast("Part", part), office.desk.answerer.story))


async def submitted(office: Office, interaction: Interaction, key: str, typed: Mapping[str, str]) -> None:
    """Takes a form's text: kept first, then looked at."""
    try:
        office.desk.admit(interaction.user.id, "form")
    except TooFast as error:
        if office.desk.may_refuse(interaction.user.id):  # without an answer Discord leaves the form open
            await show(interaction, preview_panels.given_back(typed, str(error)))
        return
    draft, unkept = await _kept(office, key, typed)
    if draft is None:
        office.moderators.require(interaction)
        sheet = Sheet(moderation_text.LOST)
        await show(
            interaction, preview_panels.unkept(sheet, Draft("edit", texts=typed), unkept or moderation_text.LOST)
        )
        return
    if not office.moderators.include(interaction):
        await show(interaction, Sheet(NOT_A_MODERATOR, acts=preview_panels.again(draft)))
        return
    await look(office, interaction, draft, here=_stands_in(interaction.message, key), unkept=unkept)


async def _kept(office: Office, key: str, typed: Mapping[str, str]) -> tuple[Draft | None, str]:
    """The draft with the text that was typed, and why it could not be written down, if so."""
    try:
        old = await office.draft(key)
    except PilcrowError as error:
        return None, str(error)
    fields = {**old.texts, **typed}
    topic = fields.pop("topic", old.about) if old.kind == "add" else old.about
    draft = replace(old, about=topic, texts=fields, key=new_key())
    return draft, await office.keep(draft, waiting=True, replaces=key)


async def start(office: Office, interaction: Interaction, draft: Draft) -> None:
    """Keeps a draft that needs no form, and looks at it."""
    unkept = await office.keep(draft, waiting=True)
    await look(office, interaction, draft, unkept=unkept)


async def look(
    office: Office, interaction: Interaction, draft: Draft, *, here: bool = False, note: str = "", unkept: str = ""
) -> None:
    """Shows what a draft would do, or why it can't be published."""
    if not interaction.response.is_done():
        await wait(interaction, Sheet(moderation_text.WORKING), here=here)
    sheet = await _or_given_back(draft, _looked(office, draft, note))
    await show(interaction, preview_panels.unkept(sheet, draft, unkept) if unkept else sheet)


async def _looked(office: Office, draft: Draft, note: str) -> Sheet:
    return preview_panels.preview(await office.look(draft), note)


async def _or_given_back(draft: Draft, made: Awaitable[Sheet]) -> Sheet:
    """What is made of a draft; where that goes wrong, whatever it is, the reason with the draft's text."""
    try:
        return await made
    except Collision as error:
        return preview_panels.collision(draft, error, draft.before.get("question", draft.about))
    except PilcrowError as error:
        return preview_panels.problem(draft, error)
    except Exception:
        log.exception("This is a bug")
        return preview_panels.problem(draft, moderation_text.BUG)


async def publish(office: Office, interaction: Interaction, about: str) -> None:
    """Publishes what a preview showed."""
    await _publish(office, interaction, about, despite=False)


async def publish_despite(office: Office, interaction: Interaction, about: str) -> None:
    """Publishes what a preview showed, in spite of its warnings."""
    await _publish(office, interaction, about, despite=True)


async def _publish(office: Office, interaction: Interaction, about: str, *, despite: bool) -> None:
    key, _, seen = about.partition(":")
    if key in office.publishing:
        await interaction.response.defer()
        return
    office.publishing.add(key)
    try:
        draft = await office.draft(key)
        await wait(interaction, Sheet(moderation_text.PUBLISHING), here=True)
        published = _published(office, draft, seen, interaction.user.name, despite=despite)
        await show(interaction, await _or_given_back(draft, published))
    finally:
        office.publishing.discard(key)


async def _published(office: Office, draft: Draft, seen: str, who: str, *, despite: bool) -> Sheet:
    found = await office.publish(draft, seen, who, despite=despite)
    return (
        preview_panels.done(found)
        if isinstance(found, Change)
        else preview_panels.preview(found, moderation_text.LOOK_AGAIN)
    )


async def discard(office: Office, interaction: Interaction, key: str) -> None:
    """Forgets a draft."""
    await office.drop(key)
    await show(interaction, Sheet(moderation_text.DISCARDED), here=True)


async def take_theirs(office: Office, interaction: Interaction, key: str) -> None:
    """Leaves what somebody else has published."""
    await office.drop(key)
    await show(interaction, Sheet(moderation_text.THEIRS), here=True)


async def take_mine(office: Office, interaction: Interaction, key: str) -> None:
    """Goes on with one's own text, over what somebody else has published."""
    draft = await _upon_theirs(office, key)
    await look(office, interaction, draft, here=True)


async def edit_on(office: Office, interaction: Interaction, key: str) -> None:
    """Opens one's own text again, to be written over what somebody else has published."""
    draft = await _upon_theirs(office, key)
    await interaction.response.send_modal(forms.opened(draft, "text", office.desk.answerer.story))


async def _upon_theirs(office: Office, key: str) -> Draft:
    """The draft as one that was begun with what is published now."""
    draft = await office.draft(key)
    story = await office.story()
    entry = story.entries.get(draft.about)
    mine = replace(draft, before=texts(entry, story) if entry else {}, key=new_key())
    await office.keep(mine, waiting=True, replaces=key)
    return mine


async def undo(office: Office, interaction: Interaction, number: str) -> None:
    """Begins to take a change back."""
    await start(office, interaction, Draft("undo", number))


async def list_drafts(office: Office, interaction: Interaction, _: str) -> None:
    """Lists what was written and not published, to be opened again."""
    found = await office.drafts()
    if not found:
        await show(interaction, Sheet(moderation_text.NO_DRAFTS))
        return
    story = office.desk.answerer.story
    options = []
    for draft in found:
        entry = story.entries.get(draft.about)
        question = draft.texts.get("question") or (entry.question if entry else draft.about)
        shown = draft.texts.get("answer") or draft.texts.get("phrasing") or ""
        options.append((cut(moderation_text.kind(draft, question), OPTION), draft.key, cut(shown, OPTION)))
    await show(
        interaction, Sheet(moderation_text.DRAFTS, picks=(Pick(moderation_text.PICK_DRAFT, "draft", "", options),))
    )


async def open_draft(office: Office, interaction: Interaction, key: str) -> None:
    """Looks at a draft that was left lying."""
    await look(office, interaction, await office.draft(key))


def _stands_in(message: discord.Message | None, key: str) -> bool:
    """Whether a message is about this draft, so that what comes of it may stand in its place."""
    rows: list[Any] = list(message.components) if message else []
    return any(key in (getattr(item, "custom_id", None) or "") for row in rows for item in getattr(row, "children", ()))


def to_drafts(count: int) -> tuple[Act, ...]:
    """The button to what was not published, where there is any."""
    return (Act(f"Unpublished texts ({count})", "drafts"),) if count else ()
