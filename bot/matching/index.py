"""The base as the matcher sees it: which terms each phrasing and each entry has, and how telling each term is.

An entry becomes a `Document` by itself, so that a changed base keeps the documents of all entries that have not changed.
What an entry is measured by is worked out from its document when it is first needed, as its `Profile`. Only what depends
on the whole base (how many entries have a term) is the index's own.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from sys import intern
from types import MappingProxyType
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from bot.matching.query import Analyser, Analysis
from bot.nlp.normalize import normalise, words

RUN = 4
"""Letters of the runs by which two spellings of a word are told to be alike."""
MANY_TEXTS = 25
"""Texts of an entry for which one more has to have a term for it to belong there half and half."""
TEXTS = 1 << 20
"""More texts than any entry has."""
SEVERAL = 0.04
"""Share of an entry's texts from which a run of letters counts as one that several of them have; in a small entry one will do."""
OFTEN = 2
"""Texts of an entry that have two words side by side for these to count as a pair of it."""
CORE = 0.6
"""Share of an entry's phrasings that have a term for it to be what the entry is about."""
SEEN = 2
"""Texts of the base that have a word for it to count as spelt right."""
Texts = bytes | tuple[int, ...]
"""Numbers of the texts of one document, ascending: as bytes where they fit, which take the least room."""
NOWHERE: Mapping[int, Texts] = MappingProxyType({})
BITS32: Final = "I"
"""How `Tables.pairs` holds a number: 32 bits each, as `array` and `memoryview` call it."""
Counted = tuple[float, Mapping[int, int]]
"""How telling a pair of words is, and in how many texts of each document that has it."""


@lru_cache(maxsize=1024)
def _once(asks: frozenset[str]) -> frozenset[str]:
    """A set of things asked for, the same one for all texts: there are few."""
    return asks


class Source(Struct, frozen=True):
    """What the index needs of one entry."""

    id: str
    texts: tuple[str, ...]
    """The question first, then its phrasings."""
    answer: str
    covered: bool
    """False for an entry that says what the article does not say."""
    cites: frozenset[int]

    def read(self) -> list[tuple[str, ...]]:
        """The words of each text, those of the answer last."""
        return [words(normalise(text)) for text in (*self.texts, self.answer)]


class Document(Struct, frozen=True):
    """One entry, read: for each of its texts the words, the terms and what is asked for."""

    source: Source
    plain: tuple[str, ...]
    """The words of each text, as read."""
    terms: tuple[tuple[str, ...], ...]
    asks: tuple[frozenset[str], ...]
    answer_terms: frozenset[str]
    """Terms of the answer itself: they account for a word of the question, though nobody asks by them."""
    odd: frozenset[str]
    """The words, as typed, that no list has: whether they are spelt right depends on the rest of the base."""

    @classmethod
    def of(cls, source: Source, read: Sequence[tuple[str, ...]], analyser: Analyser) -> "Document":
        """One entry, understood; `read`: its words (see `Source.read`)."""
        *analyses, answer = (analyser.understand(one) for one in read)
        return cls(
            source=source,
            plain=tuple(analysis.plain for analysis in analyses),
            terms=tuple(analysis.terms for analysis in analyses),
            asks=tuple(analysis.asks for analysis in analyses),
            answer_terms=frozenset(answer.terms),
            odd=frozenset(word for one in read for word in one if not analyser.lists(word)),
        ).shared()

    def shared(self) -> "Document":
        """The same, with what many documents hold kept once: terms, and what is asked for."""
        return replace(
            self,
            terms=tuple(tuple(map(intern, terms)) for terms in self.terms),
            asks=tuple(map(_once, self.asks)),
            answer_terms=frozenset(map(intern, self.answer_terms)),
            odd=frozenset(map(intern, self.odd)),
        )

    def holding(self) -> dict[str, Texts]:
        """Which of its texts each term occurs in."""
        found: dict[str, list[int]] = {}
        for text, terms in enumerate(self.terms):
            for term in terms:
                found.setdefault(term, []).append(text)
        return {term: bytes(texts) if texts[-1] < 256 else tuple(texts) for term, texts in found.items()}

    def pairs(self) -> dict[str, int]:
        """In how many of its texts each pair of neighbouring words occurs, of those that at least `OFTEN` texts have."""
        found = Counter(chain.from_iterable(pairs(plain.split()) for plain in self.plain))
        return {pair: count for pair, count in found.items() if count >= OFTEN}

    def alike(self, other: "Document") -> bool:
        """Whether both rest on one paragraph, and both or neither say what the article does not say."""
        return self.source.covered == other.source.covered and bool(self.source.cites & other.source.cites)


