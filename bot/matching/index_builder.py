"""Build the index of a base, or update it after a change of some entries.

How a word of one entry is analyzed can depend on the others: what occurs in two texts of the base counts as spelt right, and
keeps words like it from being corrected. Where a change touches that, the entries with such words are analyzed again too.
"""

from array import array
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.analyzer import Analyzer
from bot.matching.document import Document, EntryTexts, TextNumbers
from bot.matching.exact_texts import ExactTextsBuilder, fingerprint
from bot.matching.index import MIN_WORD_TEXTS, UINT32, Index, Tables, base_analyzer, pack, text_position
from bot.matching.vocabulary import Vocabulary

MAX_EDITS = 3
"""Edits up to which a word is ever corrected; see `bot.nlp.spelling_correction`."""
SEVERAL_TEXTS = 0.04
"""Share of a document's texts from which several of them have a character n-gram; in a small document one is enough."""
_Tokenized = Sequence[tuple[str, ...]]
"""The tokens of each text of one entry."""


def build(entries: Sequence[EntryTexts], vocabulary: Vocabulary) -> Index:
    """Return the index of a whole base."""
    return update(Index(Analyzer(vocabulary), (), Tables(0, {}, {}, {}, {}, b"")), entries)


def update(index: Index, entries: Sequence[EntryTexts]) -> Index:
    """Return the index of a base with these entries; keep of `index`, which stays as it is, what has not changed."""
    numbers = {document.entry.id: number for number, document in enumerate(index.documents) if document}
    entries_by_id = {entry.id: entry for entry in entries}
    removed = {n for id, n in numbers.items() if index.document(n).entry != entries_by_id.get(id)}
    added = [entry for id, entry in entries_by_id.items() if id not in numbers or numbers[id] in removed]
    tokenized = {entry.id: entry.tokenized() for entry in added}
    removed_tokens = [index.document(n).entry.tokenized() for n in removed]
    word_counts, changed_words = _update_counts(index.tables.word_counts, removed_tokens, tokenized.values())
    analyzer, reread_words = _update_analyzer(index, word_counts, changed_words)
    kept = {n: index.document(n) for n in numbers.values() if n not in removed}
    stale = {n for n, document in kept.items() if reread_words and not reread_words.isdisjoint(document.unlisted_words)}

    documents = [None if n in removed or n in stale else document for n, document in enumerate(index.documents)]
    built = {n: Document.build(kept[n].entry, kept[n].entry.tokenized(), analyzer) for n in stale}
    for entry in added:
        number = numbers.get(entry.id, -1)
        if number < 0:
            number = len(documents)
            documents.append(None)
        built[number] = Document.build(entry, tokenized[entry.id], analyzer)
    for number, document in built.items():
        documents[number] = document

    tables = _TablesBuilder(index.tables)
    for number in (*removed, *stale):
        tables.remove(number, index.document(number))
    for number, document in built.items():
        tables.add(number, document)
    tables.restore_exact(documents)
    profiles = {n: profile for n, profile in index.profiles.items() if n not in removed and n not in stale}
    return Index(analyzer, documents, tables.build(len(entries_by_id), word_counts), profiles)


def leave_out(index: Index, changes: Mapping[int, Document | None]) -> Index:
    """Return the index with some documents replaced, or removed where None, by number; `index` stays as it is.

    Quicker than `update`, since nothing is analyzed again: the words of what is left out go on counting as spelt right.
    """
    documents = list(index.documents)
    tables = _TablesBuilder(index.tables)
    for number in changes:
        tables.remove(number, index.document(number))
    for number, document in changes.items():
        documents[number] = document
        if document is not None:
            tables.add(number, document)
    tables.restore_exact(documents)
    count = index.tables.document_count - sum(document is None for document in changes.values())
    profiles = {number: profile for number, profile in index.profiles.items() if number not in changes}
    return Index(index.analyzer, documents, tables.build(count, index.tables.word_counts), profiles)


def _update_counts(
    before: Mapping[str, int], removed: Iterable[_Tokenized], added: Iterable[_Tokenized]
) -> tuple[dict[str, int], set[str]]:
    """Return the number of texts that have each word now, and the words whose number has changed."""
    change = Counter(word for texts in added for text in texts for word in set(text))
    change.subtract(word for texts in removed for text in texts for word in set(text))
    counts, changed = dict(before), {word for word, count in change.items() if count}
    for word in changed:
        counts[word] = counts.get(word, 0) + change[word]
        if not counts[word]:
            del counts[word]
    return counts, changed


