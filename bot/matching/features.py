"""What speaks for and against answering a question with an entry, as numbers between 0 and 1.

Signs are fixed by sense: a feature in `FOR` can only speak for an entry, one in `AGAINST` only against it. How much each
weighs is fitted (see `weights.json` and `tests/fitting`).
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from bot.matching.analysis import Analysis
from bot.matching.index import Document, Index, in_order, pieces

FOR = ("support", "covered", "filled", "order", "letters", "sorted", "pieces", "asked")
AGAINST = ("stranger", "number", "focus", "leftover", "unlike", "turned", "absent")
BORROWED = 0.5
THIN = 4.0
UNKNOWN = 3
NOMINATED = 30
ENOUGH = 120
"""Entries nominated by rarer terms from which a more common one nominates no further ones."""
SIMILAR = 4
FEATURES = (*FOR, *AGAINST)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that might answer, with everything that speaks for and against it."""

    entry: str
    document: int
    phrasing: int
    """The phrasing closest to the question."""
    similarity: float
    """How close it is, 0 to 1 (see `shortlist`)."""
    features: Mapping[str, float]
    score: float
    leftover: tuple[str, ...]
    """Terms of the question that nothing in the entry accounts for."""


def shortlist(question: Analysis, index: Index, size: int) -> list[tuple[int, list[tuple[float, int]]]]:
    """The entries whose phrasings share most with the question: (document, best (similarity, phrasing) first).

    Two steps, so that common terms cost little: entries by the terms they have, then the phrasings of the best ones.
    Similarity is the Dice coefficient over terms, weighted by how telling each is: 2·|q∩p| / (|q|+|p|).
    """
    weights = weigh(question, index)
    own = sum(weights.values())
    nominated: dict[int, float] = {}
    for term in sorted(weights, key=lambda term: len(index.postings.get(term, ()))):
        weight, found = weights[term], index.postings.get(term, {})
        # Rare terms first: where there are enough entries by then, a common one only weighs in for those.
        among = nominated.keys() & found.keys() if len(nominated) > ENOUGH else found
        for document in among:
            share = index.documents[document].share[term]
            nominated[document] = nominated.get(document, 0.0) + weight * share
    ranked = []
    for document in heapq.nsmallest(NOMINATED, nominated, key=lambda number: (-nominated[number], number)):
        shared: dict[int, float] = {}
        for term, weight in weights.items():
            for phrasing in index.postings.get(term, {}).get(document, ()):
                shared[phrasing] = shared.get(phrasing, 0.0) + weight
        similar = [(2 * weight / (own + index.phrasings[number].size), number) for number, weight in shared.items()]
        ranked.append((document, sorted(similar, reverse=True)[:SIMILAR]))
    ranked.sort(key=lambda pair: (-_strength(pair[1]), pair[0]))
    exact = index.exact.get(question.plain)
    if exact is not None and all(document != index.phrasings[exact].entry for document, _ in ranked[:size]):
        ranked.insert(0, (index.phrasings[exact].entry, [(1.0, exact)]))
    return ranked[:size]


def weigh(question: Analysis, index: Index) -> dict[str, float]:
    """How much each term of the question counts; one that comes from an earlier question counts by half."""
    return {term: index.weight(term) * (BORROWED if term in question.borrowed else 1.0) for term in question.terms}


def _strength(similar: Sequence[tuple[float, int]]) -> float:
    best = similar[0][0]
    return best + 0.3 * sum(value for value, _ in similar[:3]) / 3


def rare_pieces(question: Analysis, index: Index) -> dict[str, float]:
    """The runs of letters of a question, each with how telling it is."""
    return {run: index.rarity(run) for run in pieces(question.plain)}


