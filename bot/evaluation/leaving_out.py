"""What the score of a candidate changes by where one text of its entry is left out, for all texts at once.

By the formulas of `bot.matching.features`. What hardly matters is left aside: one text less makes no word rarer in the base,
and no other word an entry's key term.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.matching.document import MIN_BIGRAM_TEXTS, Document, bigrams, char_ngrams
from bot.matching.features import ANSWER_TERM_COVERAGE, ONE_TEXT_COVERAGE
from bot.matching.index import SMOOTHING_TEXTS, Index
from bot.matching.index_builder import SEVERAL_TEXTS
from bot.matching.query import MAX_CLOSEST_TEXTS, Query

Floats = NDArray[np.float64]
MEAN_OF = 3
"""The closest texts whose mean similarity is a feature."""
_Part = tuple[Sequence[int], float, float]
"""The texts that have a piece of the question, and what changes with one of these, or with another text, left out."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A document with the numbers of its texts that have each bigram and each character n-gram."""

    document: Document
    bigrams: Mapping[str, Sequence[int]]
    ngrams: Mapping[str, Sequence[int]]

    @classmethod
    def build(cls, document: Document) -> "Pieces":
        """Return the pieces of a document."""
        pairs: dict[str, list[int]] = {}
        ngrams: dict[str, list[int]] = {}
        for number, text in enumerate(document.normalized):
            for pair in bigrams(text.split()):
                pairs.setdefault(pair, []).append(number)
            for ngram in char_ngrams(text):
                ngrams.setdefault(ngram, []).append(number)
        return cls(document, pairs, ngrams)


def score_changes(query: Query, number: int, pieces: Pieces, index: Index, weights: Mapping[str, float]) -> Floats:
    """Return for each text of a document what its score changes by without it; `weights`: those of the ranking."""
    size = len(pieces.document.terms)
    changes = weights["term_coverage"] / query.total_weight * _sum(size, _terms(query, number, pieces.document))
    changes += weights["bigram_coverage"] / query.bigram_total * _sum(size, _bigrams(query, number, pieces, index))
    changes += weights["char_ngram_coverage"] / query.ngram_total * _sum(size, _ngrams(query, pieces, index))
    changes += weights["intent_share"] * _intents(query, pieces.document)
    return changes + _closest(query, number, index, weights)


def _sum(size: int, parts: Iterable[_Part]) -> Floats:
    changes, every = np.zeros(size), 0.0
    for texts, own, other in parts:
        every += other
        changes[list(texts)] += own - other
    return changes + every


def _share(count: int, size: int) -> float:
    """Return the share of a piece that `count` of `size` texts have; see `Index.smoothing`."""
    return count / (count + 1 + size / SMOOTHING_TEXTS)


def _terms(query: Query, number: int, document: Document) -> Iterable[_Part]:
    size = len(document.terms)
    for term, weight, posting in query.postings:
        texts = posting.get(number)
        if texts:
            count = len(texts)
            rest = ANSWER_TERM_COVERAGE if count == 1 and term in document.answer_terms else _share(count - 1, size - 1)
            now = _share(count, size)
            yield texts, weight * (rest - now), weight * (_share(count, size - 1) - now)


def _bigrams(query: Query, number: int, pieces: Pieces, index: Index) -> Iterable[_Part]:
    size = len(pieces.document.terms)
    known = [pair for pair in bigrams(query.analysis.tokens) if pair in index.tables.bigrams]
    for pair, (idf, counts) in zip(known, query.bigrams, strict=True):
        count = counts.get(number, 0)
        if count:
            now, rest = _share(count, size), _share(count - 1, size - 1) if count > MIN_BIGRAM_TEXTS else 0.0
            yield pieces.bigrams[pair], idf * (rest - now), idf * (_share(count, size - 1) - now)


def _ngrams(query: Query, pieces: Pieces, index: Index) -> Iterable[_Part]:
    size = len(pieces.document.terms)
    for ngram in char_ngrams(query.analysis.text):
        texts = pieces.ngrams.get(ngram)
        if texts:
            count = len(texts)
            now, own, other = _level(count, size), _level(count - 1, size - 1), _level(count, size - 1)
            if own != now or other != now:
                ((_, idf),) = index.ngrams((ngram,))
                yield texts, idf * (own - now), idf * (other - now)


def _level(count: int, size: int) -> float:
    """Return how far a document covers a character n-gram that `count` of its `size` texts have."""
    if not count:
        return 0.0
    return 1.0 if count >= SEVERAL_TEXTS * size else ONE_TEXT_COVERAGE


def _intents(query: Query, document: Document) -> Floats:
    size = len(document.intents)
    if not query.analysis.intents or size < 2:
        return np.zeros(size)
    has = np.array([[intent in intents for intents in document.intents] for intent in query.analysis.intents], float)
    total = has.sum(axis=1, keepdims=True)
    return np.asarray(((total - has) / (size - 1)).max(axis=0) - (total / size).max())


def _closest(query: Query, number: int, index: Index, weights: Mapping[str, float]) -> Floats:
    """Return what changes where the closest texts do: their mean similarity, and the best of their order."""
    profile, text_weights = index.profile(number), np.array(index.text_weights(number))
    shared = np.zeros(len(text_weights))
    for _, weight, posting in query.postings:
        shared[list(posting.get(number, ()))] += weight
    similarities = 2 * shared / (query.total_weight + text_weights)
    closest = [int(text) for text in np.argsort(-similarities, kind="stable")[: MAX_CLOSEST_TEXTS + 1]]
    closest = [text for text in closest if similarities[text]]
    changes = np.zeros(len(text_weights))
    following = similarities[closest[MEAN_OF]] if len(closest) > MEAN_OF else 0.0
    for text in closest[:MEAN_OF]:
        changes[text] += weights["phrasing_similarity"] * (following - similarities[text]) / MEAN_OF
    in_order = [fuzz.ratio(query.analysis.terms, profile.document.terms[text]) / 100 for text in closest]
    in_alphabet = [fuzz.ratio(query.sorted_tokens, profile.sorted_texts[text]) / 100 for text in closest]
    for name, ratios in (("term_order_ratio", in_order), ("token_sort_ratio", in_alphabet)):
        best = max(ratios[:MAX_CLOSEST_TEXTS], default=0.0)
        for place, text in enumerate(closest[:MAX_CLOSEST_TEXTS]):
            others = [*ratios[:place], *ratios[place + 1 :]]
            changes[text] += weights[name] * (max(others, default=0.0) - best)
    return changes
