"""The moderators' forms: an entry's fields as modals, and the texts that come back. Pure.

An entry has three forms because a modal holds five fields: what members read, the source with its denial, and the links.
The modals are not registered with discord.py, which would forget them at a restart: a form that is open then could not
be submitted any more.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import discord
from discord import SelectOption, ui

from bot.cards import discord_limits
from bot.cards.markdown import truncate
from bot.discord_frontend.moderation.custom_ids import unknown_action
from bot.discord_frontend.moderation.form_choices import choices, chosen_values, topic_choices
from bot.editing.entry_form import MAX_TOPIC, OTHER, count_hidden_phrasings
from bot.journal.records import Draft
from bot.nlp.sanitize import sanitize
from bot.story import field_lengths
from bot.story.entry import FORM_FIELDS, EntryField, FieldKind, FormPart
from bot.story.models import Story

Form = Literal[FormPart, "phrase"]
PREFIX = "pilcrow-kb-form"
TITLES = {"add": "New answer", "edit": "Edit answer", "phrase": "Another way of asking"}
FORMS: Sequence[Form] = ("text", "more", "links", "phrase")
PART_TITLES: Mapping[Form, str] = {"more": "Source and denial", "links": "Button and links"}
"""Titles of an entry's further forms, which are those of the buttons that open them too."""
MORE_PHRASINGS_HELP = "One per line. {} more don't fit in here and stay as they are."
ONE_LINE = 256
"""Maximum characters of a field that is one line high."""
INPUT_LENGTHS: Mapping[FieldKind, int] = {
    "texts": discord_limits.FORM_TEXT,
    "paragraphs": 100,
    "people": 500,
    "entry": field_lengths.QUESTION,
    "entries": 1000,
}
"""Maximum characters of a field, by kind; that of a text is declared with the field."""
OTHER_LABELS: Mapping[FieldKind, tuple[str, str]] = {
    "paragraphs": ("Other paragraphs", "Their numbers, as in 2, 15."),
    "people": ("Somebody else", "Names that are not in the list above, one per line."),
    "entry": ("Another answer", "Its question, if it is not in the list above."),
    "entries": ("Other answers", "Questions that are not in the list above, one per line."),
    "text": ("A new topic", "One or two words. Leave it empty to use the topic above."),
}
"""Label and help of the input beside a select that does not hold everything."""
MAX_FIELDS = 5
CHOSEN_ONLY: Collection[FieldKind] = ("claim", "developments", "standing")
"""Kinds of fields that are left out where there is nothing to choose."""
TOPIC = EntryField(
    kind="text",
    key="topic",
    label="Topic",
    help_text="The part of the base it belongs to; members don't see it.",
    required=True,
)


def modal(draft: Draft, form: Form, story: Story, closest: Sequence[str] = ()) -> ui.Modal:
    """Return a form filled in with the draft; `story` supplies what can be chosen. Raise ActionUnavailable.

    closest: ids of the entries that are most like the draft's, best first.
    """
    if form not in FORMS or draft.kind not in TITLES:
        raise unknown_action()
    title = PART_TITLES.get(form, TITLES[draft.kind])
    filled = ui.Modal(title=title, custom_id=f"{PREFIX}:{form}:{draft.key}")
    labels = _phrasing_field(draft, story) if form == "phrase" else _entry_fields(draft, form, story, closest)
    for label in labels:
        filled.add_item(label)
    filled.stop()  # so that discord.py does not keep it
    return filled


def draft_key(custom_id: str) -> str | None:
    """Return the key of the draft that a form was opened for; None if it is no moderators' form."""
    prefix, _, rest = custom_id.partition(":")
    return rest.rpartition(":")[2] if prefix == PREFIX else None


