"""Raw text in, plain words out: whatever people type, in a form that can be compared.

Nothing here can fail: empty text, emoji, stacked accents, right-to-left marks and NUL all come out as words or as none.
"""

import re
import unicodedata
from functools import lru_cache

import Stemmer

from bot.language import english
from bot.limits import QUESTION

_MARKUP = re.compile(r"<a?:\w+:\d+>|<[@#][!&]?\d+>|https?://\S+|</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_COUNTRY = re.compile(r"\b(?:US|U\.S\.(?:A\.)?|(?i:the us)|(?i:united states))(?![\w'’])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STRETCHED_ASCII = re.compile(r"([a-z])\1{2,}")  # the same, several times as quick
_ELISION = re.compile(r"\b(?:qu|[ldcjnsmt])'(?=[aeiouhéèêàâîôœ])", re.IGNORECASE)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})


def normalise(text: str) -> str:
    """The text without markup, marks, controls and accents, in lower case, at most `QUESTION` characters read."""
    text = text[:QUESTION].translate(_APOSTROPHES)
    if "<" in text or "://" in text:  # each `if` only saves time: few messages have such a sign
        text = _MARKUP.sub(" ", text)
    lower = text.lower()
    if "US" in text or "U.S" in text or "the us" in lower or "united" in lower:
        text = _COUNTRY.sub("usa", text)
    if "." in text:
        text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    if text.isascii():
        return _STRETCHED_ASCII.sub(r"\1", _CONTROL.sub("", text).lower())
    decomposed = unicodedata.normalize("NFKD", text)[:QUESTION]  # one character may become eighteen
    kept = "".join(
        " " if c in "\n\r\t" else c for c in decomposed if unicodedata.category(c)[0] not in "MC" or c in "\n\r\t"
    )
    return _STRETCHED.sub(r"\1", kept.casefold())


@lru_cache(maxsize=65_536)
def _expand(word: str) -> tuple[str, ...]:
    spelt = english.SPELLINGS.get(word, english.SPELLINGS.get(word.replace("'s", "s")))  # what's as whats
    if spelt is not None:
        return tuple(spelt.split())
    if word.endswith("n't"):
        return (word[:-3], "not")
    for ending, meaning in english.ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (word[: -len(ending)].replace("'", ""), *meaning.split())
    word = word.replace("'", "")
    return tuple(word.split("-")) if "-" in word else (word,)


def words(text: str) -> tuple[str, ...]:
    """The words of `normalise`d text, chat spellings and contractions written out."""
    if "'" in text:
        text = _ELISION.sub("", text)
    return tuple([word for found in _WORD.findall(text) for word in _expand(found) if word])


class Stems:
    """Word stems by the Snowball English algorithm (https://snowballstem.org/algorithms/english/stemmer.html)."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._known: dict[str, str] = {}

    def __call__(self, word: str) -> str:
        """The stem of one word in lower case."""
        stem = self._known.get(word)
        if stem is None:
            stem = self._stemmer.stemWord(word)
            if len(self._known) < 200_000:
                self._known[word] = stem
        return stem
