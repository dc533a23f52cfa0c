"""Entries that nobody has to write: definitions from the glossary, and that the article does not mention somebody.

They are made whenever a base is parsed, and edited where they come from.
"""

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from bot.story import field_lengths
from bot.story.entry import Entry, blank_entry
from bot.story.models import Story
from bot.story.outcomes import find_mentioned

ABSENT, TERM = "absent-", "term-"
"""How the ids of derived entries begin."""
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
