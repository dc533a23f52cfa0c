"""The features of a candidate: what speaks for and against answering a question with an entry, each from 0 to 1.

Signs are fixed: a feature in `SUPPORTING` can only raise the score of an entry, one in `OPPOSING` only lower it. The features
of `objections` do not rank; they only weigh against answering. The weights are fitted (see `weights.json`).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import compress

from msgspec import Struct
from rapidfuzz import fuzz, process

from bot.matching.analysis import Analysis
from bot.matching.document import Profile
from bot.matching.index import Index
from bot.matching.query import Query, ScoredTexts
from bot.matching.vocabulary import NUMBER, PERSON

BREVITY_SCALE = 4.0
"""Terms of a question at which its brevity has fallen to 1 / e."""
MAX_UNKNOWN_WORDS = 3
"""Words of a question, unknown to the base, from which more of them change nothing."""
LOG_MAX_PHRASINGS = 5.0
"""Natural logarithm of the number of phrasings at which `phrasing_count` is 1."""
ANSWER_TERM_COVERAGE = 0.5
"""How far a document covers a term that only its answer has."""
ONE_TEXT_COVERAGE = 0.7
"""How far a document covers a character n-gram that one of its texts has; it covers one that several have fully."""
HAS_NGRAM = tuple(bytes(byte >> 2 * place & 3 > 0 for byte in range(256)) for place in range(4))
"""For each of the four documents in a byte of `Tables.ngrams`: whether it has the n-gram, by that byte."""
HAS_NGRAM_IN_SEVERAL = tuple(bytes(byte >> 2 * place & 3 > 1 for byte in range(256)) for place in range(4))
"""The same for whether several of its texts have it."""


class Candidate(Struct, frozen=True):
    """An entry that might answer a question."""

    entry: str
    """Its id."""
    document: int
    """The number of its document."""
    text: int
    """The number of the document's text that is most similar to the question."""
    phrasing: str
    """That text."""
    similarity: float
    """Its similarity, 0 to 1; see `query.closest_texts`."""
    features: Mapping[str, float]
    score: float
    """The weighted sum of the features."""
    unmatched: tuple[str, ...]
    """Terms of the question that nothing in the entry has."""
    exact: bool
    """Whether a phrasing of the entry is the question, word for word."""


class DocumentFeatures(Struct, frozen=True):
    """The `DOCUMENT_FEATURES` of a document, and the terms of the question that it has not got."""

    document: int
    features: Mapping[str, float]
    unmatched: frozenset[str]


def document_features(query: Query, numbers: Sequence[int], index: Index) -> list[DocumentFeatures]:
    """Return the features of some documents as a whole."""
    coverages = _char_ngram_coverages(query, numbers)
    return [
        _document_features(query, number, coverage, index) for number, coverage in zip(numbers, coverages, strict=True)
    ]


def _document_features(query: Query, number: int, ngram_coverage: float, index: Index) -> DocumentFeatures:
    profile, smoothing = index.profile(number), index.smoothing(number)
    answer_terms = profile.document.answer_terms
    term_coverage, bigram_coverage, unmatched = 0.0, 0.0, set()
    for term, weight, posting in query.postings:
        texts = posting.get(number)
        if texts:
            term_coverage += weight * len(texts) / (len(texts) + smoothing)  # see `Index.term_share`
        elif term in answer_terms:
            term_coverage += weight * ANSWER_TERM_COVERAGE
        else:
            unmatched.add(term)
    for idf, counts in query.bigrams:
        count = counts.get(number)
        if count:
            bigram_coverage += idf * count / (count + smoothing)
    features = {
        "term_coverage": term_coverage / query.total_weight,
        "bigram_coverage": bigram_coverage / query.bigram_total,
        "char_ngram_coverage": ngram_coverage,
        "intent_share": max([profile.intent_shares.get(i, 0.0) for i in query.analysis.intents], default=0.5),
        "unknown_person": 0.0 if profile.people.issuperset(query.people) else 1.0,
        "missing_focus": 0.0 if unmatched.isdisjoint(query.focus) else 1.0,
        "missing_key_terms": _missing_key_terms(query, index.key_terms(number)),
        # The more phrasings there are, the likelier one of them is similar by chance.
        "phrasing_count": min(1.0, math.log(len(profile.document.normalized)) / LOG_MAX_PHRASINGS),
    }
    return DocumentFeatures(number, features, frozenset(unmatched))


