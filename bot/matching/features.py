"""What speaks for and against answering a question with an entry, as numbers between 0 and 1.

Signs are fixed by sense: a feature in `FOR` can only speak for an entry, one in `AGAINST` only against it; `objections` do
not rank, and only weigh against answering. How much each weighs is fitted (see `weights.json` and `tests/fitting`).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import compress
from operator import truediv

from msgspec import Struct
from rapidfuzz import fuzz, process

from bot.matching.index import NOWHERE, Counted, Index, Texts, in_order, pieces
from bot.matching.query import Analysis

OVERALL = ("covered", "pairs", "pieces", "asked", "stranger", "focus", "absent", "wide")
"""What is known of an entry without looking at its texts one by one."""
BY_TEXTS = ("support", "order", "sorted", "unlike")
"""What takes a look at each of them."""
FEATURES = (*OVERALL, *BY_TEXTS)
AGAINST = ("stranger", "focus", "unlike", "absent", "wide")
FOR = tuple(name for name in FEATURES if name not in AGAINST)
BORROWED = 0.5
"""How much a term from an earlier question counts."""
THIN = 4.0
"""Terms of a question at which it is a third as thin as one that says nothing."""
UNKNOWN = 3
"""Words of a question, unknown to the base, from which more of them change nothing."""
PAIR = 0.5
"""How much a pair of words counts beside a term where entries are nominated."""
RERANKED = 24
"""Entries with most of the terms whose pairs of words are looked at."""
ENOUGH = 80
"""Entries nominated by rarer terms from which a more common one nominates no further ones."""
BEHIND = 0.6
"""Share of what the first entry has of the question's terms and pairs that a further one needs to be nominated."""
LEAST = 3
"""Entries that are nominated however far they are behind."""
SIMILAR = 6
"""Texts of an entry that a question is held against letter by letter."""
WIDEST = 5.0
"""Logarithm of the number of phrasings from which an entry counts as fully wide."""
ANSWERED = 0.5
"""How far an entry accounts for a term that only its answer has."""
ONCE = 0.7
"""How far a document accounts for a run of letters that one of its texts has; it does fully for one that several have."""
HAVING = tuple(bytes(byte >> 2 * place & 3 > 0 for byte in range(256)) for place in range(4))
"""For each of the four documents that a byte of `Tables.runs` tells of: whether it has the run, by that byte."""
REPEATING = tuple(bytes(byte >> 2 * place & 3 > 1 for byte in range(256)) for place in range(4))
"""The same for whether several of its texts have it."""
Held = tuple[str, float, Mapping[int, Texts]]
"""A term with its weight and the documents that have it, each with those of its texts that do."""
Similar = list[tuple[float, int]]
"""(similarity, text) of the texts of one document that are closest to a question, the closest first."""


class Candidate(Struct, frozen=True):
    """One entry that might answer, with everything that speaks for and against it."""

    entry: str
    document: int
    text: int
    """Number of the document's text that is closest to the question."""
    phrasing: str
    """That text."""
    similarity: float
    """How close it is, 0 to 1 (see `similar`)."""
    features: Mapping[str, float]
    score: float
    leftover: tuple[str, ...]
    """Terms of the question that nothing in the entry accounts for."""
    exact: bool
    """Whether somebody wrote the question, word for word, as a phrasing of this entry."""


class Overall(Struct, frozen=True):
    """What speaks for and against one document as a whole.

    features: `OVERALL`; lacking: the terms of the question that nothing in the document accounts for.
    """

    number: int
    features: Mapping[str, float]
    lacking: frozenset[str]


