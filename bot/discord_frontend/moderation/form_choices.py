"""What can be chosen in the selects of the moderators' forms, each with what it says. Pure.

A select holds 25 options: the chosen ones first of all, then the likeliest. The values are what a form's text has (names,
numbers), but for entries: their ids, since questions may be longer than a value.
"""

import re
from collections.abc import Iterable, Sequence

from discord import SelectOption

from bot.discord_frontend.moderation.panels import select_option
from bot.editing.entry_form import topics
from bot.i18n.messages import messages
from bot.journal.records import Draft
from bot.story.entry import STANDINGS, EntryField
from bot.story.models import Person, Story

STANDING_HELP = {
    "reported": "The article itself reports it as a fact.",
    "alleged": "Somebody alleges it. The next step asks who, and which allegation.",
    "denied": "Somebody denies it. The next step asks who.",
    "said": "Somebody said it. The next step asks who.",
    "assumed": "Widely believed, but not established by anybody.",
    "not_covered": "The next step asks for the nearest thing that it does say.",
}


def choices(field: EntryField, draft: Draft, story: Story, closest: Sequence[str]) -> list[SelectOption]:
    """Return the options of a field, likeliest first; none for a field that is typed. closest: ids of entries like it."""
    match field.kind:
        case "standing":
            names = messages("en").reply.standings
            return [select_option(names[standing], standing, STANDING_HELP[standing]) for standing in STANDINGS]
        case "claim":
            return [select_option(claim.label or claim.text, claim.id, claim.text) for claim in story.claims.values()]
        case "developments":
            found = story.developments.values()
            return [
                select_option(f"{later.date}: {later.short or later.text}", later.id, later.source) for later in found
            ]
        case "paragraphs":
            paragraphs = story.paragraphs.values()
            return [select_option(f"¶{each.number}", str(each.number), each.gist) for each in paragraphs]
        case "people":
            people = sorted(_unique(story.people.values()), key=lambda person: -_relevance(person, draft, story))
            return [select_option(person.name, person.name, person.role) for person in people]
    return _entry_choices(field, draft, story, closest) if field.kind in ("entry", "entries") else []


def topic_choices(draft: Draft, story: Story) -> list[SelectOption]:
    """Return the topics, that of the draft first."""
    return [select_option(name, name) for name in dict.fromkeys((draft.target, *topics(story))) if name]


def chosen_values(text: str, field: EntryField, story: Story) -> list[str]:
    """Return the values of the options that a form's text stands for, and what is no option as it is."""
    if field.kind == "paragraphs":
        return _numbers(text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind in ("entry", "entries"):
        ids = {entry.question: entry.id for entry in reversed(list(story.entries.values()))}
        return [ids.get(line, line) for line in lines]
    return lines


def _unique(people: Iterable[Person]) -> list[Person]:
    """Return the people without those whose name an earlier one has."""
    by_name: dict[str, Person] = {}
    for person in people:
        by_name.setdefault(person.name, person)
    return list(by_name.values())


def _relevance(person: Person, draft: Draft, story: Story) -> int:
    """Return how likely the person is the source of an answer from the paragraphs that the draft cites."""
    cited = [int(part) for part in _numbers(draft.texts.get("cites", "")) if part.isdecimal()]
    paragraphs = [story.paragraphs[number] for number in cited if number in story.paragraphs]
    named = any(person.id in (*paragraph.people, *paragraph.implied_people) for paragraph in paragraphs)
    speaks = any(not set(point.cites).isdisjoint(cited) for point in person.statements)
    about = not set(person.cites).isdisjoint(cited)
    return 8 * speaks + 4 * named + 2 * about + bool(person.statements) - 16 * person.outside_article


def _numbers(text: str) -> list[str]:
    """Return the numbers of paragraphs in the text of a form, and whatever else is typed there."""
    return [part for part in re.split(r"[,;\s]+|\band\b", text.replace("¶", " ")) if part]


def _entry_choices(field: EntryField, draft: Draft, story: Story, closest: Sequence[str]) -> list[SelectOption]:
    """Return the other entries that somebody wrote, the closest first; the nearest is one that the article covers."""
    ids = dict.fromkeys((*closest, *story.entries))
    entries = [story.entries[id] for id in ids if id in story.entries and id != draft.target]
    written = [entry for entry in entries if entry.is_written]
    covered = [entry for entry in written if entry.standing not in ("not_covered", "defined")]
    shown = covered if field.kind == "entry" else written
    return [select_option(entry.question, entry.id, entry.answer) for entry in shown]