class Profile(Struct, frozen=True):
    """What one entry is measured by: all its phrasings together."""

    document: Document
    sorted: tuple[str, ...]
    """The words of each text in alphabetical order, so that another order of words changes nothing."""
    asks: Mapping[str, float]
    """Share of texts that ask who, when, …"""
    people: frozenset[str]
    numbers: frozenset[str]
    core: frozenset[str]
    """Who and what the entry is about: the terms of names and vocabulary that most of its texts have."""

    @classmethod
    def of(cls, document: Document) -> "Profile":
        """The profile of one document."""
        having = document.holding()
        asks = Counter(kind for kinds in document.asks for kind in kinds)
        texts = len(document.terms)
        named = document.answer_terms.union(having)
        return cls(
            document=document,
            sorted=tuple(in_order(plain.split()) for plain in document.plain),
            asks={kind: count / texts for kind, count in asks.items()},
            people=frozenset(term for term in named if term[0] == "@"),
            numbers=frozenset(term for term in named if term[0] == "="),
            core=frozenset(term for term, held in having.items() if term[0] in "@#" and len(held) >= CORE * texts),
        )


class Tables(Struct, frozen=True):
    """What is known of the base as a whole.

    size: how many documents there are; counts: in how many texts each word occurs; postings: for each term the documents that have it, each with those of its texts that do;
    pairs: for each pair of words the documents that have it, with in how many of their texts, ascending (see `packed`);
    runs: for each run of letters two bits for each document, the first document's lowest: 1 where it has the run, 2 where several of its texts do; exact: by the fingerprint of their words, the first text that has just these (see `place`).
    """

    size: int
    counts: Mapping[str, int]
    postings: Mapping[str, Mapping[int, Texts]]
    pairs: Mapping[str, bytes]
    runs: Mapping[str, bytes]
    exact: Mapping[int, int]


def analyser_of(analyser: Analyser, counts: Mapping[str, int]) -> Analyser:
    """An analyser that takes the words of a base as spelt right; `counts`: in how many of its texts each occurs."""
    return analyser.knowing([word for word, count in counts.items() if count >= SEEN])