class Asked(Struct, frozen=True):
    """A question as it is held against entries: what is the same for all of them, worked out once.

    weights: how much each term counts, one that comes from an earlier question by half; total: their sum; held: for each
    term with its weight the documents that have it; gains: for each term what each of these gains by it (see
    `Index.gains`); pairs: see `Index.paired`; told: how telling these are together; own: the terms that are the question's
    own; strangers: those of them that name somebody; focus: those that it asks about; runs: of its runs of letters those that
    the base has, each as `Tables.runs` has it; rarities: how telling each of these is; letters: how telling all are; sorted:
    its words in alphabetical order; exact: see `Index.exact`.
    """

    question: Analysis
    weights: Mapping[str, float]
    total: float
    held: tuple[Held, ...]
    gains: tuple[Mapping[int, float], ...]
    pairs: tuple[Counted, ...]
    told: float
    own: tuple[str, ...]
    strangers: tuple[str, ...]
    focus: tuple[str, ...]
    runs: tuple[bytes, ...]
    rarities: tuple[float, ...]
    letters: float
    sorted: str
    exact: tuple[int, int] | None

    @classmethod
    def of(cls, question: Analysis, index: Index) -> "Asked":
        """The question as it is held against the entries of an index."""
        borrowed, postings = question.borrowed, index.tables.postings
        weights = {t: index.weight(t) * (BORROWED if t in borrowed else 1.0) for t in question.terms}
        own = question.own
        paired = index.paired(question.words)
        runs = index.telling(pieces(question.plain))
        return cls(
            question=question,
            weights=weights,
            total=sum(weights.values()) or 1.0,
            held=tuple([(term, weight, postings.get(term, NOWHERE)) for term, weight in weights.items()]),
            gains=tuple([_halved(index.gains(t)) if t in borrowed else index.gains(t) for t in weights]),
            pairs=tuple(paired),
            told=sum([weight for weight, _ in paired]) or 1.0,
            own=own,
            strangers=tuple([term for term in own if term[0] == "@"]),
            focus=tuple([term for term in question.focus if term in weights]),
            runs=tuple([levels for levels, _ in runs if levels]),
            rarities=tuple([rarity for levels, rarity in runs if levels]),
            letters=sum([rarity for _, rarity in runs]) or 1.0,
            sorted=in_order(question.words),
            exact=index.exact(question),
        )


def _halved(gains: Mapping[int, float]) -> dict[int, float]:
    return {number: gain * BORROWED for number, gain in gains.items()}


def nominated(asked: Asked, size: int) -> list[int]:
    """The documents that have most of the question's terms and pairs of words, at most `size` and the best first, and the one
    that was asked word for word.
    """
    found: dict[int, float] = {}
    for gains in sorted(asked.gains, key=len):
        if len(found) <= ENOUGH:
            for number, gain in gains.items():
                found[number] = found.get(number, 0.0) + gain
        else:  # rare terms first: where there are enough entries by then, a common one only weighs in for those
            for number in gains.keys() & found.keys():
                found[number] += gains[number]
    best = sorted(found, key=found.__getitem__, reverse=True)[:RERANKED]
    for weight, counts in asked.pairs:
        most = weight * PAIR
        for number in best:
            count = counts.get(number)
            if count:
                found[number] += most - most / (1 + count)
    best = sorted(best, key=found.__getitem__, reverse=True)[:size]
    least = found[best[0]] * BEHIND if best else 0.0
    near = [number for place, number in enumerate(best) if place < LEAST or found[number] >= least]
    return near if asked.exact is None or asked.exact[0] in near else [*near, asked.exact[0]]


def _letters(asked: Asked, numbers: Sequence[int]) -> list[float]:
    """How much of the question's runs of letters each of some documents has, 0 to 1, by how telling each run is."""
    if not numbers or not asked.runs:
        return [0.0] * len(numbers)
    # All documents at once, since nothing else takes as long: a row of levels for each run, of which each takes a column.
    width = (max(numbers) >> 2) + 1
    levels = b"".join([row[:width].ljust(width, b"\x00") for row in asked.runs])
    found = []
    for number in numbers:
        column, place = levels[number >> 2 :: width], number & 3
        having = sum(compress(asked.rarities, column.translate(HAVING[place])))
        repeating = sum(compress(asked.rarities, column.translate(REPEATING[place])))
        found.append((ONCE * having + (1 - ONCE) * repeating) / asked.letters)
    return found


def similar(asked: Asked, number: int, index: Index) -> Similar:
    """The texts of a document that share most with the question, the closest first.

    Similarity is the Dice coefficient over terms, weighted by how telling each is: 2·|q∩p| / (|q|+|p|).
    """
    sizes = index.sizes(number)
    common = [0.0] * len(sizes)
    for _, weight, documents in asked.held:
        for text in documents.get(number, ()):
            common[text] += weight
    halves = list(map(truediv, common, map(asked.total.__add__, sizes)))
    closest = sorted(range(len(halves)), key=halves.__getitem__, reverse=True)[:SIMILAR]
    found = [(2 * halves[text], text) for text in closest if halves[text]]
    if not found and asked.exact is not None and asked.exact[0] == number:  # words that are no terms, all of them
        return [(1.0, asked.exact[1])]
    return found


def overall(asked: Asked, numbers: Sequence[int], index: Index) -> list[Overall]:
    """What speaks for and against some documents, each as a whole: `OVERALL`."""
    return [
        _overall(asked, number, spelt, index) for number, spelt in zip(numbers, _letters(asked, numbers), strict=True)
    ]