def submitted_texts(components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the submitted text of each field; several choices are separated by newlines."""
    texts = {}
    for label in components:
        field = label.get("component") or {}
        if "custom_id" in field:
            text = "\n".join(field["values"]) if "values" in field else field.get("value") or ""
            texts[str(field["custom_id"])] = text
    return texts


def _entry_fields(draft: Draft, form: FormPart, story: Story, closest: Sequence[str]) -> Iterator[ui.Label[Any]]:
    """Yield the fields of one of an entry's forms: those that its standing needs, and those that are filled in."""
    standing = draft.texts.get("standing", "")
    fields = [
        field
        for field in FORM_FIELDS.values()
        if field.form == form and (draft.texts.get(field.key) or field.is_shown_for(standing))
    ]
    chosen = [(field, choices(field, draft, story, closest)) for field in fields]
    shown = [(field, options) for field, options in chosen if options or field.kind not in CHOSEN_ONLY]
    if form == "links" and draft.kind == "add":
        shown.append((TOPIC, topic_choices(draft, story)))
    space = MAX_FIELDS - len(shown)
    for field, options in shown:
        if not options:
            yield _text_input(draft, field, story)
            continue
        text = draft.target if field is TOPIC else draft.texts.get(field.key, "")
        values = chosen_values(text, field, story)
        unlisted = [value for value in values if value not in {option.value for option in options}]
        may_need_other = field.kind in OTHER_LABELS and (
            bool(unlisted) or len(options) > discord_limits.SELECT_OPTIONS or field is TOPIC
        )
        is_fitting = may_need_other and space > 0
        space -= is_fitting
        yield _select(values, field, options)
        if is_fitting:
            yield _other_input(field, "\n".join(unlisted))


def _other_input(field: EntryField, text: str) -> ui.Label[Any]:
    """Return the input for what a select does not hold."""
    label, help_text = OTHER_LABELS[field.kind]
    max_length = MAX_TOPIC if field is TOPIC else INPUT_LENGTHS[field.kind]
    text_input = ui.TextInput[Any](
        custom_id=f"{field.key}{OTHER}",
        style=discord.TextStyle.paragraph if max_length > ONE_LINE else discord.TextStyle.short,
        default=_default(text, max_length),
        required=False,
        max_length=max_length,
    )
    return ui.Label(text=label, description=help_text, component=text_input)


def _phrasing_field(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    entry = story.entries.get(draft.target)
    help_text = f"As somebody would type it, for ‘{entry.question}’" if entry else "As somebody would type it."
    field = ui.TextInput[Any](
        custom_id="phrasing",
        default=_default(draft.texts.get("phrasing"), field_lengths.PHRASING),
        max_length=field_lengths.PHRASING,
    )
    description = truncate(help_text, discord_limits.LABEL_DESCRIPTION)
    yield ui.Label(text="How people ask it", description=description, component=field)


def _text_input(draft: Draft, field: EntryField, story: Story) -> ui.Label[Any]:
    max_length = field.max_length if field.kind == "text" else INPUT_LENGTHS[field.kind]
    hidden = count_hidden_phrasings(story.entries.get(draft.target)) if field.kind == "texts" else 0
    text_input = ui.TextInput[Any](
        custom_id=field.key,
        style=discord.TextStyle.paragraph if max_length > ONE_LINE else discord.TextStyle.short,
        default=_default(draft.texts.get(field.key), max_length),
        required=field.required,
        max_length=max_length,
    )
    help_text = MORE_PHRASINGS_HELP.format(hidden) if hidden else field.help_text
    return ui.Label(text=field.label, description=help_text, component=text_input)


def _select(chosen: Sequence[str], field: EntryField, options: Sequence[SelectOption]) -> ui.Label[Any]:
    """Return a select of the first options that fit, the chosen ones among them whatever their position."""
    for option in options:
        option.default = option.value in chosen
    kept = sorted(options, key=lambda option: not option.default)[: discord_limits.SELECT_OPTIONS]
    shown = [option for option in options if option in kept]
    select = ui.Select[Any](
        custom_id=field.key,
        options=shown,
        required=field.required,
        min_values=int(field.required),
        max_values=len(shown) if field.is_list else 1,
    )
    return ui.Label(text=field.label, description=field.help_text, component=select)


def _default(text: str | None, max_length: int) -> str | None:
    """Return what a field is filled in with: no hidden characters, and no more than Discord accepts."""
    return sanitize(text or "")[:max_length] or None
