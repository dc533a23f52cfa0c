"""Makes an index: of a whole base, or from the index of the base before, of which most entries have not changed.

How a word of one entry is read can depend on the others: what occurs in two texts of the base counts as spelt right, and
keeps words like it from being corrected. Where a change touches that, the entries with such words are read again too.
"""

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.index import (
    BITS32,
    SEEN,
    SEVERAL,
    Document,
    Index,
    Source,
    Tables,
    Texts,
    analyser_of,
    fingerprint,
    packed,
    pieces,
    place,
)
from bot.matching.query import Analyser, Vocabulary

SLIPS = 3
"""Most slips that are ever taken for a misspelling; see `language.spelling`."""
_Read = Sequence[tuple[str, ...]]
"""The words of each text of one entry."""


def build(sources: Sequence[Source], vocabulary: Vocabulary) -> Index:
    """The index of a whole base."""
    return renewed(Index(Analyser(vocabulary), (), Tables(0, {}, {}, {}, {}, {})), sources)


def renewed(index: Index, sources: Sequence[Source]) -> Index:
    """The index of the base that these entries make; what has not changed is taken from `index`, which stays as it is."""
    numbers = {document.source.id: number for number, document in enumerate(index.documents) if document}
    wanted = {source.id: source for source in sources}
    gone = {n for id, n in numbers.items() if index.document(n).source != wanted.get(id)}
    fresh = [source for id, source in wanted.items() if id not in numbers or numbers[id] in gone]
    read = {source.id: source.read() for source in fresh}
    counts, touched = _counted(index.tables.counts, [index.document(n).source.read() for n in gone], read.values())
    analyser, misread = _analyser(index, counts, touched)
    kept = {n: index.document(n) for n in numbers.values() if n not in gone}
    again = {n for n, document in kept.items() if misread and not misread.isdisjoint(document.odd)}

    documents = [None if n in gone or n in again else document for n, document in enumerate(index.documents)]
    made = {n: Document.of(kept[n].source, kept[n].source.read(), analyser) for n in again}
    for source in fresh:
        number = numbers.get(source.id, -1)
        if number < 0:
            number = len(documents)
            documents.append(None)
        made[number] = Document.of(source, read[source.id], analyser)
    for number, document in made.items():
        documents[number] = document

    tables = _Draft(index.tables)
    for number in (*gone, *again):
        tables.remove(number, index.document(number))
    for number, document in made.items():
        tables.add(number, document)
    tables.find_lost(documents)
    profiles = {n: profile for n, profile in index.profiles.items() if n not in gone and n not in again}
    return Index(analyser, documents, tables.done(len(wanted), counts), profiles)


def _counted(
    before: Mapping[str, int], gone: Iterable[_Read], fresh: Iterable[_Read]
) -> tuple[dict[str, int], set[str]]:
    """In how many texts each word occurs now, and the words whose count has changed."""
    change = Counter(word for texts in fresh for text in texts for word in set(text))
    change.subtract(word for texts in gone for text in texts for word in set(text))
    counts, touched = dict(before), {word for word, count in change.items() if count}
    for word in touched:
        counts[word] = counts.get(word, 0) + change[word]
        if not counts[word]:
            del counts[word]
    return counts, touched


def _analyser(index: Index, counts: Mapping[str, int], touched: Collection[str]) -> tuple[Analyser, set[str]]:
    """What reads texts from now on, and the words of the base that it takes for others than before."""
    before, old = index.tables.counts, index.analyser
    flipped = {word for word in touched if (before.get(word, 0) >= SEEN) != (counts.get(word, 0) >= SEEN)}
    if not flipped:
        return old, set()
    new = analyser_of(old, counts)
    if not before:
        return new, set()
    rare = [word for word, count in counts.items() if count < SEEN and not old.lists(word)]
    near = flipped & counts.keys()
    stems = {old.stem(word) for word in flipped}
    near.update(word for word in rare if old.stem(word) in stems)
    for word in flipped:
        found = process.extract(word, rare, scorer=OSA.distance, score_cutoff=SLIPS, limit=None)
        near.update(other for other, _, _ in found)
    return new, {word for word in near if old.correct(word) != new.correct(word)}


class _Draft:
    """Tables while they are made from earlier ones: what is shared with those is copied before it is changed."""

    def __init__(self, tables: Tables) -> None:
        self._postings: dict[str, Mapping[int, Texts]] = dict(tables.postings)
        self._own: dict[str, dict[int, Texts]] = {}
        self._pairs = dict(tables.pairs)
        self._own_pairs: dict[str, array[int]] = {}
        self._runs = dict(tables.runs)
        self._exact = dict(tables.exact)
        self._lost: set[str] = set()

    def remove(self, number: int, document: Document) -> None:
        """Takes a document out."""
        for term in document.holding():
            self._documents(term).pop(number, None)
        for pair in document.pairs():
            held = self._paired(pair)
            del held[bisect_left(held, packed(number, 0))]
        for run in _runs(document):
            levels = bytearray(self._runs[run])
            levels[number >> 2] &= ~(3 << 2 * (number & 3))
            kept = bytes(levels).rstrip(b"\x00")
            if kept:
                self._runs[run] = kept
            else:
                del self._runs[run]
        for text, plain in enumerate(document.plain):
            found = fingerprint(plain)
            if self._exact.get(found) == place(number, text):
                del self._exact[found]
                self._lost.add(plain)

    def add(self, number: int, document: Document) -> None:
        """Puts a document in."""
        for term, texts in document.holding().items():
            self._documents(term)[number] = texts
        for pair, count in document.pairs().items():
            insort(self._paired(pair), packed(number, count))
        runs, byte, shift = self._runs, number >> 2, 2 * (number & 3)
        several = SEVERAL * len(document.plain)
        for run, count in _runs(document).items():
            levels = bytearray(runs.get(run, b"").ljust(byte + 1, b"\x00"))
            levels[byte] |= (1 + (count >= several)) << shift
            runs[run] = bytes(levels)
        for text, plain in enumerate(document.plain):
            self._exact.setdefault(fingerprint(plain), place(number, text))

    def find_lost(self, documents: Sequence[Document | None]) -> None:
        """Finds the words of texts that were taken out, and not put in again, in other documents that have them too."""
        lost = {plain for plain in self._lost if fingerprint(plain) not in self._exact}
        if lost:
            for number, document in enumerate(documents):
                for text, plain in enumerate(document.plain if document else ()):
                    if plain in lost:
                        self._exact.setdefault(fingerprint(plain), place(number, text))

    def done(self, size: int, counts: Mapping[str, int]) -> Tables:
        """The tables."""
        self._postings.update(self._own)
        for term in [term for term, found in self._own.items() if not found]:
            del self._postings[term]
        self._pairs.update((pair, found.tobytes()) for pair, found in self._own_pairs.items())
        for pair in [pair for pair, found in self._own_pairs.items() if not found]:
            del self._pairs[pair]
        return Tables(size, counts, self._postings, self._pairs, self._runs, self._exact)

    def _paired(self, pair: str) -> "array[int]":
        own = self._own_pairs.get(pair)
        if own is None:
            own = self._own_pairs[pair] = array(BITS32, self._pairs.get(pair, b""))
        return own

    def _documents(self, term: str) -> dict[int, Texts]:
        own = self._own.get(term)
        if own is None:
            own = self._own[term] = dict(self._postings.get(term, ()))
        return own


def _runs(document: Document) -> Counter[str]:
    """In how many texts of a document each run of letters occurs."""
    return Counter(chain.from_iterable(map(pieces, document.plain)))
