"""Consistency rules: the records of a base fit together, and nothing in it is left to write."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.errors import Problem
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize
from bot.story.entry import WRITABLE_FIELDS, Entry, field_values
from bot.story.models import Story
from bot.story.todo import TODO
from bot.story.validation.attribution import entry_problem

_YEARS = re.compile(r"\b(1\d{3}|20\d\d)(?: to | until | till |[-–])(1\d{3}|20\d\d)\b(?! BCE?\b)")


def find_claims_without_development(story: Story) -> Iterator[Problem]:
    """Yield a problem for each claim of which nothing became known later."""
    for claim in story.claims.values():
        if not claim.developments:
            sentence = f"{claim.id}: the claim has no later development; add one under 'developments'"
            yield Problem("claims.yaml", 0, sentence)


def find_useless_nearest_entries(story: Story) -> Iterator[Problem]:
    """Yield a problem for each entry whose `nearest` is itself not covered."""
    for entry in story.written_entries:
        if entry.nearest and story.entries[entry.nearest].standing == "not_covered":
            sentence = f"'nearest' is '{entry.nearest}', which the article does not cover either; choose another entry"
            yield entry_problem(entry, sentence)


def find_duplicate_phrasings(story: Story) -> Iterator[Problem]:
    """Yield a problem for each question or phrasing that another entry has too, but for endings and punctuation."""
    stems = EnglishStemmer()
    owners: dict[tuple[str, ...], Entry] = {}
    for entry in story.written_entries:
        for text in (entry.question, *entry.phrasings):
            key = tuple(stems(word) for word in tokenize(normalize(text)))
            other = owners.setdefault(key, entry)
            if other.id != entry.id:
                sentence = f"'{text}' is also a phrasing of '{other.id}' ({other.file}:{other.line}); keep one"
                yield entry_problem(entry, sentence)


def find_unordered_events(story: Story) -> Iterator[Problem]:
    """Yield a problem for each event that comes before the previous one, as far as their dates tell."""
    for before, after in pairwise(story.events):
        length = min(len(before.date), len(after.date))
        if before.date[:length] > after.date[:length]:
            sentence = f"{after.date} comes after {before.date}; put the events in order, oldest first"
            yield Problem(after.point.file, after.point.line, sentence)


def find_uncited_paragraphs(story: Story) -> Iterator[Problem]:
    """Yield a problem for each paragraph that no entry answers from."""
    for number, ids in story.entries_citing.items():
        if not any(story.entries[id].standing != "not_covered" for id in ids):
            yield Problem("story.yaml", 0, f"no entry answers anything from paragraph {number}; add one")


def find_backward_years(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer that counts years backwards, as 'from 1909 to 1869' does."""
    for entry in story.written_entries:
        for match in _YEARS.finditer(entry.answer):
            if match[1] > match[2]:
                sentence = f"the years '{match[0]}' run backwards; put the earlier one first, or waive '{match[0]}' with a reason"
                yield entry_problem(entry, sentence, match[0])


def find_ambiguous_names(story: Story) -> Iterator[Problem]:
    """Yield a problem for each name of two people, and each word of two concepts."""
    names = ((name, person.id) for person in story.people.values() for name in {person.name, *person.aliases})
    yield from _find_shared("people.yaml", names)
    concept_words = ((word, concept) for concept, texts in story.concepts.items() for word in texts)
    yield from _find_shared("vocabulary.yaml", concept_words)


def _find_shared(file: str, names: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    owners: dict[str, set[str]] = {}
    for name, owner in names:
        owners.setdefault(" ".join(tokenize(normalize(name))), set()).add(owner)
    for name, ids in owners.items():
        if len(ids) > 1:
            yield Problem(file, 0, f"'{name}' belongs to {' and '.join(sorted(ids))}; keep it for one of them")


def find_unwritten_texts(story: Story) -> Iterator[Problem]:
    """Yield a problem for each text that is still marked as to be written."""
    header = (story.title, story.publisher, story.published, story.disclaimer, story.subject, story.url)
    texts = [("story.yaml", f"the story's '{text}'", text) for text in header]
    texts += [("story.yaml", f"the gist of paragraph {p.number}", p.gist) for p in story.paragraphs.values()]
    texts += [("people.yaml", f"the role of {person.id}", person.role) for person in story.people.values()]
    for file, subject, text in texts:
        if TODO in text:
            yield Problem(file, 0, f"{subject} is still to be written")
    for entry in story.written_entries:
        for key, value in field_values(entry).items():
            if WRITABLE_FIELDS[key].kind == "text" and TODO in str(value):
                yield entry_problem(entry, f"'{key}' is still to be written")


RULES = (
    find_claims_without_development,
    find_useless_nearest_entries,
    find_duplicate_phrasings,
    find_unordered_events,
    find_uncited_paragraphs,
    find_backward_years,
    find_ambiguous_names,
    find_unwritten_texts,
)
