"""The swap test: which questions about something else a changed entry would answer too. Pure.

The entry's own phrasings are asked with another actor, object, year or number of the base, or the other way round. An answer
is wrong if nothing of the entry speaks of what was swapped in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, zip_longest

from bot.answering.answerer import Answerer
from bot.editing.people_finder import Mention, PeopleFinder
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import normalize, tokenize
from bot.story.entry import Entry
from bot.story.models import PersonKind, Story

MAX_LISTED = 5
MAX_ENTRIES = 10
"""Changed entries that are tested; an imported base may have thousands."""
MAX_QUESTIONS = 60
"""Swapped questions that are asked about one entry; each takes a few milliseconds."""
SWAPS_OF_EACH = 2
"""Others that take the place of each person, year and number of a text."""
SWAPPED_KINDS: tuple[PersonKind, ...] = ("person", "body", "place")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"\b\d{1,3}\b")
_COORDINATION = re.compile(r"(?:\s|,|\band\b|\bor\b|\bn\b|&|\bvs\b)*", re.IGNORECASE)
"""Between two names that stand side by side, where swapping them changes nothing."""
_WORD = re.compile(r"[^\W\d_]+")


class _Swapper:
    """Makes questions about something else from the phrasings of one entry."""

    def __init__(self, story: Story, entry: Entry, finder: PeopleFinder) -> None:
        self._story = story
        self._finder = finder
        text = " ".join((entry.question, entry.answer, *entry.phrasings))
        known = {mention.person for mention in finder.mentions(text)} | set(entry.by)
        groups = {person.id for person in story.people.values() if known & set(person.members)}
        members = {id for known_id in known for id in story.people[known_id].members}
        known |= groups | members
        others = [person for person in story.people.values() if person.id not in known and not person.outside_article]
        named = Counter(id for paragraph in story.paragraphs.values() for id in paragraph.people)
        self._others = sorted(
            (person for person in others if person.kind in SWAPPED_KINDS), key=lambda one: -named[one.id]
        )
        self._years = [year for year in _years(story) if year not in text]
        words = {*tokenize(normalize(text)), *re.findall(r"\d+", text)}
        small = load_lexicon().number_words
        used = {small.get(word, word) for word in words}
        self._numbers = [number for number in _numbers(story) if number not in used]

    def swapped(self, text: str) -> Iterator[str]:
        """Yield variants of a text: the kinds of swaps take turns, so that the first few hold some of each."""
        mentions = self._finder.mentions(text)
        ways = [
            self._other_direction(text, mentions),
            *(self._other_person(text, mention) for mention in mentions),
            self._replaced(text, _YEAR, self._years),
            self._replaced(text, _NUMBER, self._numbers),
            self._other_number_word(text, mentions),
        ]
        for variants in zip_longest(*ways):
            yield from (variant for variant in variants if variant)

    def _other_person(self, text: str, mention: Mention) -> Iterator[str]:
        kind = self._story.people[mention.person].kind
        others = (person for person in self._others if person.kind == kind)
        for person in islice(others, SWAPS_OF_EACH):
            yield _put(text[: mention.start], person.name, text[mention.end :])

    def _other_direction(self, text: str, mentions: Sequence[Mention]) -> Iterator[str]:
        for first, second in pairwise(mentions):
            between = text[first.end : second.start]
            if first.person != second.person and not _COORDINATION.fullmatch(between):
                one, other = text[first.start : first.end], text[second.start : second.end]
                yield _put(text[: first.start], other, _put(between, one, text[second.end :]))

    def _replaced(self, text: str, pattern: re.Pattern[str], others: Iterable[str]) -> Iterator[str]:
        found = pattern.search(text)
        for other in islice(others, SWAPS_OF_EACH if found else 0):
            yield f"{text[: found.start()]}{other}{text[found.end() :]}" if found else ""

    def _other_number_word(self, text: str, mentions: Sequence[Mention]) -> Iterator[str]:
        """Yield the text with another number for a number word that is no part of a name."""
        small = load_lexicon().number_words
        for word in _WORD.finditer(text):
            is_name = any(mention.start <= word.start() < mention.end for mention in mentions)
            if word[0].lower() in small and word[0].lower() not in ("one", "once") and not is_name:
                for other in islice(self._numbers, SWAPS_OF_EACH):
                    yield f"{text[: word.start()]}{other}{text[word.end() :]}"


def _put(before: str, name: str, after: str) -> str:
    """Return a text with a name put into it, without a second article before it."""
    return f"{before}{name.removeprefix('the ') if before.lower().endswith('the ') else name}{after}"


def find_wrong_answers(before: Answerer, after: Answerer, ids: Iterable[str]) -> tuple[str, ...]:
    """Return the first questions about something else that one of these entries would answer now, and did not before."""
    return tuple(islice(_wrong_answers(before, after, ids), MAX_LISTED))


def _wrong_answers(before: Answerer, after: Answerer, ids: Iterable[str]) -> Iterator[str]:
    finder = PeopleFinder(after.story.people.values())
    entries = (after.story.entries[id] for id in ids if id in after.story.entries)
    for entry in islice((entry for entry in entries if entry.is_written), MAX_ENTRIES):
        asked = _swapped_questions(before.story, after.story, entry, finder)
        yield from (text for text in asked if _is_wrong(before, after, entry, text))


def _swapped_questions(old: Story, new: Story, entry: Entry, finder: PeopleFinder) -> list[str]:
    """Return the questions to ask: of the texts that are new, or of all where none is."""
    known = old.entries.get(entry.id)
    texts = (entry.question, *entry.phrasings)
    old_texts = frozenset((known.question, *known.phrasings)) if known else frozenset()
    changed = [text for text in texts if text not in old_texts] or list(texts)
    own = frozenset(map(_fold, texts))
    swapper = _Swapper(new, entry, finder)
    rounds = zip_longest(*(list(swapper.swapped(text)) for text in changed[:MAX_QUESTIONS]))
    variants = dict.fromkeys(variant for each in rounds for variant in each if variant and _fold(variant) not in own)
    return list(variants)[:MAX_QUESTIONS]


def _is_wrong(before: Answerer, after: Answerer, entry: Entry, text: str) -> bool:
    """Return whether the entry answers a question now that it did not answer before."""
    reply = after.reply(text)
    if reply.outcome != "answer" or reply.entry != entry.id:
        return False
    earlier = before.reply(text)
    return earlier.outcome != "answer" or earlier.entry != entry.id


def _years(story: Story) -> list[str]:
    texts = [text for paragraph in story.paragraphs.values() for text in (*paragraph.numbers, *paragraph.days)]
    texts += [event.date for event in story.events]
    return list(dict.fromkeys(year for text in texts for year in _YEAR.findall(text)))


def _numbers(story: Story) -> list[str]:
    """Return the base's small numbers as digits."""
    small = load_lexicon().number_words
    texts = [text for paragraph in story.paragraphs.values() for text in paragraph.numbers]
    words = [word for text in texts for word in tokenize(normalize(text))]
    numbers = (small.get(word, word) for word in words)
    return list(dict.fromkeys(number for number in numbers if _NUMBER.fullmatch(number) and number not in ("0", "1")))


def _fold(text: str) -> str:
    return " ".join(tokenize(normalize(text)))
