"""The language resources that hold for every story: one TOML file per language in `lexicons/`, and word lists beside them.

A question may be in any of the languages, or mix them, so what the matcher looks up is the union of all.
"""

from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from pathlib import Path

import msgspec
import tomli
from msgspec import Struct

from bot.nlp.languages import LANGUAGES, Language

FOLDER = Path(__file__).with_name("lexicons")
Words = frozenset[str]


class RequestGrammar(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of requests around a question ('could you please tell me'); `bot.nlp.courtesy` puts them together."""

    adverbs: str
    closing_adverbs: str
    modals: str
    addressees: str
    speakers: str
    conjunctions: str
    wishes: str
    courtesies: tuple[str, ...]
    tell: tuple[str, ...]
    wanting_adverbs: str
    wanting: str
    learn: tuple[str, ...]
    markers: str


class LanguageFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of `lexicons/`, where each field is explained. Lists of words are separated by blanks."""

    stop_words: str
    markers: str
    negations: str
    denials: str
    anaphora: str
    follow_up_openers: str
    conjunctions: str
    disjunctions: str
    fillers: str
    interrogatives: str
    focus_interrogatives: str
    auxiliaries: str
    number_words: dict[str, int]
    question_patterns: dict[str, tuple[str, ...]]
    small_talk: str = ""
    leading_conjunctions: str = ""
    subordinators: str = ""
    elided: str = ""
    identity_words: str = ""
    decisive_openers: str = ""
    contraction_endings: dict[str, str] = {}
    chat_spellings: dict[str, str] = {}
    requests: RequestGrammar | None = None


class Lexicon(Struct, frozen=True):
    """What the matcher knows of all languages, whatever the story."""

    stop_words: Words
    small_talk: Words
    negations: Words
    denials: Words
    anaphora: Words
    follow_up_openers: Words
    conjunctions: Words
    leading_conjunctions: Words
    disjunctions: Words
    fillers: Words
    interrogatives: Words
    focus_interrogatives: Words
    auxiliaries: Words
    subordinators: Words
    elided: Words
    identity_words: Words
    number_words: Mapping[str, str]
    """Numbers as digits, by the word for them."""
    contraction_endings: Mapping[str, str]
    chat_spellings: Mapping[str, str]
    """What is meant, by what people type; empty for what means nothing."""
    question_patterns: Mapping[str, tuple[str, ...]]
    """The phrases that ask for something, by intent."""
    requests: tuple[RequestGrammar, ...]
    question_words: Words
    """Words that can open a question: interrogatives and auxiliaries."""
    words: Words
    """Every word above that is spelt as people spell it, chat spellings included."""


@cache
def load_lexicon() -> Lexicon:
    """Load the lexicon of all languages. The files are read once in a process."""
    files = [load_language(language) for language in LANGUAGES]
    names = [
        name
        for name, kind in Lexicon.__annotations__.items()
        if kind == Words and name in LanguageFile.__struct_fields__
    ]
    sets = {name: _union(getattr(file, name) for file in files) for name in names}
    spellings = {
        typed: meant for file in files for meant, forms in file.chat_spellings.items() for typed in forms.split()
    }
    numbers = {word: str(number) for file in files for word, number in file.number_words.items()}
    known = ("stop_words", "small_talk", "negations", "anaphora", "auxiliaries", "interrogatives")
    return Lexicon(
        **sets,
        number_words=numbers,
        contraction_endings={end: meant for file in files for end, meant in file.contraction_endings.items()},
        chat_spellings=spellings,
        question_patterns=_merge_patterns(files),
        requests=tuple(file.requests for file in files if file.requests),
        question_words=sets["interrogatives"] | sets["auxiliaries"],
        words=reduce(or_, (sets[name] for name in known)).union(spellings, numbers),
    )


@cache
def load_word_list(name: str) -> Words:
    """Load a list of words from `lexicons/`; lines that start with # are comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def load_language(language: Language) -> LanguageFile:
    """Load the resources of one language."""
    return msgspec.convert(tomli.loads((FOLDER / f"{language}.toml").read_text("utf-8")), LanguageFile)


def _union(lists: Iterable[str]) -> Words:
    return frozenset(word for words in lists for word in words.split())


def _merge_patterns(files: Iterable[LanguageFile]) -> dict[str, tuple[str, ...]]:
    """Return the patterns of all languages by intent, in the order of the first file that has the intent."""
    merged: dict[str, tuple[str, ...]] = {}
    for file in files:
        for intent, patterns in file.question_patterns.items():
            merged[intent] = (*merged.get(intent, ()), *patterns)
    return merged
