"""A question as it is compared with documents, and the documents retrieved for it."""

from collections.abc import Mapping
from operator import truediv

from msgspec import Struct

from bot.matching.analysis import Analysis
from bot.matching.document import TextNumbers, char_ngrams, sort_tokens
from bot.matching.index import NO_DOCUMENTS, Bigram, Index
from bot.matching.vocabulary import PERSON

CONTEXT_WEIGHT = 0.5
"""What the weight of a term from an earlier question is multiplied by."""
BIGRAM_WEIGHT = 0.5
"""What the weight of a bigram is multiplied by where documents are retrieved."""
BIGRAM_CANDIDATES = 24
"""Documents, the best by their terms, whose bigrams are looked at."""
ENOUGH_CANDIDATES = 80
"""Documents retrieved by rarer terms from which a more common term retrieves no further ones."""
MIN_RELATIVE_SCORE = 0.6
"""Share of the first document's retrieval score that a further one needs to be retrieved."""
MIN_RETRIEVED = 3
"""Documents that are retrieved whatever their score."""
MAX_CLOSEST_TEXTS = 6
"""Texts of a document that a question is compared with one by one."""
Posting = tuple[str, float, Mapping[int, TextNumbers]]
"""A term with its weight, and the documents that have it with the numbers of their texts that do."""
ScoredTexts = list[tuple[float, int]]
"""(similarity, number) of texts of one document, the most similar first."""


class Query(Struct, frozen=True):
    """A question with what does not depend on the document that it is compared with, computed once.

    weights: of each term, its idf, or `CONTEXT_WEIGHT` of that where it comes from an earlier question;
    contributions: of each term, see `Index.contributions`; own_terms: those not from an earlier question; people: those of
    them that name a person; focus: see `Analysis.focus`; ngrams: those of its character n-grams that the base has, as in
    `Tables.ngrams`; ngram_idfs: of these; ngram_total: the idf of all its n-grams; exact: see `Index.exact_match`.
    """

    analysis: Analysis
    weights: Mapping[str, float]
    total_weight: float
    postings: tuple[Posting, ...]
    contributions: tuple[Mapping[int, float], ...]
    bigrams: tuple[Bigram, ...]
    bigram_total: float
    own_terms: tuple[str, ...]
    people: tuple[str, ...]
    focus: tuple[str, ...]
    ngrams: tuple[bytes, ...]
    ngram_idfs: tuple[float, ...]
    ngram_total: float
    sorted_tokens: str
    exact: tuple[int, int] | None

    @classmethod
    def build(cls, analysis: Analysis, index: Index) -> "Query":
        """Return the query that an analyzed question makes to an index."""
        context_terms, postings = analysis.context_terms, index.tables.postings
        weights = {t: index.idf(t) * (CONTEXT_WEIGHT if t in context_terms else 1.0) for t in analysis.terms}
        own_terms = analysis.own_terms
        bigrams = index.bigrams(analysis.tokens)
        ngrams = index.ngrams(char_ngrams(analysis.text))
        return cls(
            analysis=analysis,
            weights=weights,
            total_weight=sum(weights.values()) or 1.0,
            postings=tuple([(term, weight, postings.get(term, NO_DOCUMENTS)) for term, weight in weights.items()]),
            contributions=tuple(
                [
                    _discount(index.contributions(term)) if term in context_terms else index.contributions(term)
                    for term in weights
                ]
            ),
            bigrams=tuple(bigrams),
            bigram_total=sum([idf for idf, _ in bigrams]) or 1.0,
            own_terms=own_terms,
            people=tuple([term for term in own_terms if term[0] == PERSON]),
            focus=tuple([term for term in analysis.focus if term in weights]),
            ngrams=tuple([levels for levels, _ in ngrams if levels]),
            ngram_idfs=tuple([idf for levels, idf in ngrams if levels]),
            ngram_total=sum([idf for _, idf in ngrams]) or 1.0,
            sorted_tokens=sort_tokens(analysis.tokens),
            exact=index.exact_match(analysis),
        )


def _discount(contributions: Mapping[int, float]) -> dict[int, float]:
    return {number: contribution * CONTEXT_WEIGHT for number, contribution in contributions.items()}


def retrieve(query: Query, size: int) -> list[int]:
    """Return the numbers of at most `size` documents, the best first, and of the one with the question word for word.

    The retrieval score of a document is the sum of idf · n / (n + 1) over the question's terms and, by `BIGRAM_WEIGHT`, its
    bigrams, where n of the document's texts have it.
    """
    scores: dict[int, float] = {}
    for contributions in sorted(query.contributions, key=len):
        if len(scores) <= ENOUGH_CANDIDATES:
            for number, contribution in contributions.items():
                scores[number] = scores.get(number, 0.0) + contribution
        else:  # rare terms first: with enough documents by then, a common one only adds to the scores of those
            for number in contributions.keys() & scores.keys():
                scores[number] += contributions[number]
    best = sorted(scores, key=scores.__getitem__, reverse=True)[:BIGRAM_CANDIDATES]
    for idf, counts in query.bigrams:
        weight = idf * BIGRAM_WEIGHT
        for number in best:
            count = counts.get(number)
            if count:
                scores[number] += weight - weight / (1 + count)
    best = sorted(best, key=scores.__getitem__, reverse=True)[:size]
    threshold = scores[best[0]] * MIN_RELATIVE_SCORE if best else 0.0
    retrieved = [number for rank, number in enumerate(best) if rank < MIN_RETRIEVED or scores[number] >= threshold]
    return retrieved if query.exact is None or query.exact[0] in retrieved else [*retrieved, query.exact[0]]


def closest_texts(query: Query, number: int, index: Index) -> ScoredTexts:
    """Return the texts of a document that are most similar to the question.

    The similarity is the Dice coefficient over terms weighted by idf: 2 · |q ∩ t| / (|q| + |t|).
    """
    text_weights = index.text_weights(number)
    shared = [0.0] * len(text_weights)
    for _, weight, posting in query.postings:
        for text in posting.get(number, ()):
            shared[text] += weight
    halves = list(map(truediv, shared, map(query.total_weight.__add__, text_weights)))
    closest = sorted(range(len(halves)), key=halves.__getitem__, reverse=True)[:MAX_CLOSEST_TEXTS]
    scored = [(2 * halves[text], text) for text in closest if halves[text]]
    if not scored and query.exact is not None and query.exact[0] == number:  # none of its words is a term
        return [(1.0, query.exact[1])]
    return scored
