"""What is read of a text, and what the caches of tokens keep, is bounded whatever people type."""

import gc
import random
import tracemalloc
from functools import _lru_cache_wrapper
from hashlib import blake2b
from sys import getsizeof
from typing import cast

import pytest

from bot.answering.answerer import Answerer
from bot.matching.matcher import MAX_RECENT
from bot.matching.weights import load_weights
from bot.nlp.normalize import (
    EXPANSION_CACHE_BYTES,
    MAX_CACHE_ENTRY_BYTES,
    MAX_CHARACTERS,
    MAX_TOKEN_LENGTH,
    MAX_TOKENS,
    STEM_CACHE_BYTES,
    EnglishStemmer,
    _expand,
    _expand_cached,
    normalize,
    token_cache,
    tokenize,
)
from bot.nlp.spelling_correction import CORRECTION_CACHE_BYTES, SpellingCorrector
from tests.support.hostile_text import HOSTILE_TEXTS
from tests.support.small_story import small_story

FOUR_BYTE_LETTERS = "".join(map(chr, range(0x10900, 0x10916)))
HEX_TO_CONSONANTS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


@pytest.mark.parametrize("kind", HOSTILE_TEXTS)
@pytest.mark.parametrize("size", [100, 4000, 6000, 100_000])
def test_tokens_are_bounded(kind: str, size: int) -> None:
    """No text has more than `MAX_CHARACTERS`, `MAX_TOKENS`, or `MAX_TOKEN_LENGTH` characters a token."""
    text = normalize(HOSTILE_TEXTS[kind](size))
    tokens = tokenize(text)
    assert len(text) <= MAX_CHARACTERS
    assert len(tokens) <= MAX_TOKENS
    assert max(map(len, tokens), default=0) <= MAX_TOKEN_LENGTH


def test_long_word_is_truncated_and_its_hyphenated_parts_are_kept() -> None:
    """What is too long for one token may be a sentence with hyphens in it."""
    assert tokenize("a" * 70 + " cat") == ("a" * MAX_TOKEN_LENGTH, "cat")
    assert tokenize("-".join(["who-is-han-dong"] * 5)) == ("who", "is", "han", "dong") * 5


def test_cache_entry_is_no_larger_than_assumed() -> None:
    """The caches count entries; that bounds their bytes where no entry takes more than `MAX_CACHE_ENTRY_BYTES`."""
    size, chance = 2000, random.Random(1)
    keys = ["".join(chance.choices(FOUR_BYTE_LETTERS, k=MAX_TOKEN_LENGTH)) for _ in range(size)]
    for cached in (
        token_cache(size * MAX_CACHE_ENTRY_BYTES)(_expand),
        token_cache(size * MAX_CACHE_ENTRY_BYTES)(EnglishStemmer()._stem),
    ):
        tracemalloc.start()
        for key in keys:
            cached(str(key.encode(), "utf-8"))
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        limit = 2 * size * MAX_CACHE_ENTRY_BYTES  # twice: the stemmer's own cache holds them too
        assert size * getsizeof(keys[0]) < used < limit


def unknown_word(number: int) -> str:
    """Return a word of 4,000 letters that nobody knows, another one for each number."""
    return (blake2b(str(number).encode(), digest_size=50).hexdigest().translate(HEX_TO_CONSONANTS)) * 40


def cached_bytes(cache: object) -> int:
    """Return the bytes of the strings that a cache holds, as keys or as values."""
    referents = {id(item): item for item in gc.get_referents(cache) if isinstance(item, str | tuple)}
    inside = {id(word): word for item in referents.values() if isinstance(item, tuple) for word in item}
    return sum(map(getsizeof, (referents | inside).values()))


def test_caches_stay_under_their_limits() -> None:
    """Ten thousand questions of long unknown words do not fill the memory."""
    answerer = Answerer(small_story(), load_weights())
    analyzer = answerer.matcher.index.analyzer
    for number in range(10_000):
        analyzer.analyze(unknown_word(number))
    answerer.reply(unknown_word(-1), [unknown_word(-2), unknown_word(-3)])
    assert 0 < cached_bytes(analyzer._stem._stem) < STEM_CACHE_BYTES
    assert cached_bytes(analyzer._corrector._correct_cached) < CORRECTION_CACHE_BYTES
    assert 0 < cached_bytes(_expand_cached) < EXPANSION_CACHE_BYTES
    assert analyzer._stem.stemmer.maxCacheSize == 0
    assert len(answerer.matcher._recent) <= MAX_RECENT


def test_caches_hold_as_many_entries_as_their_bytes_allow() -> None:
    """Each entry may take `MAX_CACHE_ENTRY_BYTES`."""
    stemmer = EnglishStemmer()
    corrector = SpellingCorrector(frozenset(), frozenset(), stemmer)
    for cache, limit in (
        (stemmer._stem, STEM_CACHE_BYTES),
        (corrector._correct_cached, CORRECTION_CACHE_BYTES),
        (_expand_cached, EXPANSION_CACHE_BYTES),
    ):
        assert cast("_lru_cache_wrapper[object]", cache).cache_info().maxsize == limit // MAX_CACHE_ENTRY_BYTES
