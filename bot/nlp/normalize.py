"""Raw text in, plain words out: whatever people type, in a form that can be compared.

Nothing here can fail: empty text, emoji, stacked accents, right-to-left marks and NUL all come out as words or as none.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, islice
from typing import TypeVar

import Stemmer

from bot.nlp import lexicon

_MARKUP = re.compile(r"<a?:\w+:\d+>|<[@#][!&]?\d+>|https?://\S+|</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_COUNTRY = re.compile(r"\b(?:US|U\.S\.(?:A\.)?|(?i:the us)|(?i:united states))(?![\w'’])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_LONG = re.compile(r"[^ ]{65}")  # more than WORD
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STRETCHED_ASCII = re.compile(r"([a-z])\1{2,}")  # the same, several times as quick
_ELISION = re.compile(r"\b(?:qu|[ldcjnsmt])'(?=[aeiouhéèêàâîôœ])", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})

MAX_CHARACTERS = 4000
"""Characters read of a question: the longest message Discord lets anybody send."""
WORD = 64
"""Maximum letters of a word; the rest of a longer one is dropped."""
WORDS = 1000
"""Maximum words of a text; the rest is dropped."""
ENTRY = 1024
"""Maximum bytes that a cache entry for one word takes: key and value of `WORD` four-byte letters each, and the bookkeeping."""
EXPANDED = 8 * 1024 * 1024
"""Maximum bytes of the cache of chat spellings."""
STEMS = 16 * 1024 * 1024
"""Maximum bytes of the cache of stems."""
T = TypeVar("T")


def word_cache(size: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Return a decorator that caches a function of one word of at most `WORD` letters, in at most `size` bytes."""
    return lru_cache(maxsize=size // ENTRY)


def normalise(text: str, most: int = MAX_CHARACTERS) -> str:
    """Return the text in lower case without markup, marks, controls and accents.

    At most `most` characters are read, and at most as many returned: one character may stand for eighteen letters.
    """
    return _normalise(text[:most], most)[:most]


def _normalise(text: str, most: int) -> str:
    text = text.translate(_APOSTROPHES)
    if "<" in text or "://" in text:  # each `if` only saves time: few messages have such a sign
        text = _MARKUP.sub(" ", text)
    lower = text.lower()
    if "US" in text or "U.S" in text or "the us" in lower or "united" in lower:
        text = _COUNTRY.sub("usa", text)
    if "." in text:
        text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    if text.isascii():
        return _STRETCHED_ASCII.sub(r"\1", _CONTROL.sub("", text).lower())
    decomposed = unicodedata.normalize("NFKD", text)[:most]
    kept = "".join(
        " " if c in "\n\r\t" else c for c in decomposed if unicodedata.category(c)[0] not in "MC" or c in "\n\r\t"
    )
    return _STRETCHED.sub(r"\1", kept.casefold())


def _expand(word: str) -> tuple[str, ...]:
    spelt = lexicon.SPELLINGS.get(word, lexicon.SPELLINGS.get(word.replace("'s", "s")))  # what's as whats
    if spelt is not None:
        return tuple(spelt.split())
    if word.endswith("n't"):
        return (word[:-3], "not")
    for ending, meaning in lexicon.ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)].replace("'", ""), *meaning.split())
    word = word.replace("'", "")
    return tuple(word.split("-")) if "-" in word else (word,)


_expand_cached = word_cache(EXPANDED)(_expand)


def words(text: str) -> tuple[str, ...]:
    """Return the words of `normalise`d text, with chat spellings and contractions written out.

    At most `WORDS` words of at most `WORD` letters each: everything that reads words relies on these bounds.
    """
    if "'" in text:
        text = _ELISION.sub("", text)
    if len(text) <= WORDS and "-" not in text and not _LONG.search(text):  # most texts; the rest takes longer
        return tuple([word for found in _WORD.findall(text) for word in _expand_cached(found) if word])
    parts = chain.from_iterable(map(_parts, _WORD.findall(text)))
    return tuple(islice(filter(None, parts), WORDS))


def _parts(word: str) -> tuple[str, ...]:
    """Expand a word that may be hyphenated or too long. It may have too many parts to be worth caching."""
    if len(word) <= WORD:
        return _expand(word)
    return tuple([part for piece in word.split("-") for part in _expand(piece[:WORD])])


class Stems:
    """Word stems by the Snowball English algorithm (https://snowballstem.org/algorithms/english/stemmer.html)."""

    def __init__(self) -> None:
        self.stemmer = Stemmer.Stemmer("english", 0)  # no cache of its own, which would count words and not bytes
        self._stem: Callable[[str], str] = word_cache(STEMS)(self.stemmer.stemWord)

    def __call__(self, word: str) -> str:
        """Return the stem of one word as `words` returns them, in lower case."""
        return self._stem(word)