def features(
    question: Analysis,
    runs: Mapping[str, float],
    similar: Sequence[tuple[float, int]],
    document: Document,
    index: Index,
) -> tuple[dict[str, float], int, tuple[str, ...]]:
    """All features of one entry for one question, the phrasing they rest on, and what is left over."""
    weight = index.weight
    weights = weigh(question, index)
    total = sum(weights.values()) or 1.0
    accounted = {term: _accounts(document, term) for term in question.terms}
    own = [term for term in question.terms if term not in question.borrowed]
    leftover = tuple(term for term in own if accounted[term] == 0)
    known = {term: weight for term, weight in weights.items() if term in index.weights}
    nearest = [(value, index.phrasings[number], number) for value, number in similar]
    analyses = [phrasing.analysis for _, phrasing, _ in nearest]
    best = nearest[0][1]
    found = {
        "support": sum(value for value, _ in similar[:3]) / 3,
        "covered": sum(weights[term] * accounted[term] for term in question.terms) / total,
        "filled": sum(weight(term) for term in best.terms if term in accounted) / (best.size or 1.0),
        "order": max(Indel.normalized_similarity(question.terms, analysis.terms) for analysis in analyses),
        "letters": _most_alike(question.plain, document.plain),
        "sorted": _most_alike(in_order(question.words), document.sorted),
        "pieces": _pieces(runs, document),
        "asked": max((document.asks.get(kind, 0.0) for kind in question.asks), default=0.5),
        "stranger": float(any(term[0] == "@" and term not in document.people for term in own)),
        "number": float(any(term[0] == "=" and len(term) > 2 and term not in document.numbers for term in own)),
        "focus": float(any(accounted[term] == 0 for term in question.focus if term in accounted)),
        "leftover": sum(known.get(term, 0.0) for term in leftover) / (sum(known.values()) or 1.0),
        "unlike": float(bool(question.asks) and not any(question.asks & analysis.asks for analysis in analyses)),
        "turned": _turned(question, best.analysis),
        "absent": _absent(question, document, index),
    }
    return found, nearest[0][2], leftover


def unaccounted(question: Analysis, candidate: Candidate, index: Index) -> float:
    """Share of the question, 0 to 1, that nothing in the candidate's entry accounts for."""
    own = sum(index.weight(term) for term in question.terms if term not in question.borrowed)
    return sum(index.weight(term) for term in candidate.leftover) / (own or 1.0)


def _most_alike(text: str, others: Sequence[str]) -> float:
    """Similarity by letters to the most similar of some texts, 0 to 1."""
    found = process.extractOne(text, others, scorer=fuzz.ratio)
    return found[1] / 100 if found else 0.0


def _pieces(runs: Mapping[str, float], document: Document) -> float:
    """How much of the question's letters, in runs of four, the entry's phrasings have between them, rare runs first."""
    had = document.pieces
    return sum([rare for run, rare in runs.items() if run in had]) / (sum(runs.values()) or 1.0)


def _absent(question: Analysis, document: Document, index: Index) -> float:
    """How much of what the entry is about the question does not have, 0 to 1."""
    core = sum(index.weight(term) for term in document.core)
    missing = sum(index.weight(term) for term in document.core if term not in question.terms)
    return missing / core if core else 0.0


def _turned(question: Analysis, phrasing: Analysis) -> float:
    """Whether two people stand the other way round than in the phrasing: who did what to whom."""
    order = [term for term in question.terms if term[0] == "@"]
    other = [term for term in phrasing.terms if term[0] == "@" and term in order]
    order = [term for term in order if term in other]
    return float(order != other)


def thinness(question: Analysis) -> float:
    """How little a question says, 0 to 1: the less there is of it, the less it takes to look alike."""
    return math.exp(-len(question.terms) / THIN)


def unknown(question: Analysis, index: Index) -> float:
    """How many words of the question no entry has, 0 to 1: harmless ones in most messages, but not many."""
    return (
        min(sum(term not in index.weights for term in question.terms if term not in question.borrowed), UNKNOWN)
        / UNKNOWN
    )


def _accounts(document: Document, term: str) -> float:
    """How far the entry accounts for a term: fully where its phrasings have it often, by half where only its answer has it."""
    return document.share.get(term, 0.5 if term in document.answer_terms else 0.0)
