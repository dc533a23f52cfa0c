"""The moderators' forms: an entry's fields, filled in with what is there, and what comes back. Pure.

Two forms for an entry, since one holds five fields: first what members read, then who says it and what belongs to it.
discord.py is not asked to remember them: it would forget them at a restart, and a form that is still open then would be
sent to nobody.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import discord
from discord import ui

from bot.discord_frontend.common import discord_limits
from bot.discord_frontend.common.user_text import cut
from bot.editing.drafts import Draft
from bot.editing.entry_form import LABELS, topics, unshown
from bot.i18n.messages import PHRASES
from bot.nlp.sanitize import sanitize
from bot.story import text_limits
from bot.story.models import STANDINGS, Story

Part = Literal["text", "more", "phrase"]
PREFIX = "pilcrow-kb-form"
MORE = "One a line, the way people type. The more there are, the better it is found."
STANDING_MEANS = {
    "reported": "The article itself reports it as a fact.",
    "alleged": "Somebody alleges it. The second form asks who, and which allegation it is.",
    "denied": "Somebody denies it. The second form asks who.",
    "said": "Somebody said it. The second form asks who.",
    "assumed": "Many take it for true; nobody has established it.",
    "not_covered": "The second form asks for the nearest thing that it does say.",
}


def opened(draft: Draft, part: Part, story: Story) -> ui.Modal:
    """The form, filled in with what the draft holds; `story` names what can be chosen."""
    title = {"add": "A new answer", "edit": "Change an answer", "phrase": "One more way of asking"}[draft.kind]
    title = "Who says it, and more" if part == "more" else title
    form = ui.Modal(title=title, custom_id=f"{PREFIX}:{part}:{draft.key}")
    made = {"text": _text, "more": _more, "phrase": _phrase}[part]
    for label in made(draft, story):
        form.add_item(label)
    form.stop()  # so that discord.py does not keep it
    return form


def key_of(custom_id: str) -> str | None:
    """The key of the draft that a form was opened with; None where it is no form of ours."""
    prefix, _, rest = custom_id.partition(":")
    return rest.rpartition(":")[2] if prefix == PREFIX else None


def typed(components: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What was filled in, by field; several choices one a line."""
    found = {}
    for label in components:
        part = label.get("component") or {}
        if "custom_id" in part:
            found[str(part["custom_id"])] = "\n".join(part["values"]) if "values" in part else part.get("value") or ""
    return found


def _text(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    texts = draft.texts
    yield _input(texts, "question", "As a member would ask it.", text_limits.QUESTION)
    yield _input(
        texts,
        "answer",
        "In your own words, and no more than the paragraphs say.",
        text_limits.ANSWER,
        long=True,
    )
    yield _input(texts, "cites", "Their numbers, as in 2, 15. The command /paragraph shows what each one says.", 100)
    say = PHRASES["en"].standing
    options = [(say[one], one, STANDING_MEANS[one]) for one in STANDINGS]
    yield _select(texts, "standing", "How sure is it, going by the article?", options, needed=True)
    left = unshown(story.entries.get(draft.about))
    more = f"One a line. {left} more do not fit in here and stay as they are." if left else MORE
    yield _input(texts, "phrasings", more, discord_limits.FORM_TEXT, long=True, needed=False)


def _more(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    texts = draft.texts
    yield _input(
        texts,
        "by",
        "Names, one a line. Leave it empty where the article itself reports it.",
        500,
        long=True,
        needed=False,
    )
    claims = [(one.text, one.id, "") for one in story.claims.values()]
    if claims:
        yield _select(texts, "claim", "Its denial, and what was found later, are then shown with the answer.", claims)
    nearest = "The question of that answer. Only for ‘The article does not say’."
    yield _input(texts, "nearest", nearest, text_limits.QUESTION, needed=False)
    if draft.kind == "add":
        named = [(name, name, "") for name in dict.fromkeys((draft.about, *topics(story))) if name]
        label = "The part of the base it is kept in; members don't see it."
        yield _select({"topic": draft.about}, "topic", label, named, needed=True)
    else:
        related = "Questions of other answers, one a line; they become buttons under this one."
        yield _input(texts, "related", related, 1000, long=True, needed=False)
    later = [(f"{one.date}: {one.text}", one.id, one.source) for one in story.developments.values()]
    if later:
        yield _select(texts, "developments", "Shown below the answer, apart from the article.", later, most=len(later))


def _phrase(draft: Draft, story: Story) -> Iterator[ui.Label[Any]]:
    entry = story.entries.get(draft.about)
    asked = f"for ‘{entry.question}’" if entry else ""
    field = ui.TextInput[Any](
        custom_id="phrasing",
        default=_fit(draft.texts.get("phrasing"), text_limits.PHRASING),
        max_length=text_limits.PHRASING,
    )
    yield ui.Label(
        text="How people ask it",
        description=cut(f"The way somebody types it, {asked}", discord_limits.LABEL_DESCRIPTION),
        component=field,
    )


def _input(
    texts: Mapping[str, str], name: str, hint: str, most: int, *, long: bool = False, needed: bool = True
) -> ui.Label[Any]:
    """One field for text."""
    style = discord.TextStyle.paragraph if long else discord.TextStyle.short
    filled = _fit(texts.get(name), most)
    field = ui.TextInput[Any](custom_id=name, style=style, default=filled, required=needed, max_length=most)
    return ui.Label(text=LABELS[name], description=hint, component=field)


def _select(
    texts: Mapping[str, str],
    name: str,
    hint: str,
    options: Iterable[tuple[str, str, str]],
    *,
    needed: bool = False,
    most: int = 1,
) -> ui.Label[Any]:
    """One field with (label, value, description) of what can be chosen; of too much the first, and what is chosen."""
    chosen = texts.get(name, "").splitlines()
    every = list(options)
    kept = sorted(every, key=lambda option: option[1] not in chosen)[: discord_limits.SELECT_OPTIONS]
    shown = [
        discord.SelectOption(
            label=cut(label, discord_limits.OPTION),
            value=value,
            description=cut(more, discord_limits.OPTION) or None,
            default=value in chosen,
        )
        for label, value, more in every
        if (label, value, more) in kept
    ]
    field = ui.Select[Any](
        custom_id=name, options=shown, required=needed, min_values=int(needed), max_values=min(most, len(shown))
    )
    return ui.Label(text=LABELS.get(name, "Topic"), description=hint, component=field)


def _fit(text: str | None, most: int) -> str | None:
    """Return what a field is opened with: nothing hidden, and no more than Discord takes."""
    return sanitize(text or "")[:most] or None