def _char_ngram_coverages(query: Query, numbers: Sequence[int]) -> list[float]:
    """Return for each document the share of the question's character n-grams that it has, weighted by idf, 0 to 1."""
    if not numbers or not query.ngrams:
        return [0.0] * len(numbers)
    # All documents at once, since nothing else takes as long: a row of levels per n-gram, of which each takes a column.
    width = (max(numbers) >> 2) + 1
    rows = b"".join([levels[:width].ljust(width, b"\x00") for levels in query.ngrams])
    coverages = []
    for number in numbers:
        column, place = rows[number >> 2 :: width], number & 3
        in_one = sum(compress(query.ngram_idfs, column.translate(HAS_NGRAM[place])))
        in_several = sum(compress(query.ngram_idfs, column.translate(HAS_NGRAM_IN_SEVERAL[place])))
        coverages.append((ONE_TEXT_COVERAGE * in_one + (1 - ONE_TEXT_COVERAGE) * in_several) / query.ngram_total)
    return coverages


def _missing_key_terms(query: Query, key_terms: Mapping[str, float]) -> float:
    """Return the share, weighted by idf, of a document's key terms that the question has not got."""
    total = sum(key_terms.values())
    return sum([idf for term, idf in key_terms.items() if term not in query.weights]) / total if total else 0.0


def phrasing_features(query: Query, number: int, closest: ScoredTexts, index: Index) -> dict[str, float]:
    """Return the `PHRASING_FEATURES` of a document; `closest`: see `query.closest_texts`."""
    profile = index.profile(number)
    document, intents = profile.document, query.analysis.intents
    texts = [text for _, text in closest]
    return {
        "phrasing_similarity": sum([similarity for similarity, _ in closest[:3]]) / 3,
        "term_order_ratio": _best_ratio(query.analysis.terms, [document.terms[text] for text in texts]),
        "token_sort_ratio": _best_ratio(query.sorted_tokens, [profile.sorted_texts[text] for text in texts]),
        "intent_mismatch": float(
            bool(intents) and all(map(intents.isdisjoint, [document.intents[text] for text in texts]))
        ),
    }


def _best_ratio(question: str | Sequence[str], texts: Sequence[str] | Sequence[Sequence[str]]) -> float:
    """Return the highest `fuzz.ratio`, 0 to 1, of a question and any of some texts, by characters or by terms."""
    best = process.extractOne(question, texts, scorer=fuzz.ratio)
    return best[1] / 100 if best else 0.0


def objections(question: Analysis, candidate: Candidate, index: Index) -> dict[str, float]:
    """Return the features that weigh against answering with a candidate, whatever the others are."""
    people = [term for term in question.terms if term[0] == PERSON]
    profile = index.profile(candidate.document)
    known_weight = sum([index.idf(term) for term in question.terms if index.has_term(term)]) or 1.0
    return {
        "unknown_number": _unknown_number(question, profile),
        "unmatched": sum([index.idf(term) for term in candidate.unmatched if index.has_term(term)]) / known_weight,
        "roles_swapped": _roles_swapped(people, profile.document.terms[candidate.text]) if len(people) > 1 else 0.0,
    }


def _unknown_number(question: Analysis, profile: Profile) -> float:
    """Return 1 where the document has not got a number of the question of two digits or more.

    Smaller ones are often no more than a manner of speaking.
    """
    numbers = [term for term in question.own_terms if term[0] == NUMBER and len(term) > 2]
    return float(not profile.numbers.issuperset(numbers))


def _roles_swapped(people: Sequence[str], terms: Sequence[str]) -> float:
    """Return 1 where two people stand the other way round than in the phrasing: who did what to whom."""
    in_phrasing = [term for term in terms if term[0] == PERSON and term in people]
    return float([term for term in people if term in in_phrasing] != in_phrasing)


def unmatched_share(question: Analysis, candidate: Candidate, index: Index) -> float:
    """Return the share of the question's own terms, weighted by idf, that nothing in the candidate's entry has."""
    total = sum(map(index.idf, question.own_terms))
    return sum(index.idf(term) for term in candidate.unmatched) / (total or 1.0)


def brevity(question: Analysis) -> float:
    """Return exp(-terms / `BREVITY_SCALE`), 0 to 1: the shorter a question, the less its similarity means."""
    return math.exp(-len(question.terms) / BREVITY_SCALE)


def unknown_words(question: Analysis, index: Index) -> float:
    """Return how many terms of the question no entry has, as a share of `MAX_UNKNOWN_WORDS`."""
    unknown = [term for term in question.own_terms if not index.has_term(term)]
    return min(len(unknown), MAX_UNKNOWN_WORDS) / MAX_UNKNOWN_WORDS
