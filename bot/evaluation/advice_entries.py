"""Entries that are hard to find, or that don't answer what they are asked."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from bot.errors import quote
from bot.evaluation.suggestion import Suggestion, about
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize
from bot.story.entry import Entry
from bot.story.models import Person, Story
from bot.story.validation import brevity

ENOUGH = 10
"""Phrasings of an entry, its question included, from which more of them gain little."""
GAIN_PER_PHRASING = 0.035
"""What one more gains, in questions answered right of those about the entry: three are right in 45 of 100, ten in 68."""
_WHO_IS = re.compile(r"^(?:who|what)(?:'s| is| was| are| were) (?:the |a |an )?(.+?)\s*\?*$", re.IGNORECASE)


def find(story: Story) -> Iterator[Suggestion]:
    """Yield the entries with few phrasings, and those whose answer does not answer one of their phrasings."""
    for entry in story.written_entries:
        count = len(entry.phrasings) + 1
        if count < ENOUGH:
            gain = GAIN_PER_PHRASING * (ENOUGH - count) * _each(story)
            has = "one way of being asked" if count == 1 else f"{count} ways of being asked"
            yield about(entry, gain, f"has {has}; with {ENOUGH} an entry is found far more often")
    yield from _find_unanswered_phrasings(story)
    yield from _find_people_not_described(story)


def _each(story: Story) -> float:
    """Return how many of a hundred questions are about one entry."""
    return 100 / max(1, len(story.written_entries))


def _find_unanswered_phrasings(story: Story) -> Iterator[Suggestion]:
    """Yield the entries that are asked when, how many or who by a phrasing, and do not say it: by the rule for questions."""
    asked = [(entry, text) for entry in story.written_entries for text in (entry.question, *entry.phrasings)]
    as_questions = {
        str(place): replace(entry, id=str(place), label="x", question=text, line=place)
        for place, (entry, text) in enumerate(asked)
    }
    found: dict[str, list[str]] = {}
    for problem in brevity.find_answers_to_another_question(replace(story, entries=as_questions)):
        entry, text = asked[problem.line]
        if text != entry.question or not entry.label:  # else it is a problem already
            found.setdefault(entry.id, []).append(text)
    for id, texts in found.items():
        entry = story.entries[id]
        gain = _each(story) * len(texts) / (len(entry.phrasings) + 1)
        more = f" and {len(texts) - 1} more like it" if len(texts) > 1 else ""
        yield about(
            entry,
            gain,
            f"is asked {quote(texts[0])}{more}, and its answer does not say; say it, or answer it elsewhere",
        )


def _find_people_not_described(story: Story) -> Iterator[Suggestion]:
    """Yield the entries that are asked who or what somebody is, and share no word with what `people.yaml` says of them."""
    names = {normalize(name): person for person in story.people.values() for name in (person.name, *person.aliases)}
    for entry in story.written_entries:
        if entry.standing == "not_covered":
            continue
        for text in (entry.question, *entry.phrasings):
            match = _WHO_IS.match(text)
            person = names.get(normalize(match[1])) if match else None
            if person is not None and person.role and not _describes(entry, person):
                sentence = f"is asked {quote(text)}, and its answer has nothing of {quote(person.role)} in people.yaml"
                yield about(
                    entry, _each(story) / (len(entry.phrasings) + 1), f"{sentence}; say it, or answer it elsewhere"
                )
                break


def _describes(entry: Entry, person: Person) -> bool:
    """Return whether an answer has any word of a person's role, but for their names and words without a meaning."""
    stems, passed = EnglishStemmer(), load_lexicon().stop_words
    names = {stems(word) for name in (person.name, *person.aliases) for word in tokenize(normalize(name))}
    role = {stems(word) for word in tokenize(normalize(person.role)) if word not in passed} - names
    return not role or not role.isdisjoint(map(stems, tokenize(normalize(entry.answer))))
