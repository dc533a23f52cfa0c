"""Entries that nobody has to write: definitions, that the article does not mention somebody, and who somebody is.

The first two are made whenever a base is parsed. Those that tell a role are made when one is shown: they are not matched
with questions as others are (see `bot.answering.roles`). All of them are edited where they come from.
"""

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from bot.story import field_lengths
from bot.story.entry import Entry, blank_entry
from bot.story.models import Person, Story
from bot.story.outcomes import find_mentioned
from bot.story.todo import TODO

ABSENT, TERM = "absent-", "term-"
"""How the ids of derived entries begin."""
ROLE = "role-of-"
"""How the id of the entry begins that tells somebody's role."""
ASKING_FOR_PERSON = (
    "{}",
    "who is {}",
    "what about {}",
    "what does the article say about {}",
    "does the article mention {}",
    "is {} mentioned",
    "what did {} say",
    "how did {} react",
    "is {} involved",
    "what does {} have to do with this",
    "did {} do anything",
)
ASKING_FOR_TERM = ("{}", "what is {}", "what does {} mean", "define {}", "meaning of {}", "explain {}")


def derived_ids(people: Collection[str], terms: Collection[str]) -> set[str]:
    """Return the ids that derived entries may have, so that others may refer to them."""
    return {ABSENT + id for id in people} | {TERM + id for id in terms}


def role_entry(person: Person) -> Entry | None:
    """Return the entry that tells who or what somebody is; None where `people.yaml` does not say, or the article does not."""
    if not person.role or not person.cites or person.outside_article or person.role.startswith(TODO):
        return None
    asking = {"person": "Who is", "group": "Who are"}.get(person.kind, "What is")
    return blank_entry(
        id=ROLE + person.id,
        question=f"{asking} {person.name}?",
        answer=person.role,
        cites=person.cites,
        standing="reported",
        file="people.yaml",
    )


def shown_entry(story: Story, id: str) -> Entry | None:
    """Return the entry that a reply can show under this id: one of the story, or one that tells somebody's role."""
    person = story.people.get(id.removeprefix(ROLE)) if id.startswith(ROLE) else None
    return story.entries.get(id) or (role_entry(person) if person else None)


def with_derived_entries(story: Story) -> Story:
    """Return the story with its derived entries made anew."""
    written = {id: entry for id, entry in story.entries.items() if not id.startswith((ABSENT, TERM))}
    derived = {entry.id: entry for entry in _derive(story, list(written.values()))}
    return replace(story, entries=written | derived) if derived or len(written) < len(story.entries) else story


def _derive(story: Story, written: list[Entry]) -> Iterator[Entry]:
    taken = {phrasing.casefold() for entry in written for phrasing in entry.phrasings}
    outside = [person for person in story.people.values() if person.outside_article]
    mentioned = find_mentioned([f"{entry.question} {entry.answer}" for entry in written] if outside else [], outside)
    for person in outside:
        asking = [text.format(person.name) for text in ASKING_FOR_PERSON]
        if person.id not in mentioned and asking[1].casefold() not in taken:
            yield blank_entry(
                id=ABSENT + person.id,
                question=f"What does the article say about {person.name}?",
                label=person.name if len(person.name) <= field_lengths.LABEL else "",
                answer=f"The article does not mention {person.name}.",
                standing="not_covered",
                phrasings=tuple(text for text in asking if text.casefold() not in taken),
                file="people.yaml",
            )
    for term in story.glossary:  # which cites nothing: it is not from the article
        forms = {term.term, re.sub(r"^(?:an?|the) ", "", term.term)}
        asking = [*(text.format(form) for text in ASKING_FOR_TERM for form in sorted(forms)), *term.phrasings]
        yield blank_entry(
            id=TERM + term.id,
            question=f"What does ‘{term.term}’ mean?",
            label=term.label,
            answer=term.text,
            standing="defined",
            phrasings=tuple(text for text in dict.fromkeys(asking) if text.casefold() not in taken),
            file=term.file,
            line=term.line,
        )