def _update_analyzer(index: Index, counts: Mapping[str, int], changed: Collection[str]) -> tuple[Analyzer, set[str]]:
    """Return the analyzer of the changed base, and the words that it corrects otherwise than the one before."""
    before, old = index.tables.word_counts, index.analyzer
    flipped = {
        word for word in changed if (before.get(word, 0) >= MIN_WORD_TEXTS) != (counts.get(word, 0) >= MIN_WORD_TEXTS)
    }
    if not flipped:
        return old, set()
    new = base_analyzer(old, counts)
    if not before:
        return new, set()
    rare = [word for word, count in counts.items() if count < MIN_WORD_TEXTS and not old.is_listed(word)]
    affected = flipped & counts.keys()
    stems = {old.stem(word) for word in flipped}
    affected.update(word for word in rare if old.stem(word) in stems)
    for word in flipped:
        near = process.extract(word, rare, scorer=OSA.distance, score_cutoff=MAX_EDITS, limit=None)
        affected.update(rare_word for rare_word, _, _ in near)
    return new, {word for word in affected if old.correct(word) != new.correct(word)}


class _TablesBuilder:
    """Builds tables from earlier ones: what is shared with those is copied before it is changed."""

    def __init__(self, tables: Tables) -> None:
        self._postings: dict[str, Mapping[int, TextNumbers]] = dict(tables.postings)
        self._changed_postings: dict[str, dict[int, TextNumbers]] = {}
        self._bigrams = dict(tables.bigrams)
        self._changed_bigrams: dict[str, array[int]] = {}
        self._ngrams = dict(tables.ngrams)
        self._exact = ExactTextsBuilder(tables.exact)
        self._removed_texts: set[str] = set()

    def remove(self, number: int, document: Document) -> None:
        """Remove a document."""
        for term in document.texts_by_term():
            self._posting(term).pop(number, None)
        for bigram in document.bigram_counts():
            packed = self._packed_bigram(bigram)
            del packed[bisect_left(packed, pack(number, 0))]
        for ngram in document.ngram_counts():
            levels = bytearray(self._ngrams[ngram])
            levels[number >> 2] &= ~(3 << 2 * (number & 3))
            rest = bytes(levels).rstrip(b"\x00")
            if rest:
                self._ngrams[ngram] = rest
            else:
                del self._ngrams[ngram]
        for i, text in enumerate(document.normalized):
            if self._exact.remove(fingerprint(text), text_position(number, i)):
                self._removed_texts.add(text)

    def add(self, number: int, document: Document) -> None:
        """Add a document."""
        for term, texts in document.texts_by_term().items():
            self._posting(term)[number] = texts
        for bigram, count in document.bigram_counts().items():
            insort(self._packed_bigram(bigram), pack(number, count))
        ngrams, byte, shift = self._ngrams, number >> 2, 2 * (number & 3)
        several = SEVERAL_TEXTS * len(document.normalized)
        for ngram, count in document.ngram_counts().items():
            levels = bytearray(ngrams.get(ngram, b"").ljust(byte + 1, b"\x00"))
            levels[byte] |= (1 + (count >= several)) << shift
            ngrams[ngram] = bytes(levels)
        for i, text in enumerate(document.normalized):
            self._exact.add(fingerprint(text), text_position(number, i))

    def restore_exact(self, documents: Sequence[Document | None]) -> None:
        """Find texts that were removed, and not added again, in other documents that have them too."""
        lost = {text for text in self._removed_texts if fingerprint(text) not in self._exact}
        if lost:
            for number, document in enumerate(documents):
                for i, text in enumerate(document.normalized if document else ()):
                    if text in lost:
                        self._exact.add(fingerprint(text), text_position(number, i))

    def build(self, document_count: int, word_counts: Mapping[str, int]) -> Tables:
        """Return the tables."""
        self._postings.update(self._changed_postings)
        for term in [term for term, posting in self._changed_postings.items() if not posting]:
            del self._postings[term]
        self._bigrams.update((bigram, packed.tobytes()) for bigram, packed in self._changed_bigrams.items())
        for bigram in [bigram for bigram, packed in self._changed_bigrams.items() if not packed]:
            del self._bigrams[bigram]
        return Tables(document_count, word_counts, self._postings, self._bigrams, self._ngrams, self._exact.packed())

    def _posting(self, term: str) -> dict[int, TextNumbers]:
        posting = self._changed_postings.get(term)
        if posting is None:
            posting = self._changed_postings[term] = dict(self._postings.get(term, ()))
        return posting

    def _packed_bigram(self, bigram: str) -> "array[int]":
        packed = self._changed_bigrams.get(bigram)
        if packed is None:
            packed = self._changed_bigrams[bigram] = array(UINT32, self._bigrams.get(bigram, b""))
        return packed
