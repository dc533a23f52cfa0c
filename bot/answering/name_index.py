"""Find a person or a topic by what somebody typed: by any of its names, misspelt, abbreviated or not finished yet."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.name_similarity import (
    SLIP_LENGTHS,
    is_surely,
    max_edits,
    may_be_misspelling,
    may_be_slip,
    sound,
    squeeze,
)
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import normalize, tokenize
from bot.story.models import LENGTHS, Person, Summary

MAX_LENGTH = 200
"""Characters read of a name."""
MAX_WORDS = 8
"""Words of a name that is compared; a longer one is only looked up as it is."""
MIN_PREFIX = 3
"""Letters that a finished name must have in common with the one it abbreviates: Li is not short for Liberals."""
MIN_SOUND = 4
"""Letters from which a word that sounds alike is a misspelling."""
INITIALS = range(2, 6)
"""How many initials stand for a name."""
ARTICLES = frozenset(("the", "a", "an"))
EXACT, PREFIX, MISSPELT, SLIP = 3, 2, 1, 0
"""How well a word matches a word of a name."""


def name_words(text: str) -> list[str]:
    """Return the words by which a name is compared: lower case, without accents and articles."""
    return [word for word in tokenize(normalize(text, MAX_LENGTH)) if word not in ARTICLES]


def normalize_name(text: str) -> str:
    """Return a name as it is compared."""
    return " ".join(name_words(text))


def index_people(people: Iterable[Person]) -> "NameIndex":
    """Return an index of people by their names, aliases and ids."""
    return NameIndex((person.id, name) for person in people for name in (person.name, person.id, *person.aliases))


class _Name(Struct, frozen=True):
    id: str
    words: tuple[str, ...]
    is_main: bool
    """Whether its owner is shown under this name."""


class NameIndex:
    """Ids by every name they go by. Where two ids share a name, it is the first one's."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """names: (id, name), once for each name of an id, its main name first."""
        self._ids: dict[str, str] = {}
        self._main: dict[str, str] = {}
        for id, name in names:
            self._ids.setdefault(normalize_name(name), id)
            self._main.setdefault(id, normalize_name(name))
        self._ids.pop("", None)
        self._joined = {name.replace(" ", ""): id for name, id in self._ids.items() if " " in name}

    def find(self, typed: str) -> str | None:
        """Return the id with this name, or the only one that the name can be a part or a misspelling of.

        Where it may be another name (Deng, Telfor), return None: the caller can ask back with `closest`.
        """
        words = self._words(typed)
        exact = self._ids.get(" ".join(words)) or self._joined.get("".join(words))
        if exact is not None or not words or len(words) > MAX_WORDS:
            return exact
        matching = self._matching(words, finished=True)
        ids = {name.id for _, name in matching if is_surely(tuple(words), name.words)} or set(self._sharing(words))
        return ids.pop() if len(ids) == 1 else None

    def sharing(self, typed: str, among: Collection[str]) -> list[str]:
        """Return those of these ids whose names have all words typed, such as a first name."""
        words = self._words(typed)
        return [id for id in self._sharing(words) if id in among] if 0 < len(words) <= MAX_WORDS else []

    def closest(
        self, typed: str, limit: int, among: Collection[str] | None = None, *, finished: bool = False
    ) -> list[str]:
        """Return the ids that may be meant, most likely first; none if nothing is like what was typed.

        Each word typed must be a word of the name, the start of one or a misspelling of one, or all of it initials. finished:
        the name was typed to the end, so that two letters do not stand for every name that starts with them.
        """
        words = self._words(typed)
        if not words:
            return []
        text = " ".join(words)
        ids = [self._ids[text]] if text in self._ids else []
        ids += [self._joined[joined]] if (joined := text.replace(" ", "")) in self._joined else []
        if not finished:
            ids += [id for id, name in self._main.items() if f" {text}" in f" {name}"]
        ids += self._by_initials.get(joined, ())
        if len(words) <= MAX_WORDS:
            matching = sorted(self._matching(words, finished=finished), key=lambda match: -match[0])
            ids += [name.id for _, name in matching]
            ids += self._sharing(words)
            ids += self._mixed(words)
        return [id for id in dict.fromkeys(ids) if among is None or id in among][:limit]

    def _words(self, typed: str) -> list[str]:
        """Return the words typed, without question words unless a name has them: who is Han Dong."""
        words = name_words(typed)
        content = [word for word in words if word not in load_lexicon().question_words]
        return words if " ".join(words) in self._ids or not content else content

    @cached_property
    def _names(self) -> tuple[_Name, ...]:
        return tuple(_Name(id, tuple(name.split()), self._main[id] == name) for name, id in self._ids.items())

    @cached_property
    def _postings(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the names that have a word, by word, in alphabetical order."""
        postings: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for word in dict.fromkeys(name.words):
                postings.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in sorted(postings.items())}

    @cached_property
    def _prefix_postings(self) -> Mapping[str, tuple[int, ...]]:
        """The same for the words that may be abbreviated: all of a main name, the first of any other name."""
        postings = {
            word: tuple(n for n in numbers if self._names[n].is_main or self._names[n].words[0] == word)
            for word, numbers in self._postings.items()
        }
        return {word: numbers for word, numbers in postings.items() if numbers}

    @cached_property
    def _prefix_words(self) -> list[str]:
        return list(self._prefix_postings)

    @cached_property
    def _words_by_length(self) -> Mapping[int, list[str]]:
        words: dict[int, list[str]] = {}
        for word in self._postings:
            words.setdefault(len(word), []).append(word)
        return words

    @cached_property
    def _words_by_sound(self) -> Mapping[str, list[str]]:
        words: dict[str, list[str]] = {}
        for word in self._postings:
            if len(word) >= MIN_SOUND:
                words.setdefault(sound(word), []).append(word)
        return words

    @cached_property
    def _by_initials(self) -> Mapping[str, list[str]]:
        ids: dict[str, list[str]] = {}
        for id, name in self._main.items():
            initials = "".join(word[0] for word in name.split())
            if len(initials) in INITIALS:
                ids.setdefault(initials, []).append(id)
        return ids

    def _matching(self, words: list[str], *, finished: bool) -> list[tuple[float, _Name]]:
        """Return (score, name) of the names that match all words: the mean match, plus coverage, plus half for a main name.

        A word may be a mere slip only where another word is right.
        """
        min_prefix = MIN_PREFIX if finished and len(words) == 1 else 1
        matches = [self._slips(word) | self._match_word(word, min_prefix) for word in words]
        found = []
        for number in sorted(set(matches[0]).intersection(*matches[1:])):
            name = self._names[number]
            qualities = [match[number] for match in matches]
            if SLIP in qualities and EXACT not in qualities:
                continue
            quality = sum(qualities) / len(qualities)
            found.append((quality + min(1.0, len(matches) / len(name.words)) + name.is_main / 2, name))
        return found

    def _sharing(self, words: list[str]) -> list[str]:
        """Return the ids that have each word in some name, and one in the main name: Prime Minister Justin Trudeau."""
        owners = [{self._names[number].id for number in self._postings.get(word, ())} for word in words]
        shared = owners[0].intersection(*owners[1:])
        return [id for id, name in self._main.items() if id in shared and not set(words).isdisjoint(name.split())]

    def _mixed(self, words: list[str]) -> list[str]:
        """Return the ids that have each word, misspelt or begun, in some name, one of them rightly: micheal kovrick."""
        matches = []
        for word in words:
            best: dict[str, int] = {}
            for number, quality in self._match_word(word, MIN_PREFIX + 1).items():
                id = self._names[number].id
                best[id] = max(quality, best.get(id, 0))
            matches.append(best)
        shared = set(matches[0]).intersection(*matches[1:])
        return [id for id in self._main if id in shared and any(match[id] == EXACT for match in matches)]

    def _slips(self, word: str) -> dict[int, int]:
        """Return the numbers of the names with a short word of which this one may be a slip."""
        if len(word) not in SLIP_LENGTHS:
            return {}
        known = (near for length in SLIP_LENGTHS for near in self._words_by_length.get(length, ()))
        return {number: SLIP for near in known if may_be_slip(word, near) for number in self._postings[near]}

    def _match_word(self, word: str, min_prefix: int) -> dict[int, int]:
        """Return the numbers of the names with a word like this, with how well it matches."""
        matches: dict[int, int] = {}
        for near in self._misspellings(word):
            matches.update(dict.fromkeys(self._postings[near], MISSPELT))
        if len(word) >= min_prefix:
            for longer in self._words_starting_with(word):
                matches.update(dict.fromkeys(self._prefix_postings[longer], PREFIX))
        matches.update(dict.fromkeys(self._postings.get(word, ()), EXACT))
        return matches

    def _words_starting_with(self, prefix: str) -> Iterator[str]:
        words = self._prefix_words
        for number in range(bisect_left(words, prefix), len(words)):
            if not words[number].startswith(prefix):
                return
            yield words[number]

    def _misspellings(self, word: str) -> Iterator[str]:
        """Yield the words of names that a word may be a misspelling of."""
        if len(word) >= MIN_SOUND:
            yield from self._words_by_sound.get(sound(word), ())
        edits = max_edits(word)
        for length in range(len(word) - edits, len(word) + edits + 1):
            known = self._words_by_length.get(length, ())
            for near, _, _ in process.extract_iter(word, known, scorer=OSA.distance, score_cutoff=edits):
                if may_be_misspelling(word, near) or squeeze(near) == squeeze(word):
                    yield near


class TopicIndex(NameIndex):
    """The topics of a story by their titles, and by the words of their points."""

    def __init__(self, topics: Iterable[Summary]) -> None:
        listed = list(topics)
        super().__init__((topic.id, name) for topic in listed for name in (topic.title, topic.id))
        self._texts = {topic.id: _topic_texts(topic) for topic in listed}

    def about(self, typed: str) -> list[str]:
        """Return the topics with words that start like what was typed, most frequent first, then those with a title like it.

        The first topic is about everything, and does not count.
        """
        prefix = f" {normalize_name(typed)}"
        if not prefix.strip():
            return []
        counts = {id: (title.count(prefix), points.count(prefix)) for id, (title, points) in self._texts.items()}
        ids = [id for id in list(counts)[1:] if any(counts[id])]
        ids.sort(key=counts.__getitem__, reverse=True)
        return list(dict.fromkeys([*ids, *self.closest(typed, len(counts))]))


def _topic_texts(topic: Summary) -> tuple[str, str]:
    """Return a topic's title and points as they are compared, with a space before each word."""
    points = " ".join(normalize_name(point.text) for length in LENGTHS for point in topic.points[length])
    return f" {normalize_name(topic.title)}", f" {points}"
