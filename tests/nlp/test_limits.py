"""Whatever people type: what is read of it, what it costs and what stays in memory are bounded."""

import gc
import random
import tracemalloc
from collections.abc import Callable
from functools import _lru_cache_wrapper
from hashlib import blake2b
from sys import getsizeof
from typing import cast

import pytest

from bot import bootstrap
from bot.answering.answerer import MAX_TYPED, Answerer
from bot.answering.name_lookup import READ, bare
from bot.discord_frontend.asking.ask_service import EARLIER, REMEMBERED, REMEMBERED_BYTES
from bot.discord_frontend.common.recent import Memory, bytes_of
from bot.matching.matcher import MAX_RECENT
from bot.nlp.normalize import (
    EXPANSION_CACHE_BYTES,
    MAX_CACHE_ENTRY_BYTES,
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
from bot.nlp.spelling import CORRECTION_CACHE_BYTES, SpellingCorrector
from tests.support.small_story import small_story

LONGEST = "\ufdfa"  # one character that stands for eighteen letters, the most there are
ASTRAL = "".join(map(chr, range(0x10900, 0x10916)))
"""Letters of four bytes each."""
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")
HOSTILE: dict[str, Callable[[int], str]] = {
    "ligature": lambda size: LONGEST * size,
    "ligatures apart": lambda size: f"{LONGEST} " * (size // 2),
    "long word": lambda size: "ab" * (size // 2),
    "hyphens": lambda size: "abc-" * (size // 4),
    "apostrophes": lambda size: "i'd've" * (size // 6),
    "marks": lambda size: ("e" + "\u0301\u0323" * 40) * (size // 81),
    "sharp s": lambda size: "ß" * size,
    "three letters when folded": lambda size: "ΐ" * size,
    "Hangul": lambda size: "각" * size,
    "Cuneiform": lambda size: "\U00012000" * size,
    "short words": lambda size: "im " * (size // 3),
    "the country": lambda size: "US " * (size // 3),
    "emoji": lambda size: "👩‍👩‍👧" * (size // 5),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("size", [100, 4000, 6000, 100_000])
def test_normalised_text_is_bounded_in_letters_and_words(kind: str, size: int) -> None:
    """No text yields more than `QUESTION` letters, `WORDS` words, or `MAX_TOKEN_LENGTH` letters a word."""
    normal = normalize(HOSTILE[kind](size))
    tokens = tokenize(normal)
    assert len(normal) <= 4000
    assert len(tokens) <= MAX_TOKENS
    assert max(map(len, tokens), default=0) <= MAX_TOKEN_LENGTH


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_is_bounded_after_it_is_normalised(kind: str) -> None:
    """200 ligatures were a name of 3,600 letters, which took 200 ms to compare."""
    assert len(bare(HOSTILE[kind](6000))) <= 2 * READ


def test_a_long_word_is_cut_and_its_hyphenated_parts_are_kept() -> None:
    """What is too long for one word may still be a sentence with hyphens in it."""
    assert tokenize("a" * 70 + " cat") == ("a" * MAX_TOKEN_LENGTH, "cat")
    assert tokenize("-".join(["who-is-han-dong"] * 5)) == ("who", "is", "han", "dong") * 5


def test_only_the_beginning_of_what_is_being_typed_is_read() -> None:
    """Suggestions are made at every key, so that what they cost may not grow with the text."""
    answerer = Answerer(small_story(), bootstrap.weights())
    typed = "why did the keeper leave the lighthouse ".ljust(MAX_TYPED)
    assert answerer.suggest(typed + LONGEST * 5000, 25) == answerer.suggest(typed, 25)


def strange(number: int) -> str:
    """A word of 4,000 letters that nobody knows, another one for each number."""
    return (blake2b(str(number).encode(), digest_size=50).hexdigest().translate(LETTERS)) * 40


def test_a_cache_entry_takes_no_more_than_is_reckoned() -> None:
    """The caches count entries; that bounds their bytes where no entry takes more than `MAX_CACHE_ENTRY_BYTES`."""
    size, found = 2000, random.Random(1)
    keys = ["".join(found.choices(ASTRAL, k=MAX_TOKEN_LENGTH)) for _ in range(size)]
    for cached in (
        token_cache(size * MAX_CACHE_ENTRY_BYTES)(_expand),
        token_cache(size * MAX_CACHE_ENTRY_BYTES)(EnglishStemmer()._stem),
    ):
        tracemalloc.start()
        for key in keys:
            cached(str(key.encode(), "utf-8"))
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert (
            size * getsizeof(keys[0]) < taken < 2 * size * MAX_CACHE_ENTRY_BYTES
        )  # the stems' own cache held them too


def test_ten_thousand_questions_of_long_strange_words_leave_the_caches_under_their_limit() -> None:
    """Each had its words of up to 4,000 letters kept in four caches for ever."""
    answerer = Answerer(small_story(), bootstrap.weights())
    for number in range(10_000):
        answerer.matcher.index.analyzer.analyze(strange(number))
    answerer.reply(strange(-1), [strange(-2), strange(-3)])
    analyzer = answerer.matcher.index.analyzer
    assert 0 < held(analyzer._stem._stem) < STEM_CACHE_BYTES
    assert held(analyzer._corrector._correct_cached) < CORRECTION_CACHE_BYTES
    assert 0 < held(_expand_cached) < EXPANSION_CACHE_BYTES
    assert analyzer._stem.stemmer.maxCacheSize == 0
    assert len(answerer.matcher._recent) <= MAX_RECENT


def held(cache: object) -> int:
    """The bytes of the words that a cache holds, as keys or as values."""
    found = {id(one): one for one in gc.get_referents(cache) if isinstance(one, str | tuple)}
    inside = {id(word): word for one in found.values() if isinstance(one, tuple) for word in one}
    return sum(map(getsizeof, (found | inside).values()))


def test_the_caches_of_words_are_bounded_in_bytes() -> None:
    """They hold so many entries, each of at most so many bytes."""
    stems = EnglishStemmer()
    corrector = SpellingCorrector(frozenset(), frozenset(), stems)
    for cache, most in (
        (stems._stem, STEM_CACHE_BYTES),
        (corrector._correct_cached, CORRECTION_CACHE_BYTES),
        (_expand_cached, EXPANSION_CACHE_BYTES),
    ):
        assert cast("_lru_cache_wrapper[object]", cache).cache_info().maxsize == most // MAX_CACHE_ENTRY_BYTES


def test_remembered_conversations_are_bounded_in_bytes() -> None:
    """Three questions of 4,000 letters each under 5,000 messages were 240 MB."""
    memory: Memory[tuple[str, ...]] = Memory(REMEMBERED_BYTES, bytes_of)
    for key in range(2 * REMEMBERED):
        memory.keep(key % 7000, tuple(chr(0x10900 + n) * EARLIER for n in range(3)))
    held = [memory.get(key) for key in range(7000)]
    assert memory.used == sum(bytes_of(context) for context in held if context) <= REMEMBERED_BYTES
    memory.keep("large", ("x" * 2 * REMEMBERED_BYTES,))
    assert memory.get("large") is None