class Index:
    """Looked up for every question, and never changed: see `building` for how one is made.

    documents: by number; None where one was removed. profiles: those that are known already.
    """

    def __init__(
        self,
        analyser: Analyser,
        documents: Sequence[Document | None],
        tables: Tables,
        profiles: Mapping[int, Profile] | None = None,
    ) -> None:
        self.analyser = analyser
        self.documents = documents
        self.tables = tables
        self.unseen = math.log(1 + tables.size)
        """Weight of a term that the base does not have."""
        # What follows is only remembered: each is worked out from the above when it is first asked for.
        self._profiles = dict(profiles or {})
        self._sizes: dict[int, tuple[float, ...]] = {}
        self._cores: dict[int, Mapping[str, float]] = {}
        self._weights: dict[str, float] = {}
        self._gains: dict[str, Mapping[int, float]] = {}
        self._pairs: dict[str, Counted] = {}
        self._runs: dict[str, tuple[bytes, float]] = {}

    def warm(self) -> None:
        """Works out beforehand what questions need, all but pairs of words: these take most room and least time. Another thread
        may ask meanwhile, or renew the base.
        """
        self.analyser.warm()
        for number, document in enumerate(self.documents):
            if document is not None:
                self.core(number)
                self.sizes(number)
        for term in self.tables.postings:
            self.gains(term)
        self.telling(self.tables.runs)  # for what it remembers

    def document(self, number: int) -> Document:
        """The document of a number that some posting has."""
        document = self.documents[number]
        if document is None:
            raise KeyError(number)
        return document

    def profile(self, number: int) -> Profile:
        """What that document's entry is measured by."""
        profile = self._profiles.get(number)
        if profile is None:
            profile = self._profiles[number] = Profile.of(self.document(number))
        return profile

    @property
    def profiles(self) -> Mapping[int, Profile]:
        """Those worked out so far; a copy, since another thread may be working out more."""
        return self._profiles.copy()

    def knows(self, term: str) -> bool:
        """Whether any text of the base has this term."""
        return term in self.tables.postings

    def weight(self, term: str) -> float:
        """How telling a term is: log of how few entries have it (inverse document frequency)."""
        weight = self._weights.get(term)
        if weight is None:
            found = self.tables.postings.get(term)
            if not found:
                return self.unseen
            weight = self._weights[term] = math.log(1 + self.tables.size / len(found))
        return weight

    def gains(self, term: str) -> Mapping[int, float]:
        """How much a term speaks for each document that has it, when entries are nominated: half its weight where one text has it,
        nearly all of it where many do, n / (n + 1).
        """
        return self._gains.get(term) or self._gained(term)

    def _gained(self, term: str) -> Mapping[int, float]:
        having = self.tables.postings.get(term)
        if not having:
            return {}
        weight = self.weight(term)
        gains = {number: weight * len(texts) / (1 + len(texts)) for number, texts in having.items()}
        self._gains[term] = gains
        return gains

    def paired(self, spelt: Sequence[str]) -> list[Counted]:
        """For each pair of neighbouring words in a question that the base has: how telling it is, and in how many texts of
        which documents.
        """
        return [found for pair in pairs(spelt) if (found := self._pairs.get(pair) or self._paired(pair))]

    def _paired(self, pair: str) -> Counted | None:
        having = self.tables.pairs.get(pair)
        if having is None:
            return None
        counts = {one >> 8: one & 255 for one in memoryview(having).cast(BITS32)}  # see `packed`
        found = self._pairs[pair] = math.log(1 + self.tables.size / len(counts)), counts
        return found

    def telling(self, runs: Iterable[str]) -> list[tuple[bytes, float]]:
        """Each run of letters as `Tables.runs` has it, with how telling it is, as for terms."""
        return [self._runs.get(run) or self._telling(run) for run in runs]

    def _telling(self, run: str) -> tuple[bytes, float]:
        having = self.tables.runs.get(run)
        if not having:
            return b"", self.unseen
        levels = int.from_bytes(having, "little")
        count = ((levels | levels >> 1) & int.from_bytes(b"\x55" * len(having), "little")).bit_count()
        found = self._runs[run] = having, math.log(1 + self.tables.size / count)
        return found

    def few(self, number: int) -> float:
        """How many of its texts have to have a term for it to belong to a document's entry half and half."""
        return 1 + len(self.document(number).terms) / MANY_TEXTS

    def share(self, number: int, term: str) -> float:
        """How firmly a term belongs to a document's entry, 0 to 1: n / (n + few) where n of its texts have it."""
        texts = self.tables.postings.get(term, NOWHERE).get(number, b"")
        return len(texts) / (len(texts) + self.few(number))

    def core(self, number: int) -> Mapping[str, float]:
        """The terms that a document's entry is about, with their weights."""
        core = self._cores.get(number)
        if core is None:
            core = self._cores[number] = {term: self.weight(term) for term in self.profile(number).core}
        return core

    def sizes(self, number: int) -> tuple[float, ...]:
        """For each text of a document the sum of its terms' weights."""
        sizes = self._sizes.get(number)
        if sizes is None:
            weight = self.weight
            sizes = tuple(sum(map(weight, terms)) for terms in self.document(number).terms)
            self._sizes[number] = sizes
        return sizes

    def exact(self, question: Analysis) -> tuple[int, int] | None:
        """(document, text) of a text with just these words; None for a question without any."""
        found = self.tables.exact.get(fingerprint(question.plain)) if question.plain else None
        if found is None:
            return None
        number, text = divmod(found, TEXTS)
        return (number, text) if self.document(number).plain[text] == question.plain else None


def fingerprint(plain: str) -> int:
    """A number of 64 bits that stands for the words of a text: it takes less room than they do, and is read sooner."""
    return int.from_bytes(blake2b(plain.encode(), digest_size=8).digest(), "big")


def place(number: int, text: int) -> int:
    """A text of a document as one number."""
    return number * TEXTS + text


def in_order(spelt: Iterable[str]) -> str:
    """Words in alphabetical order."""
    return " ".join(sorted(spelt))


def packed(number: int, count: int) -> int:
    """A document, and how many of its texts have something, as one number of 32 bits."""
    return number << 8 | min(count, 255)


def pairs(spelt: Sequence[str]) -> list[str]:
    """Each two neighbouring words, without repeats; the first and the last word stand beside nothing."""
    if not spelt:
        return []
    return list(dict.fromkeys(map("{} {}".format, ("", *spelt), (*spelt, ""))))


def pieces(text: str) -> set[str]:
    """Every run of `RUN` letters, word ends included: what two spellings of a word still share."""
    padded = f" {text} "
    return {padded[at : at + RUN] for at in range(len(padded) - RUN + 1)}
