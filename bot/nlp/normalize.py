"""Turn raw text into normalized text, tokens and stems, so that texts can be compared however people type them.

Nothing here can fail: empty text, emoji, stacked accents, right-to-left marks and NUL all give tokens or none.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, islice
from typing import TypeVar

import Stemmer

from bot.nlp.lexicon import load_lexicon

_TAGS = (
    "a|abbr|b|big|blockquote|body|br|code|del|div|em|font|h[1-6]|head|hr|html|i|iframe|img|input|ins|kbd|li|link|mark|meta"
    "|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|thead|title|tr|tt|u|ul"
)
"""The names of HTML tags: any other word in angle brackets is part of what somebody says."""
_MARKUP = re.compile(
    r"<a?:\w+:\d+>|<[@#][!&]?\d+>|https?://\S+"
    rf"|<(?:{_TAGS})(?:\s+[a-z-]+\s*=[^<>]{{0,200}})?\s*/?>|</[a-z][\w-]*\s*>",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r"\b(?:US|U\.S\.(?:A\.)?|(?i:the us)|(?i:united states))(?![\w'’])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ABBREVIATION = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STRETCHED_ASCII = re.compile(r"([a-z])\1{2,}")  # the same, several times as quick
_BLANKS = "\n\r\t\u115f\u1160"
"""Control characters and, decomposed, Hangul fillers: letters that are shown as blanks."""
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})

MAX_CHARACTERS = 4000
"""Characters of a question that are read: the longest message Discord lets anybody send."""
MAX_TOKEN_LENGTH = 64
"""Characters of a token; the rest of a longer word is dropped."""
MAX_TOKENS = 1000
"""Tokens of a text; the rest is dropped."""
MAX_CACHE_ENTRY_BYTES = 1024
"""Bytes of a cache entry for one token: key and value of `MAX_TOKEN_LENGTH` four-byte characters each, and the bookkeeping."""
EXPANSION_CACHE_BYTES = 8 * 1024 * 1024
STEM_CACHE_BYTES = 16 * 1024 * 1024
_TOO_LONG = re.compile(rf"[^ ]{{{MAX_TOKEN_LENGTH + 1}}}")
T = TypeVar("T")


def token_cache(size: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Return a decorator that caches a function of one token in at most `size` bytes."""
    return lru_cache(maxsize=size // MAX_CACHE_ENTRY_BYTES)


def normalize(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return the text in lower case without markup, combining marks, control characters and stretched letters.

    Read at most `limit` characters and return at most as many: one character may decompose into eighteen.
    """
    return _normalize(text[:limit], limit)[:limit]


def _normalize(text: str, limit: int) -> str:
    text = text.translate(_APOSTROPHES)
    if "<" in text or "://" in text:  # each `if` only saves time: few messages have such a sign
        text = _MARKUP.sub(" ", text)
    lower = text.lower()
    if "US" in text or "U.S" in text or "the us" in lower or "united" in lower:
        text = _COUNTRY.sub("usa", text)
    if "." in text:
        text = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text)
    if text.isascii():
        return _STRETCHED_ASCII.sub(r"\1", _CONTROL.sub("", text).lower())
    decomposed = unicodedata.normalize("NFKD", text)[:limit]
    plain = "".join(
        " " if c in _BLANKS else c for c in decomposed if unicodedata.category(c)[0] not in "MC" or c in _BLANKS
    )
    return _STRETCHED.sub(r"\1", plain.casefold())


def tokenize(text: str) -> tuple[str, ...]:
    """Return the tokens of normalized text, with chat spellings and contractions written out.

    There are at most `MAX_TOKENS` of at most `MAX_TOKEN_LENGTH` characters: everything that reads tokens relies on these bounds.
    """
    if "'" in text:
        text = _elision().sub("", text)
    if len(text) <= MAX_TOKENS and "-" not in text and not _TOO_LONG.search(text):  # most texts; the rest takes longer
        return tuple([token for word in _WORD.findall(text) for token in _expand_cached(word) if token])
    tokens = chain.from_iterable(map(_expand_long, _WORD.findall(text)))
    return tuple(islice(filter(None, tokens), MAX_TOKENS))


def _expand(word: str) -> tuple[str, ...]:
    """Return the tokens of one word: what a chat spelling or contraction stands for, or the parts of a hyphenated word."""
    lexicon = load_lexicon()
    meant = lexicon.chat_spellings.get(word, lexicon.chat_spellings.get(word.replace("'s", "s")))  # what's as whats
    if meant is not None:
        return tuple(meant.split())
    if word.endswith("n't"):
        return (word[:-3], "not")
    for ending, meaning in lexicon.contraction_endings.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)].replace("'", ""), *meaning.split())
    word = word.replace("'", "")
    return tuple(word.split("-")) if "-" in word else (word,)


_expand_cached = token_cache(EXPANSION_CACHE_BYTES)(_expand)


def _expand_long(word: str) -> tuple[str, ...]:
    """Expand a word that may be hyphenated or too long. It may have too many parts to be worth caching."""
    if len(word) <= MAX_TOKEN_LENGTH:
        return _expand(word)
    return tuple([token for part in word.split("-") for token in _expand(part[:MAX_TOKEN_LENGTH])])


@cache
def _elision() -> re.Pattern[str]:
    """Return the pattern of a word that has lost its vowel before another one: 'l' in l'article."""
    elided = "|".join(sorted(load_lexicon().elided, key=len, reverse=True))
    return re.compile(rf"\b(?:{elided})'(?=[aeiouhéèêàâîôœ])", re.IGNORECASE)


class EnglishStemmer:
    """Word stems by the Snowball English algorithm (https://snowballstem.org/algorithms/english/stemmer.html)."""

    def __init__(self) -> None:
        self.stemmer = Stemmer.Stemmer("english", 0)  # no cache of its own, which would count words and not bytes
        self._stem: Callable[[str], str] = token_cache(STEM_CACHE_BYTES)(self.stemmer.stemWord)

    def __call__(self, token: str) -> str:
        """Return the stem of a token as `tokenize` returns it, in lower case."""
        return self._stem(token)
