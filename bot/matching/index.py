"""The base as the matcher sees it: which terms each phrasing and each entry has, and how telling each term is."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.matching.analysis import Analyser, Analysis

RUN = 4
CORE = 0.6
"""Share of an entry's phrasings that have a term for it to be what the entry is about."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way of asking an entry's question, analysed. `size` is the sum of its terms' weights."""

    entry: int
    text: str
    analysis: Analysis
    terms: frozenset[str]
    size: float


@dataclass(frozen=True, slots=True)
class Document:
    """One entry as the matcher sees it: all its phrasings together."""

    id: str
    phrasings: tuple[int, ...]
    share: Mapping[str, float]
    """For each term, how firmly it belongs to the entry: 0 to 1, from how many phrasings have it."""
    plain: tuple[str, ...]
    """The words of each phrasing, as read."""
    sorted: tuple[str, ...]
    """The same in alphabetical order, so that another order of words changes nothing."""
    pieces: frozenset[str]
    """Every run of letters in any phrasing (see `pieces`)."""
    answer_terms: frozenset[str]
    """Terms of the answer itself: they account for a word of the question, though nobody asks by them."""
    asks: Mapping[str, float]
    """Share of phrasings that ask who, when, …"""
    people: frozenset[str]
    numbers: frozenset[str]
    core: frozenset[str]
    """Who and what the entry is about: the terms of names and vocabulary that most of its phrasings have."""
    covered: bool
    """False for an entry that says what the article does not say."""
    cites: frozenset[int]

    def alike(self, other: "Document") -> bool:
        """Whether both rest on one paragraph, and both or neither say what the article does not say."""
        return self.covered == other.covered and bool(self.cites & other.cites)


@dataclass(frozen=True, slots=True)
class Source:
    """What the index needs of one entry."""

    id: str
    texts: tuple[str, ...]
    """The question first, then its phrasings."""
    answer: str
    covered: bool
    cites: frozenset[int]


class Index:
    """Built once from a base; looked up for every question."""

    def __init__(self, sources: Sequence[Source], analyser: Analyser) -> None:
        self.analyser = analyser
        analyser.spells(text for source in sources for text in (*source.texts, source.answer))
        analysed = [[analyser(text) for text in source.texts] for source in sources]
        self.weights = _weights(analysed)
        self.unseen = math.log(1 + len(sources))
        """Weight of a term that the base does not have."""
        self.phrasings: list[Phrasing] = []
        self.documents: list[Document] = []
        self.exact: dict[str, int] = {}
        """The first phrasing with just these words, for a question of ordinary words only: 'what is this about?'"""
        self.postings: dict[str, dict[int, list[int]]] = {}
        """For each term, the documents that have it, each with the phrasings that have it."""
        for number, (source, analyses) in enumerate(zip(sources, analysed, strict=True)):
            self._add(number, source, analyses)
        runs = Counter(run for document in self.documents for run in document.pieces)
        self.rare = {run: math.log(1 + len(self.documents) / count) for run, count in runs.items()}

    def rarity(self, run: str) -> float:
        """How telling a run of letters is, as for terms."""
        return self.rare.get(run, self.unseen)

    def weight(self, term: str) -> float:
        """How telling a term is: log of how few entries have it (inverse document frequency)."""
        return self.weights.get(term, self.unseen)

    def _add(self, number: int, source: Source, analyses: Sequence[Analysis]) -> None:
        numbers = []
        counts: Counter[str] = Counter()
        asks: Counter[str] = Counter()
        for text, analysis in zip(source.texts, analyses, strict=True):
            terms = frozenset(analysis.terms)
            counts.update(terms)
            asks.update(analysis.asks)
            size = sum(self.weight(term) for term in terms)
            numbers.append(len(self.phrasings))
            self.exact.setdefault(analysis.plain, len(self.phrasings))
            for term in terms:
                self.postings.setdefault(term, {}).setdefault(number, []).append(len(self.phrasings))
            self.phrasings.append(Phrasing(number, text, analysis, terms, size))
        answer = frozenset(self.analyser(source.answer).terms)
        named = answer | set(counts)
        self.documents.append(
            Document(
                id=source.id,
                phrasings=tuple(numbers),
                share={term: count / (count + 1.0) for term, count in counts.items()},
                plain=tuple(analysis.plain for analysis in analyses),
                sorted=tuple(in_order(analysis.words) for analysis in analyses),
                pieces=frozenset(run for analysis in analyses for run in pieces(analysis.plain)),
                answer_terms=answer,
                asks={kind: count / len(analyses) for kind, count in asks.items()},
                people=frozenset(term for term in named if term[0] == "@"),
                numbers=frozenset(term for term in named if term[0] == "="),
                core=frozenset(term for term, n in counts.items() if term[0] in "@#" and n >= CORE * len(analyses)),
                covered=source.covered,
                cites=source.cites,
            )
        )


def in_order(spelt: Iterable[str]) -> str:
    """Words in alphabetical order."""
    return " ".join(sorted(spelt))


def pieces(text: str) -> set[str]:
    """Every run of `RUN` letters, word ends included: what two spellings of a word still share."""
    padded = f" {text} "
    return {padded[at : at + RUN] for at in range(len(padded) - RUN + 1)}


def _weights(analysed: Sequence[Sequence[Analysis]]) -> dict[str, float]:
    frequency: Counter[str] = Counter()
    for analyses in analysed:
        frequency.update({term for analysis in analyses for term in analysis.terms})
    total = len(analysed)
    return {term: math.log(1 + total / count) for term, count in frequency.items()}
