"""The moderators' forms: an entry's fields as modals, and the texts that come back. Pure.

An entry has two forms because a modal holds five fields: first what members read, then the source and what goes with it.
The modals are not registered with discord.py, which would forget them at a restart: a form that is open then could not
be submitted any more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import discord
from discord import SelectOption, ui

from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut
from bot.discord_frontend.moderation.panels import select_option
from bot.editing.entry_form import LABELS, topics, unshown
from bot.i18n.messages import PHRASES
from bot.journal.records import Draft
from bot.nlp.sanitize import sanitize
from bot.story import text_limits
from bot.story.models import STANDINGS, Story

Form = Literal["text", "more", "phrase"]
PREFIX = "pilcrow-kb-form"
TITLES = {"add": "New answer", "edit": "Edit answer", "phrase": "Another way of asking"}
SECOND_FORM_TITLE = "Source, denial and links"
STANDING_HELP = {
    "reported": "The article itself reports it as a fact.",
    "alleged": "Somebody alleges it. The second form asks who, and which allegation.",
    "denied": "Somebody denies it. The second form asks who.",
    "said": "Somebody said it. The second form asks who.",
    "assumed": "Widely believed, but not established by anybody.",
    "not_covered": "The second form asks for the nearest thing that it does say.",
}
QUESTION_HELP = "As a member would ask it."
ANSWER_HELP = "In your own words, and no more than the paragraphs say."
CITES_HELP = "Their numbers, as in 2, 15. Use /paragraph to see what each one says."
STANDING_QUESTION = "How certain is it, according to the article?"
PHRASINGS_HELP = "One per line, as people type them. The more there are, the easier the answer is to find."
MORE_PHRASINGS_HELP = "One per line. {} more don't fit in here and stay as they are."
BY_HELP = "Names, one per line. Leave it empty if the article itself reports it."
CLAIM_HELP = "Its denial and later findings are then shown with the answer."
NEAREST_HELP = "The question of that answer. Only for ‘The article does not say’."
TOPIC_HELP = "The part of the base it belongs to; members don't see it."
RELATED_HELP = "Questions of other answers, one per line; they become buttons under this one."
DEVELOPMENTS_HELP = "Shown below the answer, apart from the article."
CITES_LENGTH, BY_LENGTH, RELATED_LENGTH = 100, 500, 1000
"""Maximum characters of fields whose length the base does not limit."""


def modal(draft: Draft, form: Form, story: Story) -> ui.Modal:
    """Return a form filled in with the draft; `story` supplies what can be chosen."""
    title = SECOND_FORM_TITLE if form == "more" else TITLES[draft.kind]
    filled = ui.Modal(title=title, custom_id=f"{PREFIX}:{form}:{draft.key}")
    fields = {"text": _text_fields, "more": _source_fields, "phrase": _phrasing_field}[form]
    for label in fields(draft, story):
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


def _text_fields(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    texts = draft.texts
    yield _text_input(texts, "question", QUESTION_HELP, text_limits.QUESTION)
    yield _text_input(texts, "answer", ANSWER_HELP, text_limits.ANSWER, multiline=True)
    yield _text_input(texts, "cites", CITES_HELP, CITES_LENGTH)
    names = PHRASES["en"].standing
    standings = [select_option(names[standing], standing, STANDING_HELP[standing]) for standing in STANDINGS]
    yield _select(texts, "standing", STANDING_QUESTION, standings, required=True)
    hidden = unshown(story.entries.get(draft.target))
    help_text = MORE_PHRASINGS_HELP.format(hidden) if hidden else PHRASINGS_HELP
    yield _text_input(texts, "phrasings", help_text, discord_limits.FORM_TEXT, multiline=True, required=False)


def _source_fields(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    texts = draft.texts
    yield _text_input(texts, "by", BY_HELP, BY_LENGTH, multiline=True, required=False)
    claims = [select_option(claim.text, claim.id) for claim in story.claims.values()]
    if claims:
        yield _select(texts, "claim", CLAIM_HELP, claims)
    yield _text_input(texts, "nearest", NEAREST_HELP, text_limits.QUESTION, required=False)
    if draft.kind == "add":
        names = dict.fromkeys((draft.target, *topics(story)))
        options = [select_option(name, name) for name in names if name]
        yield _select({"topic": draft.target}, "topic", TOPIC_HELP, options, required=True)
    else:
        yield _text_input(texts, "related", RELATED_HELP, RELATED_LENGTH, multiline=True, required=False)
    developments = [
        select_option(f"{development.date}: {development.text}", development.id, development.source)
        for development in story.developments.values()
    ]
    if developments:
        yield _select(texts, "developments", DEVELOPMENTS_HELP, developments, max_values=len(developments))


def _phrasing_field(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    entry = story.entries.get(draft.target)
    help_text = f"As somebody would type it, for ‘{entry.question}’" if entry else "As somebody would type it."
    field = ui.TextInput[Any](
        custom_id="phrasing",
        default=_default(draft.texts.get("phrasing"), text_limits.PHRASING),
        max_length=text_limits.PHRASING,
    )
    description = cut(help_text, discord_limits.LABEL_DESCRIPTION)
    yield ui.Label(text="How people ask it", description=description, component=field)


def _text_input(
    texts: Mapping[str, str],
    name: str,
    help_text: str,
    max_length: int,
    *,
    multiline: bool = False,
    required: bool = True,
) -> ui.Label[Any]:
    field = ui.TextInput[Any](
        custom_id=name,
        style=discord.TextStyle.paragraph if multiline else discord.TextStyle.short,
        default=_default(texts.get(name), max_length),
        required=required,
        max_length=max_length,
    )
    return ui.Label(text=LABELS[name], description=help_text, component=field)


def _select(
    texts: Mapping[str, str],
    name: str,
    help_text: str,
    options: Iterable[SelectOption],
    *,
    required: bool = False,
    max_values: int = 1,
) -> ui.Label[Any]:
    """Return a select of the first options that fit, the chosen ones among them whatever their position."""
    chosen = texts.get(name, "").splitlines()
    every = list(options)
    for option in every:
        option.default = option.value in chosen
    kept = sorted(every, key=lambda option: not option.default)[: discord_limits.SELECT_OPTIONS]
    shown = [option for option in every if option in kept]
    field = ui.Select[Any](
        custom_id=name,
        options=shown,
        required=required,
        min_values=int(required),
        max_values=min(max_values, len(shown)),
    )
    return ui.Label(text=LABELS.get(name, "Topic"), description=help_text, component=field)


def _default(text: str | None, max_length: int) -> str | None:
    """Return what a field is filled in with: no hidden characters, and no more than Discord accepts."""
    return sanitize(text or "")[:max_length] or None
