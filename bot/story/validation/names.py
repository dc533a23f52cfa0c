"""Names of a text: which capitalised words may be one, and when two words are forms of one name ('Calvinists', 'Calvin')."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from bot.nlp.check_words import load_check_words
from bot.nlp.lexicon import load_word_list
from bot.nlp.normalize import EnglishStemmer

_CAPITALISED = re.compile(r"(?<![\w.-])[A-ZÀ-Þ][\w’'&-]*(?:\.\d\w*)*")
_PHRASE = re.compile(rf"{_CAPITALISED.pattern}(?: {_CAPITALISED.pattern})*")
WORD = re.compile(r"[^\W_][\w’'&-]*(?:\.\d\w*)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…][”\"’']?\s+|[“\"(‘–—]\s*|(?<!\w)'\s*)$")
_MONTH_MAY = re.compile(r"(?:[A-ZÀ-Þ][\w’'-]+|Mrs?\.|Ms\.|Dr\.)\s$")
_ENDINGS = re.compile(r"(?:ities|ians|eans|ists|isms|ese|ian|ean|ans|ist|ism|ics|ity|ish|ies|ia|an|ic|es|s|e|a|y)$")
"""What is added to a name, or taken off, for its people, its adjective and its plural."""
_LOOK_BACK = 60
"""Characters before a word that tell whether it starts a sentence."""
MIN_STEM = 4
"""Letters that two forms of a name share at least."""


class CapitalisedWord(Struct, frozen=True):
    """A word that may be a name. start: where it stands; starts_sentence: it may be capitalised for that only."""

    word: str
    start: int
    starts_sentence: bool


def straighten_quotes(text: str) -> str:
    """Return the text with straight quotation marks and apostrophes."""
    return text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def base_form(word: str) -> str:
    """Return a name in lower case without a possessive ending."""
    return re.sub(r"'s?$", "", straighten_quotes(word)).casefold()


def name_words(text: str) -> Iterator[str]:
    """Yield the base form of each word of a text, and of each part of a hyphenated one."""
    for word in WORD.findall(text):
        form = base_form(word)
        yield form
        if "-" in form:
            yield from filter(None, form.split("-"))


@cache
def name_stem(form: str) -> str:
    """Return what the forms of a name share: 'calvin' for 'calvinists', 'europ' for 'european' and 'europe'."""
    while (shorter := _ENDINGS.sub("", form)) != form and len(shorter) >= MIN_STEM:
        form = shorter
    return form


def capitalised_words(text: str) -> Iterator[CapitalisedWord]:
    """Yield each capitalised word that may be a name: no initial, no word such as 'The', and not the month of May."""
    for match in _CAPITALISED.finditer(text):
        word, before = match[0], text[max(0, match.start() - _LOOK_BACK) : match.start()]
        form = base_form(word)
        if len(form) < 2 or form in load_check_words().no_names:
            continue
        if word == "May" and not _MONTH_MAY.search(before):
            continue
        yield CapitalisedWord(word, match.start(), bool(_SENTENCE_START.search(before)))


@cache
def is_ordinary(form: str) -> bool:
    """Tell whether a word in lower case is an English word that a sentence may begin with, as far as our word lists know."""
    stem = _stemmer()(form)
    return not form.isalpha() or form in load_word_list("en_common_words.txt") or stem in _ordinary_stems()


@cache
def _stemmer() -> EnglishStemmer:
    return EnglishStemmer()


@cache
def _ordinary_stems() -> frozenset[str]:
    stems = map(_stemmer(), load_word_list("en_common_words.txt"))
    return load_word_list("en_dictionary_stems.txt").union(stems)


def find_name_phrases(text: str) -> Iterator[str]:
    """Yield each name of a text whole ('First World War'): capitalised words in a row, without those that only open a sentence."""
    may_be_names = list(capitalised_words(text))
    starts = [found.start for found in may_be_names]
    for match in _PHRASE.finditer(text):
        words = may_be_names[bisect_left(starts, match.start()) : bisect_left(starts, match.end())]
        while words and words[0].starts_sentence and is_ordinary(base_form(words[0].word)):
            words = words[1:]
        if words:
            yield re.sub(r"['’]s?$", "", text[words[0].start : match.end()])
