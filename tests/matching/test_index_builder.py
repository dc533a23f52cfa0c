"""Building an index, and updating it: an updated index is the one that building the changed base would give."""

import random
from collections.abc import Sequence

from bot.matching.document import EntryTexts
from bot.matching.exact_texts import ExactTexts
from bot.matching.index import MAX_TEXTS, Index
from bot.matching.index_builder import build, update
from bot.matching.matcher import Matcher
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import RANK_FEATURES, Weights
from tests.support.entry_texts import entry_texts

VOCABULARY = Vocabulary.build(
    aliases={"Ada Quill": "ada", "the keeper": "ada"}, concepts={"leave": ["leave", "quit"]}, members={}
)
WORDS = "lantern lanterns lantren lanter harbour harbuor keeper kepeer keepr quit quitt mayor mayors lamp 40 who when".split()


def ngram_level(index: Index, number: int, ngram: str) -> int:
    """Return the two bits that an index has for a document's character n-gram."""
    levels = index.tables.ngrams[ngram]
    return levels[number >> 2] >> 2 * (number & 3) & 3 if number >> 2 < len(levels) else 0


def contents(index: Index) -> dict[str, object]:
    """Return all that an index answers from, with entry ids in place of document numbers."""
    tables = index.tables
    ids = {number: document.entry.id for number, document in enumerate(index.documents) if document}
    return {
        "documents": {document.entry.id: document for document in index.documents if document},
        "postings": {
            term: {ids[n]: texts for n, texts in posting.items()} for term, posting in tables.postings.items()
        },
        "bigrams": bigram_counts(index),
        "ngrams": {ngram: {ids[n]: ngram_level(index, n, ngram) for n in ids} for ngram in tables.ngrams},
        "word_counts": dict(tables.word_counts),
        "exact": {hashed: ids[position // MAX_TEXTS] for hashed, position in ExactTexts(tables.exact).items()},
        "text_weights": {id: [round(weight, 9) for weight in index.text_weights(n)] for n, id in ids.items()},
    }


def bigram_counts(index: Index) -> dict[str, dict[str, int]]:
    """Return the number of texts that have each bigram, by entry."""
    ids = {number: document.entry.id for number, document in enumerate(index.documents) if document}
    return {
        bigram: {ids[entry >> 8]: entry & 255 for entry in memoryview(packed).cast("I")}
        for bigram, packed in index.tables.bigrams.items()
    }


def random_entries(chance: random.Random) -> list[EntryTexts]:
    """Return entries of few and many texts, with misspelt words that are rare or common enough to change the others."""
    ids = chance.sample("abcdefgh", 6)
    # Words with the id in them keep two entries from having the same text: which is found first is not defined.
    sizes = chance.choices([1, 3, 60, 300], weights=[40, 80, 8, 1], k=len(ids))
    return [
        entry_texts(id, *(" ".join([*chance.choices(WORDS, k=3), id, str(n)]) for n in range(size)))
        for id, size in zip(ids, sizes, strict=True)
    ]


def test_updated_index_equals_built_one() -> None:
    """Whatever entries are added, changed and removed, and whatever words come to be, or cease to be, spelt right."""
    chance = random.Random(7)
    index = build(random_entries(chance), VOCABULARY)
    for _ in range(150):
        entries = random_entries(chance)
        index = update(index, entries)
        assert contents(index) == contents(build(entries, VOCABULARY))


def rebuilt_documents(index: Index, entries: Sequence[EntryTexts]) -> list[str]:
    """Return the entries whose documents an update builds."""
    before = {id(document) for document in index.documents}
    return [d.entry.id for d in update(index, entries).documents if d and id(d) not in before]


def test_only_changed_entries_are_analyzed_again() -> None:
    """The other documents are the same objects; the earlier index stays as it is."""
    entries = [
        entry_texts("a", "who left"),
        entry_texts("b", "when did she go"),
        entry_texts("c", "where is the lamp"),
    ]
    index = build(entries, VOCABULARY)
    before = contents(index)
    assert rebuilt_documents(index, [entries[0], entry_texts("b", "when was that"), entries[2]]) == ["b"]
    assert rebuilt_documents(index, [*entries, entry_texts("d", "why")]) == ["d"]
    assert rebuilt_documents(index, entries[:2]) == []
    assert contents(index) == before


def test_word_of_a_second_text_counts_as_spelt_right() -> None:
    """Entries with it are analyzed again: 'quitt' is corrected to 'quit' until two texts of the base have it."""
    entries = [entry_texts("a", "who did quitt"), entry_texts("b", "where is the lamp")]
    index = build(entries, VOCABULARY)
    assert index.document(0).terms == (("#leave",),)
    later = update(index, [*entries, entry_texts("c", "the quitt law")])
    assert later.document(0).terms == (("quitt",),)


def test_exact_text_is_found_in_another_entry_when_its_own_is_removed() -> None:
    """Two entries may have the same text while a moderator sorts them out."""
    index = build([entry_texts("a", "who left"), entry_texts("b", "who left")], VOCABULARY)
    assert index.exact_match(index.analyzer.analyze("Who left?")) == (0, 0)
    later = update(index, [entry_texts("b", "who left")])
    assert later.exact_match(later.analyzer.analyze("Who left?")) == (1, 0)


def test_text_without_tokens_is_no_exact_match() -> None:
    """An empty message and one of emoji have the same tokens: none."""
    index = build([entry_texts("a", "???")], VOCABULARY)
    assert [index.exact_match(index.analyzer.analyze(text)) for text in ("", "???", "\U0001f600")] == [None] * 3


def test_bigrams_tell_entries_with_the_same_words_apart() -> None:
    """Two tokens are a bigram of an entry from two of its texts on; those of a question speak for the entry."""
    lit = entry_texts("lit", "who lit the lantern", "who lit a lantern", "tell who lit it")
    who = entry_texts("who", "lit by lantern who", "lantern lit who", "lit who")
    index = build([who, lit], VOCABULARY)
    counts = bigram_counts(index)
    assert (counts["who lit"], counts["lit who"], counts.get("tell who")) == ({"lit": 3}, {"who": 2}, None)
    rank = dict.fromkeys(RANK_FEATURES, 0.0) | {"bigram_coverage": 1.0}
    matcher = Matcher(index, Weights(rank, {}, answer=1.0, guess=1.0, clarify=0.0))
    for question, first in (("who lit that", "lit"), ("that lit who", "who")):
        assert matcher.rank(index.analyzer.analyze(question))[0].entry == first


def test_bigram_count_stops_at_255() -> None:
    """It has eight bits; a bigram of more texts is still one of its entry only."""
    many = entry_texts("many", *(f"who lit lantern {n}" for n in range(300)))
    index = build([entry_texts("few", "who lit it", "who lit that"), many, entry_texts("none", "keeper")], VOCABULARY)
    updated = update(update(index, [many]), [many, entry_texts("new", "who lit a", "who lit b")])
    assert bigram_counts(index)["who lit"] == {"many": 255, "few": 2}
    assert bigram_counts(updated)["who lit"] == {"many": 255, "new": 2}
    assert update(index, [entry_texts("none", "keeper")]).tables.bigrams == {}
