"""Correct misspelt words to the words of a story that they are meant to be."""

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from itertools import product

from bot.nlp.lexicon import load_lexicon, load_word_list
from bot.nlp.normalize import token_cache

MIN_LENGTH, MAX_LENGTH = 4, 30
"""Characters of a word that may be taken for a misspelt one."""
CORRECTION_CACHE_BYTES = 8 * 1024 * 1024
MIN_SCORE = 0.55
"""Score above which a word is corrected; see `_closest`."""
TARGET_BONUS = 0.03
"""What the score of a target is raised by when it is compared with that of an ordinary word."""
EDIT_PENALTY = 0.1
WordsByEnds = dict[tuple[int, str], list[str]]
"""Words by their length and their first or last letter; see `_ends`."""


@cache
def dictionary_words() -> frozenset[str]:
    """Return the words that are spelt right whatever the story."""
    return load_lexicon().words | load_word_list("en_common_words.txt")


class SpellingCorrector:
    """Corrects words, only ever to one of `targets`.

    A word of `dictionary` is left alone, and so is one that is closer to a word of it than to any target: correcting that
    slip would change nothing for the matcher.
    """

    def __init__(self, targets: frozenset[str], dictionary: frozenset[str], stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._targets, self._dictionary = targets, dictionary
        self._correct_cached: Callable[[str], str | None] = token_cache(CORRECTION_CACHE_BYTES)(self._correct)

    @cached_property
    def _dictionary_stems(self) -> frozenset[str]:
        return load_word_list("en_dictionary_stems.txt").union(map(self._stem, self._dictionary))

    @cached_property
    def _targets_by_ends(self) -> WordsByEnds:
        return _group_by_ends(self._targets)

    @cached_property
    def _dictionary_by_ends(self) -> WordsByEnds:
        return _group_by_ends(self._dictionary - self._targets)

    def warm(self) -> None:
        """Build the tables that the first misspelt word would have to wait for."""
        _ = self._dictionary_stems, self._targets_by_ends, self._dictionary_by_ends

    def knows(self, word: str) -> bool:
        """Return whether a word is spelt right, or too short or too long to be corrected."""
        return word in self._targets or word in self._dictionary or not MIN_LENGTH <= len(word) <= MAX_LENGTH

    def correct(self, word: str) -> str | None:
        """Return the target that `word` is a misspelling of, or None.

        A short word may have one edit and needs the same first letter; longer ones may have two or three, and need the same
        first or last letter.
        """
        return None if self.knows(word) else self._correct_cached(word)

    def _correct(self, word: str) -> str | None:
        if not word.isalpha() or self._stem(word) in self._dictionary_stems:
            return None
        target = _closest(word, self._targets_by_ends, TARGET_BONUS)
        if target is None or target[0] <= MIN_SCORE:
            return None
        ordinary = _closest(word, self._dictionary_by_ends)
        return target[1] if ordinary is None or target[0] >= ordinary[0] else None


def _group_by_ends(words: Iterable[str]) -> WordsByEnds:
    grouped: WordsByEnds = {}
    for word in sorted(words):
        if len(word) >= MIN_LENGTH:
            for end in _ends(word):
                grouped.setdefault((len(word), end), []).append(word)
    return grouped


def _ends(word: str) -> tuple[str, str]:
    return f"{word[0]}-", f"-{word[-1]}"


def _closest(word: str, candidates: WordsByEnds, bonus: float = 0.0) -> tuple[float, str] | None:
    """Return (score, candidate) of the candidate most similar to `word`, or None where all are too many edits away.

    The score is the Jaro-Winkler similarity less `EDIT_PENALTY` for each edit (optimal string alignment distance). Only
    candidates with the same first or last letter are compared: hardly any slip changes both, and there are far fewer of them.
    """
    from rapidfuzz import process  # most questions need none of it, and it takes long to import
    from rapidfuzz.distance import OSA, JaroWinkler

    size = len(word)
    max_edits = 1 if size < 6 else 2 if size < 9 else 3
    max_length_difference = min(max_edits, 2)  # three letters more or less are hardly ever one word typed badly
    lengths = range(size - max_length_difference, size + max_length_difference + 1)
    best: tuple[float, str] | None = None
    for length, end in product(lengths, _ends(word)):
        same_end = candidates.get((length, end), ())
        near = process.extract(word, same_end, scorer=OSA.distance, score_cutoff=max_edits, limit=12)
        for candidate, distance, _ in near:
            if distance >= len(candidate) - 2 or (size < 6 and candidate[0] != word[0]):
                continue
            score = JaroWinkler.similarity(word, candidate) - EDIT_PENALTY * distance + bonus
            if best is None or score > best[0]:
                best = (score, candidate)
    return best
