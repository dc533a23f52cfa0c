"""Misspelt words taken for the words of a story that they are meant to be."""

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path

from bot.nlp import lexicon
from bot.nlp.normalize import word_cache

SHORTEST, LONGEST = 4, 30
"""Letters of a word that may be taken for a misspelt one."""
CORRECTIONS = 8 * 1024 * 1024
"""Maximum bytes of the cache of corrections."""
ENOUGH = 0.55
"""Score from which a word is taken for another."""
Ends = dict[tuple[int, str], list[str]]
"""Words by their length and their first or last letter; see `_ends`."""


@lru_cache(maxsize=2)
def listed_words(name: str) -> frozenset[str]:
    """The words of a list shipped with this package."""
    text = Path(__file__).with_name(name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def listed() -> frozenset[str]:
    """The words that this package knows to be spelt right."""
    return lexicon.KNOWN | listed_words("common_words.txt")


class Speller:
    """Corrects words, only ever towards `targets`.

    right: words that are spelt right, which are left alone, and which keep a word that is closer to one of them than to any
    target from being corrected: that slip changes nothing for us.
    """

    def __init__(self, targets: frozenset[str], right: frozenset[str], stem: Callable[[str], str]) -> None:
        self._stem = stem
        self._given, self._right = targets, right
        self._corrected: Callable[[str], str | None] = word_cache(CORRECTIONS)(self._correct)

    @cached_property
    def _right_stems(self) -> frozenset[str]:
        return listed_words("other_stems.txt").union(map(self._stem, self._right))

    @cached_property
    def _targets(self) -> Ends:
        return _by_ends(self._given)

    @cached_property
    def _others(self) -> Ends:
        return _by_ends(self._right - self._given)

    def warm(self) -> None:
        """Puts the words in order with which a misspelt one is compared; the first one would wait for it."""
        _ = self._right_stems, self._targets, self._others

    def knows(self, word: str) -> bool:
        """Whether a word is spelt right, or too short or too long to be taken for another."""
        return word in self._given or word in self._right or not SHORTEST <= len(word) <= LONGEST

    def correct(self, word: str) -> str | None:
        """The target that `word` is a misspelling of, or None where it is none.

        Short words need the same first letter and one slip (optimal string alignment); longer ones may have two or three, and
        the same first or last letter.
        """
        return None if self.knows(word) else self._corrected(word)

    def _correct(self, word: str) -> str | None:
        if not word.isalpha() or self._stem(word) in self._right_stems:
            return None
        best = _closest(word, self._targets, favour=0.03)
        if best is None or best[0] <= ENOUGH:
            return None
        other = _closest(word, self._others)
        return best[1] if other is None or best[0] >= other[0] else None


def _by_ends(words: Iterable[str]) -> Ends:
    found: Ends = {}
    for word in sorted(words):
        if len(word) >= SHORTEST:
            for end in _ends(word):
                found.setdefault((len(word), end), []).append(word)
    return found


def _ends(word: str) -> tuple[str, str]:
    return f"{word[0]}-", f"-{word[-1]}"


def _closest(word: str, among: Ends, favour: float = 0.0) -> tuple[float, str] | None:
    """(score, word) of the one that `word` looks most like, None where all are too far off.

    Only words with the same first or the same last letter are looked at: hardly any slip spares neither, and there are far
    fewer of them.
    """
    from rapidfuzz import process  # most questions need none of it, and it takes long to import
    from rapidfuzz.distance import OSA, JaroWinkler

    size = len(word)
    slips = 1 if size < 6 else 2 if size < 9 else 3
    off = min(slips, 2)  # three letters more or less are hardly ever one word typed badly
    best: tuple[float, str] | None = None
    for length, end in product(range(size - off, size + off + 1), _ends(word)):
        near = process.extract(word, among.get((length, end), ()), scorer=OSA.distance, score_cutoff=slips, limit=12)
        for target, distance, _ in near:
            if distance >= len(target) - 2 or (size < 6 and target[0] != word[0]):
                continue
            score = JaroWinkler.similarity(word, target) - 0.1 * distance + favour
            if best is None or score > best[0]:
                best = (score, target)
    return best
