"""One entry as the index has it: its texts analyzed, and the profile that questions are compared with.

An entry becomes a `Document` by itself, so that an updated index keeps the documents of all entries that have not changed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bot.matching.analyzer import Analyzer
from bot.matching.vocabulary import CONCEPT, PERSON, numbers_in, people_in
from bot.nlp.normalize import normalize, tokenize

NGRAM_LENGTH = 4
"""Characters of the n-grams by which two spellings of a word are found alike."""
MIN_BIGRAM_TEXTS = 2
"""Texts of an entry that have two tokens side by side for these to count as a bigram of it."""
KEY_TERM_SHARE = 0.6
"""Share of an entry's texts that have a term for it to be a key term."""
_ItemT = TypeVar("_ItemT")
TextNumbers = bytes | tuple[int, ...]
"""Numbers of texts of one document, ascending: as bytes where they fit, which take the least room."""


class EntryTexts(Struct, frozen=True):
    """What the index needs of an entry."""

    id: str
    texts: tuple[str, ...]
    """The question first, then its phrasings."""
    answer: str
    covered: bool
    """False for an entry that says that the article does not say."""
    cites: frozenset[int]

    def tokenized(self) -> list[tuple[str, ...]]:
        """Return the tokens of each text, those of the answer last."""
        return [tokenize(normalize(text)) for text in (*self.texts, self.answer)]


class Document(Struct, frozen=True):
    """An entry whose texts have been analyzed."""

    entry: EntryTexts
    normalized: tuple[str, ...]
    """The tokens of each text, joined by blanks."""
    terms: tuple[tuple[str, ...], ...]
    """The terms of each text."""
    intents: tuple[frozenset[str], ...]
    """What each text asks for."""
    answer_terms: frozenset[str]
    """Terms of the answer itself: a question may have them, though no phrasing does."""
    unlisted_words: frozenset[str]
    """Words, as typed, that no list has: whether they are spelt right depends on the rest of the base."""

    @classmethod
    def build(cls, entry: EntryTexts, tokenized: Sequence[tuple[str, ...]], analyzer: Analyzer) -> "Document":
        """Analyze an entry; `tokenized`: see `EntryTexts.tokenized`."""
        *analyses, answer = (analyzer.analyze_tokens(tokens) for tokens in tokenized)
        return cls(
            entry=entry,
            normalized=tuple(analysis.text for analysis in analyses),
            terms=tuple(analysis.terms for analysis in analyses),
            intents=tuple(analysis.intents for analysis in analyses),
            answer_terms=frozenset(answer.terms),
            unlisted_words=frozenset(
                token for tokens in tokenized for token in tokens if not analyzer.is_listed(token)
            ),
        ).interned()

    def interned(self) -> "Document":
        """Return the same document with strings and sets that many documents have kept in memory once."""
        return replace(
            self,
            terms=tuple(tuple(map(intern, terms)) for terms in self.terms),
            intents=tuple(map(_interned_set, self.intents)),
            answer_terms=frozenset(map(intern, self.answer_terms)),
            unlisted_words=frozenset(map(intern, self.unlisted_words)),
        )

    def without_text(self, text: int) -> "Document":
        """Return the document without one of its texts, by number."""
        return replace(
            self,
            entry=replace(self.entry, texts=_without(self.entry.texts, text)),
            normalized=_without(self.normalized, text),
            terms=_without(self.terms, text),
            intents=_without(self.intents, text),
        )

    def texts_by_term(self) -> dict[str, TextNumbers]:
        """Return the numbers of the texts that have each term."""
        numbers: dict[str, list[int]] = {}
        for text, terms in enumerate(self.terms):
            for term in terms:
                numbers.setdefault(term, []).append(text)
        return {term: bytes(texts) if texts[-1] < 256 else tuple(texts) for term, texts in numbers.items()}

    def bigram_counts(self) -> dict[str, int]:
        """Return the number of texts that have each bigram, of those that at least `MIN_BIGRAM_TEXTS` have."""
        counts = Counter(chain.from_iterable(bigrams(text.split()) for text in self.normalized))
        return {bigram: count for bigram, count in counts.items() if count >= MIN_BIGRAM_TEXTS}

    def ngram_counts(self) -> Counter[str]:
        """Return the number of texts that have each character n-gram."""
        return Counter(chain.from_iterable(map(char_ngrams, self.normalized)))

    def is_interchangeable_with(self, other: "Document") -> bool:
        """Return whether both rest on one paragraph, and both or neither say that the article does not say."""
        return self.entry.covered == other.entry.covered and bool(self.entry.cites & other.entry.cites)


class Profile(Struct, frozen=True, dict=True):
    """What a document is compared by: all its texts together."""

    document: Document
    intent_shares: Mapping[str, float]
    """Share of texts with each intent, 0 to 1."""
    people: frozenset[str]
    numbers: frozenset[str]
    key_terms: frozenset[str]
    """Who and what the entry is about: names and concepts that most of its texts have."""

    @classmethod
    def build(cls, document: Document) -> "Profile":
        """Return the profile of a document."""
        texts_by_term = document.texts_by_term()
        intent_counts = Counter(intent for intents in document.intents for intent in intents)
        text_count = len(document.terms)
        terms = document.answer_terms.union(texts_by_term)
        return cls(
            document=document,
            intent_shares={intent: count / text_count for intent, count in intent_counts.items()},
            people=people_in(terms),
            numbers=numbers_in(terms),
            key_terms=frozenset(
                term
                for term, texts in texts_by_term.items()
                if term[0] in (PERSON, CONCEPT) and len(texts) >= KEY_TERM_SHARE * text_count
            ),
        )

    @cached_property
    def sorted_texts(self) -> tuple[str, ...]:
        """The tokens of each text in alphabetical order, so that another word order changes nothing."""
        return tuple([sort_tokens(text.split()) for text in self.document.normalized])


def _without(items: tuple[_ItemT, ...], place: int) -> tuple[_ItemT, ...]:
    return items[:place] + items[place + 1 :]


def sort_tokens(tokens: Iterable[str]) -> str:
    """Return tokens in alphabetical order, joined by blanks."""
    return " ".join(sorted(tokens))


def bigrams(tokens: Sequence[str]) -> list[str]:
    """Return the distinct pairs of neighbouring tokens; the first and the last token are paired with nothing too."""
    if not tokens:
        return []
    return list(dict.fromkeys(map("{} {}".format, ("", *tokens), (*tokens, ""))))


def char_ngrams(text: str) -> set[str]:
    """Return the character n-grams of a text, with a blank at either end."""
    padded = f" {text} "
    return {padded[i : i + NGRAM_LENGTH] for i in range(len(padded) - NGRAM_LENGTH + 1)}


@lru_cache(maxsize=1024)
def _interned_set(intents: frozenset[str]) -> frozenset[str]:
    """Return the one copy of a set of intents: there are few different ones."""
    return intents