def _overall(asked: Asked, number: int, spelt: float, index: Index) -> Overall:
    profile, few = index.profile(number), index.few(number)
    answer = profile.document.answer_terms
    covered, paired, lacking = 0.0, 0.0, set()
    for term, weight, documents in asked.held:
        texts = documents.get(number)
        if texts:
            covered += weight * len(texts) / (len(texts) + few)  # see `Index.share`
        elif term in answer:
            covered += weight * ANSWERED
        else:
            lacking.add(term)
    for weight, counts in asked.pairs:
        count = counts.get(number)
        if count:
            paired += weight * count / (count + few)
    found = {
        "covered": covered / asked.total,
        "pairs": paired / asked.told,
        "pieces": spelt,
        "asked": max([profile.asks.get(kind, 0.0) for kind in asked.question.asks], default=0.5),
        "stranger": 0.0 if profile.people.issuperset(asked.strangers) else 1.0,
        "focus": 0.0 if lacking.isdisjoint(asked.focus) else 1.0,
        "absent": _absent(asked, index.core(number)),
        # The more ways of asking somebody has written down, the likelier one of them is near by chance.
        "wide": min(1.0, math.log(len(profile.sorted)) / WIDEST),
    }
    return Overall(number, found, frozenset(lacking))


def by_texts(asked: Asked, number: int, closest: Similar, index: Index) -> dict[str, float]:
    """What speaks for and against one document by its texts: `BY_TEXTS`; `closest`: see `similar`."""
    profile = index.profile(number)
    question, document = asked.question, profile.document
    nearest, asks = [text for _, text in closest], question.asks
    terms, ordered, kinds = document.terms, profile.sorted, document.asks
    return {
        "support": sum([value for value, _ in closest[:3]]) / 3,
        "order": _closest(question.terms, [terms[text] for text in nearest]),
        "sorted": _closest(asked.sorted, [ordered[text] for text in nearest]),
        "unlike": float(bool(asks) and all(map(asks.isdisjoint, [kinds[text] for text in nearest]))),
    }


def objections(question: Analysis, candidate: Candidate, index: Index) -> dict[str, float]:
    """What speaks against answering with a candidate at all, whatever the others are."""
    people = [term for term in question.terms if term[0] == "@"]
    profile = index.profile(candidate.document)
    known = sum([index.weight(term) for term in question.terms if index.knows(term)]) or 1.0
    return {
        "number": float(any(_numeral(term) and term not in profile.numbers for term in question.own)),
        "leftover": sum([index.weight(term) for term in candidate.leftover if index.knows(term)]) / known,
        "turned": _turned(people, profile.document.terms[candidate.text]) if len(people) > 1 else 0.0,
    }


def _numeral(term: str) -> bool:
    """Whether it is a number of two digits or more: small ones are often no more than a manner of speaking."""
    return term[0] == "=" and len(term) > 2


def _closest(asked: str | Sequence[str], texts: Sequence[str] | Sequence[Sequence[str]]) -> float:
    """Likeness, 0 to 1, of the one of some texts (of letters, or of terms) that is most like what was asked."""
    found = process.extractOne(asked, texts, scorer=fuzz.ratio)
    return found[1] / 100 if found else 0.0


def unaccounted(question: Analysis, candidate: Candidate, index: Index) -> float:
    """Share of the question, 0 to 1, that nothing in the candidate's entry accounts for."""
    own = sum(map(index.weight, question.own))
    return sum(index.weight(term) for term in candidate.leftover) / (own or 1.0)


def _absent(asked: Asked, core: Mapping[str, float]) -> float:
    """How much of what the entry is about the question does not have, 0 to 1."""
    total = sum(core.values())
    return sum([weight for term, weight in core.items() if term not in asked.weights]) / total if total else 0.0


def _turned(people: Sequence[str], terms: Sequence[str]) -> float:
    """Whether two people stand the other way round than in the phrasing: who did what to whom."""
    other = [term for term in terms if term[0] == "@" and term in people]
    return float([term for term in people if term in other] != other)


def thinness(question: Analysis) -> float:
    """How little a question says, 0 to 1: the less there is of it, the less it takes to look alike."""
    return math.exp(-len(question.terms) / THIN)


def unknown(question: Analysis, index: Index) -> float:
    """How many words of the question no entry has, 0 to 1: harmless ones in most messages, but not many."""
    strange = [term for term in question.own if not index.knows(term)]
    return min(len(strange), UNKNOWN) / UNKNOWN
