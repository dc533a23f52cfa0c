"""What speaks for and against answering a question with an entry, as numbers between 0 and 1.

Signs are fixed by sense: a feature in `FOR` can only speak for an entry, one in `AGAINST` only against it. How much each
weighs is fitted (see `weights.json` and `tests/fitting`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from rapidfuzz import fuzz

from bot.matching.analysis import Analysis
from bot.matching.index import Index, Profile, in_order, pieces

FOR = ("support", "covered", "filled", "order", "letters", "sorted", "pieces", "asked")
AGAINST = ("stranger", "number", "focus", "leftover", "unlike", "turned", "absent", "wide")
BORROWED = 0.5
THIN = 4.0
UNKNOWN = 3
ENOUGH = 60
"""Entries nominated by rarer terms from which a more common one nominates no further ones."""
SIMILAR = 8
WIDEST = 5.0
"""Logarithm of the number of phrasings from which an entry counts as fully wide."""
ANSWERED = 0.5
"""How far an entry accounts for a term that only its answer has."""
FEATURES = (*FOR, *AGAINST)
Similar = list[tuple[float, int]]
"""(similarity, text) of the texts of one document that are closest to a question, the closest first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One entry that might answer, with everything that speaks for and against it."""

    entry: str
    document: int
    phrasing: str
    """The one closest to the question."""
    similarity: float
    """How close it is, 0 to 1 (see `shortlist`)."""
    features: Mapping[str, float]
    score: float
    leftover: tuple[str, ...]
    """Terms of the question that nothing in the entry accounts for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is held against entries: what is the same for all of them, worked out once.

    weights: how much each term counts, one that comes from an earlier question by half; total: their sum; known: the sum
    of those that the base has; own: the terms that are the question's own; runs: its runs of letters, each with how
    telling it is.
    """

    question: Analysis
    weights: Mapping[str, float]
    total: float
    known: float
    own: tuple[str, ...]
    people: tuple[str, ...]
    strangers: tuple[str, ...]
    numbers: tuple[str, ...]
    focus: tuple[str, ...]
    runs: Mapping[str, float]
    letters: float
    sorted: str

    @classmethod
    def of(cls, question: Analysis, index: Index) -> "Asked":
        """The question as it is held against the entries of an index."""
        borrowed = question.borrowed
        weights = {t: index.weight(t) * (BORROWED if t in borrowed else 1.0) for t in question.terms}
        own = tuple(term for term in question.terms if term not in borrowed)
        runs = {run: index.rarity(run) for run in pieces(question.plain)}
        return cls(
            question=question,
            weights=weights,
            total=sum(weights.values()) or 1.0,
            known=sum(weight for term, weight in weights.items() if index.knows(term)) or 1.0,
            own=own,
            people=tuple(term for term in question.terms if term[0] == "@"),
            strangers=tuple(term for term in own if term[0] == "@"),
            numbers=tuple(term for term in own if term[0] == "=" and len(term) > 2),
            focus=tuple(term for term in question.focus if term in weights),
            runs=runs,
            letters=sum(runs.values()) or 1.0,
            sorted=in_order(question.words),
        )


def shortlist(asked: Asked, index: Index, size: int) -> list[tuple[int, Similar]]:
    """The documents that have most of the question's terms, each with the texts that share most with it.

    Similarity is the Dice coefficient over terms, weighted by how telling each is: 2·|q∩p| / (|q|+|p|).
    """
    found = [(number, _similar(asked, number, index)) for number in _nominated(asked, index, size)]
    exact = index.exact(asked.question)
    if exact is not None and all(number != exact[0] for number, _ in found):
        found.append((exact[0], [(1.0, exact[1])]))
    return found


def _similar(asked: Asked, number: int, index: Index) -> Similar:
    weight, none, total = asked.weights.get, repeat(0.0), asked.total
    shared = [sum(map(weight, terms, none)) for terms in index.document(number).terms]
    sizes = index.sizes(number)
    similar = [(2 * value / (total + sizes[text]), text) for text, value in enumerate(shared) if value]
    similar.sort(reverse=True)
    return similar[:SIMILAR]


def _nominated(asked: Asked, index: Index, size: int) -> list[int]:
    """The documents that have most of the question's terms, the best first."""
    postings = index.tables.postings
    found: dict[int, float] = {}
    listed = sorted(((postings[term], weight) for term, weight in asked.weights.items() if term in postings), key=_long)
    for documents, weight in listed:
        if len(found) <= ENOUGH:
            for number, share in documents.items():
                found[number] = found.get(number, 0.0) + weight * share
        # Rare terms first: where there are enough entries by then, a common one only weighs in for those.
        elif len(documents) < len(found):
            for number in documents.keys() & found.keys():
                found[number] += weight * documents[number]
        else:
            for number in found:
                if number in documents:
                    found[number] += weight * documents[number]
    return sorted(found, key=found.__getitem__, reverse=True)[:size]


