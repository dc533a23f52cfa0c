"""The inverted index of a base: which documents have each term, bigram and character n-gram, and how rare each of these is.

What can be derived from a single document is in `document`; what depends on the whole base (document frequencies) is here.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from bot.matching.analysis import Analysis
from bot.matching.analyzer import Analyzer
from bot.matching.document import Document, Profile, TextNumbers, bigrams
from bot.matching.exact_texts import ExactTexts, fingerprint

SMOOTHING_TEXTS = 25
"""Texts of a document that raise its smoothing by one; see `Index.smoothing`."""
MAX_TEXTS = 1 << 20
"""More texts than any document has."""
MIN_WORD_TEXTS = 2
"""Texts of the base that have a word for it to count as spelt right."""
NO_DOCUMENTS: Mapping[int, TextNumbers] = MappingProxyType({})
UINT32: Final = "I"
"""The type of the numbers of `Tables.bigrams`, as `array` and `memoryview` call it."""
Bigram = tuple[float, Mapping[int, int]]
"""The inverse document frequency of a bigram, and the number of texts that have it, by document."""


class Tables(Struct, frozen=True):
    """The posting lists of a base, by document number.

    document_count; word_counts: the number of texts that have each word; postings: for each term the documents that have it,
    with the numbers of their texts that do; bigrams: for each bigram the documents that have it with their number of texts
    that do, ascending (see `pack`); ngrams: for each character n-gram two bits a document, the first document's lowest: 1
    where it has the n-gram, 2 where several of its texts do; exact: the first text with just these tokens (see
    `text_position`), by their fingerprint, packed as `ExactTexts` reads it.
    """

    document_count: int
    word_counts: Mapping[str, int]
    postings: Mapping[str, Mapping[int, TextNumbers]]
    bigrams: Mapping[str, bytes]
    ngrams: Mapping[str, bytes]
    exact: bytes


def base_analyzer(analyzer: Analyzer, word_counts: Mapping[str, int]) -> Analyzer:
    """Return an analyzer that takes the words of a base as spelt right, by the number of texts that have each."""
    return analyzer.with_base_words([word for word, count in word_counts.items() if count >= MIN_WORD_TEXTS])


class Index:
    """What questions are looked up in. Never changed: `index_builder` makes another one.

    documents: by number; None where one was removed. profiles: those that are known already.
    """

    def __init__(
        self,
        analyzer: Analyzer,
        documents: Sequence[Document | None],
        tables: Tables,
        profiles: Mapping[int, Profile] | None = None,
    ) -> None:
        self.analyzer = analyzer
        self.documents = documents
        self.tables = tables
        self._exact = ExactTexts(tables.exact)
        self.max_idf = math.log(1 + tables.document_count)
        """Inverse document frequency of a term that no document has."""
        # The rest are caches: each value is derived from the above when it is first needed.
        self._profiles = dict(profiles or {})
        self._text_weights: dict[int, tuple[float, ...]] = {}
        self._key_terms: dict[int, Mapping[str, float]] = {}
        self._idf: dict[str, float] = {}
        self._contributions: dict[str, Mapping[int, float]] = {}
        self._bigrams: dict[str, Bigram] = {}
        self._ngrams: dict[str, tuple[bytes, float]] = {}

    def warm(self) -> None:
        """Fill the caches, all but that of bigrams, which takes the most room and saves the least time.

        Another thread may ask meanwhile, or update the index.
        """
        self.analyzer.warm()
        for number, document in enumerate(self.documents):
            if document is not None:
                self.key_terms(number)
                self.text_weights(number)
                _ = self.profile(number).sorted_texts
        for term in self.tables.postings:
            self.contributions(term)
        self.ngrams(self.tables.ngrams)

    def document(self, number: int) -> Document:
        """Return the document of a number. Raise KeyError where it was removed."""
        document = self.documents[number]
        if document is None:
            raise KeyError(number)
        return document

    def profile(self, number: int) -> Profile:
        """Return the profile of a document."""
        profile = self._profiles.get(number)
        if profile is None:
            profile = self._profiles[number] = Profile.build(self.document(number))
        return profile

    @property
    def profiles(self) -> Mapping[int, Profile]:
        """The profiles built so far; a copy, since another thread may be building more."""
        return self._profiles.copy()

    def has_term(self, term: str) -> bool:
        """Return whether any text of the base has this term."""
        return term in self.tables.postings

    def idf(self, term: str) -> float:
        """Return the inverse document frequency of a term: ln(1 + N / n), where n of N documents have it."""
        idf = self._idf.get(term)
        if idf is None:
            posting = self.tables.postings.get(term)
            if not posting:
                return self.max_idf
            idf = self._idf[term] = self._log_idf(len(posting))
        return idf

    def _log_idf(self, document_frequency: int) -> float:
        return math.log(1 + self.tables.document_count / document_frequency)

    def contributions(self, term: str) -> Mapping[int, float]:
        """Return what a term adds to the retrieval score of each document that has it: idf · n / (n + 1) for n texts."""
        return self._contributions.get(term) or self._compute_contributions(term)

    def _compute_contributions(self, term: str) -> Mapping[int, float]:
        posting = self.tables.postings.get(term)
        if not posting:
            return {}
        idf = self.idf(term)
        contributions = {number: idf * len(texts) / (1 + len(texts)) for number, texts in posting.items()}
        self._contributions[term] = contributions
        return contributions

    def bigrams(self, tokens: Sequence[str]) -> list[Bigram]:
        """Return the bigrams of a question that the base has."""
        return [found for bigram in bigrams(tokens) if (found := self._bigrams.get(bigram) or self._bigram(bigram))]

    def _bigram(self, bigram: str) -> Bigram | None:
        packed = self.tables.bigrams.get(bigram)
        if packed is None:
            return None
        counts = {entry >> 8: entry & 255 for entry in memoryview(packed).cast(UINT32)}  # see `pack`
        found = self._bigrams[bigram] = self._log_idf(len(counts)), counts
        return found

    def ngrams(self, ngrams: Iterable[str]) -> list[tuple[bytes, float]]:
        """Return each character n-gram as `Tables.ngrams` has it (empty where no document does), with its idf."""
        return [self._ngrams.get(ngram) or self._ngram(ngram) for ngram in ngrams]

    def _ngram(self, ngram: str) -> tuple[bytes, float]:
        levels = self.tables.ngrams.get(ngram)
        if not levels:
            return b"", self.max_idf
        bits = int.from_bytes(levels, "little")
        low_bits = int.from_bytes(b"\x55" * len(levels), "little")
        found = self._ngrams[ngram] = levels, self._log_idf(((bits | bits >> 1) & low_bits).bit_count())
        return found

    def smoothing(self, number: int) -> float:
        """Return the smoothing constant k of a document: 1 + texts / `SMOOTHING_TEXTS`.

        A term that n of its texts have counts n / (n + k), so that one text is not enough in a document with many.
        """
        return 1 + len(self.document(number).terms) / SMOOTHING_TEXTS

    def term_share(self, number: int, term: str) -> float:
        """Return how firmly a term belongs to a document, 0 to 1: n / (n + k), where n texts have it, by `smoothing` k."""
        texts = self.tables.postings.get(term, NO_DOCUMENTS).get(number, b"")
        return len(texts) / (len(texts) + self.smoothing(number))

    def key_terms(self, number: int) -> Mapping[str, float]:
        """Return the key terms of a document with their inverse document frequencies."""
        key_terms = self._key_terms.get(number)
        if key_terms is None:
            key_terms = self._key_terms[number] = {term: self.idf(term) for term in self.profile(number).key_terms}
        return key_terms

    def text_weights(self, number: int) -> tuple[float, ...]:
        """Return for each text of a document the sum of its terms' inverse document frequencies."""
        weights = self._text_weights.get(number)
        if weights is None:
            idf = self.idf
            weights = tuple(sum(map(idf, terms)) for terms in self.document(number).terms)
            self._text_weights[number] = weights
        return weights

    def exact_match(self, question: Analysis) -> tuple[int, int] | None:
        """Return (document, text) of a text with just the tokens of a question; None for a question without any."""
        position = self._exact.get(fingerprint(question.text)) if question.text else None
        if position is None:
            return None
        number, text = divmod(position, MAX_TEXTS)
        return (number, text) if self.document(number).normalized[text] == question.text else None


def text_position(number: int, text: int) -> int:
    """Return a document's text as one number."""
    return number * MAX_TEXTS + text


def pack(number: int, count: int) -> int:
    """Return a document number and a count of its texts, of which 255 is the highest, as one number of 32 bits."""
    return number << 8 | min(count, 255)