def _long(posting: tuple[Mapping[int, float], float]) -> int:
    return len(posting[0])


def features(asked: Asked, number: int, similar: Similar, index: Index) -> tuple[dict[str, float], tuple[str, ...]]:
    """All features of one document for one question, and what is left over."""
    profile = index.profile(number)
    question, document = asked.question, profile.document
    covered, lacking = 0.0, set()
    for term, weight in asked.weights.items():
        accounted = index.share(number, term) or (ANSWERED if term in document.answer_terms else 0.0)
        covered += weight * accounted
        if not accounted:
            lacking.add(term)
    leftover = tuple([term for term in asked.own if term in lacking]) if lacking else ()
    best, nearest = similar[0][1], [text for _, text in similar]
    found = {
        "support": sum([value for value, _ in similar[:3]]) / 3,
        "covered": covered / asked.total,
        "filled": _filled(asked, document.terms[best], index) / (index.sizes(number)[best] or 1.0),
        "order": max([fuzz.ratio(question.terms, document.terms[text]) for text in nearest]) / 100,
        "letters": max([fuzz.ratio(question.plain, document.plain[text]) for text in nearest]) / 100,
        "sorted": max([fuzz.ratio(asked.sorted, profile.sorted[text]) for text in nearest]) / 100,
        "pieces": sum(map(asked.runs.__getitem__, index.spelt(number, asked.runs))) / asked.letters,
        "asked": max([profile.asks.get(kind, 0.0) for kind in question.asks], default=0.5),
        "stranger": 0.0 if profile.people.issuperset(asked.strangers) else 1.0,
        "number": 0.0 if profile.numbers.issuperset(asked.numbers) else 1.0,
        "focus": 0.0 if lacking.isdisjoint(asked.focus) else 1.0,
        "leftover": sum([asked.weights[term] for term in leftover if index.knows(term)]) / asked.known,
        "unlike": float(bool(question.asks) and all(question.asks.isdisjoint(document.asks[text]) for text in nearest)),
        "turned": _turned(asked.people, document.terms[best]) if len(asked.people) > 1 else 0.0,
        "absent": _absent(question, profile, index),
        # The more ways of asking somebody has written down, the likelier one of them is near by chance.
        "wide": min(1.0, math.log(len(document.terms)) / WIDEST),
    }
    return found, leftover


def unaccounted(question: Analysis, candidate: Candidate, index: Index) -> float:
    """Share of the question, 0 to 1, that nothing in the candidate's entry accounts for."""
    own = sum(index.weight(term) for term in question.terms if term not in question.borrowed)
    return sum(index.weight(term) for term in candidate.leftover) / (own or 1.0)


def _filled(asked: Asked, terms: Sequence[str], index: Index) -> float:
    """How much of a text the question has."""
    return sum([index.weight(term) for term in terms if term in asked.weights])


def _absent(question: Analysis, profile: Profile, index: Index) -> float:
    """How much of what the entry is about the question does not have, 0 to 1."""
    core = sum([index.weight(term) for term in profile.core])
    return sum([index.weight(term) for term in profile.core.difference(question.terms)]) / core if core else 0.0


def _turned(people: Sequence[str], terms: Sequence[str]) -> float:
    """Whether two people stand the other way round than in the phrasing: who did what to whom."""
    other = [term for term in terms if term[0] == "@" and term in people]
    return float([term for term in people if term in other] != other)


def thinness(question: Analysis) -> float:
    """How little a question says, 0 to 1: the less there is of it, the less it takes to look alike."""
    return math.exp(-len(question.terms) / THIN)


def unknown(question: Analysis, index: Index) -> float:
    """How many words of the question no entry has, 0 to 1: harmless ones in most messages, but not many."""
    strange = [term for term in question.terms if not index.knows(term) and term not in question.borrowed]
    return min(len(strange), UNKNOWN) / UNKNOWN
