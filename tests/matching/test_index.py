"""The index of a changed base is the one that a whole reading would give."""

import random
from collections.abc import Sequence

from bot import bootstrap
from bot.matching.features import FEATURES, OVERALL, Asked, nominated, overall
from bot.matching.index import TEXTS, Index, Source
from bot.matching.index_builder import build, renewed
from bot.matching.matcher import Matcher, _least
from bot.matching.query import Vocabulary
from bot.matching.weights import Weights
from tests.support.index_sources import source

VOCABULARY = Vocabulary.of(
    aliases={"Ada Quill": "ada", "the keeper": "ada"}, concepts={"leave": ["leave", "quit"]}, members={}
)
WORDS = "lantern lanterns lantren lanter harbour harbuor keeper kepeer keepr quit quitt mayor mayors lamp 40 who when".split()


def level(index: Index, number: int, run: str) -> int:
    """The two bits that an index has for a document's run of letters."""
    levels = index.tables.runs[run]
    return levels[number >> 2] >> 2 * (number & 3) & 3 if number >> 2 < len(levels) else 0


def contents(index: Index) -> dict[str, object]:
    """All that an index answers from, with ids in place of numbers."""
    ids = {number: document.source.id for number, document in enumerate(index.documents) if document}
    pairs = index.tables.pairs
    return {
        "documents": {document.source.id: document for document in index.documents if document},
        "postings": {t: {ids[n]: s for n, s in found.items()} for t, found in index.tables.postings.items()},
        "pairs": {pair: {ids[n >> 8]: n & 255 for n in memoryview(held).cast("I")} for pair, held in pairs.items()},
        "runs": {run: {ids[n]: level(index, n, run) for n in ids} for run in index.tables.runs},
        "counts": dict(index.tables.counts),
        "exact": {found: ids[held // TEXTS] for found, held in index.tables.exact.items()},
        "sizes": {id: [round(size, 9) for size in index.sizes(number)] for number, id in ids.items()},
    }


def some_sources(chance: random.Random) -> list[Source]:
    """Entries of words that are misspelt, and rare or common enough to change how others are read; of few and many texts."""
    ids = chance.sample("abcdefgh", 6)
    # Words with the id in them keep two entries from having the same text: which is found first is not defined.
    sizes = chance.choices([1, 3, 60, 300], weights=[40, 80, 8, 1], k=len(ids))
    return [
        source(id, *(" ".join([*chance.choices(WORDS, k=3), id, str(n)]) for n in range(size)))
        for id, size in zip(ids, sizes, strict=True)
    ]


def test_after_any_changes_the_index_is_that_of_the_base_as_it_is() -> None:
    """Entries added, changed, taken away, and words that come to be, or cease to be, spelt right."""
    chance = random.Random(7)
    index = build(some_sources(chance), VOCABULARY)
    for _ in range(150):
        base = some_sources(chance)
        index = renewed(index, base)
        assert contents(index) == contents(build(base, VOCABULARY))


def changed(index: Index, sources: Sequence[Source]) -> list[str]:
    before = {id(document) for document in index.documents}
    return [d.source.id for d in renewed(index, sources).documents if d and id(d) not in before]


def test_only_what_has_changed_is_read_again() -> None:
    """The others are the very same documents; the earlier index goes on answering."""
    base = [source("a", "who left"), source("b", "when did she go"), source("c", "where is the lamp")]
    index = build(base, VOCABULARY)
    before = contents(index)
    assert changed(index, [base[0], source("b", "when was that"), base[2]]) == ["b"]
    assert changed(index, [*base, source("d", "why")]) == ["d"]
    assert changed(index, base[:2]) == []
    assert contents(index) == before


def test_a_word_that_a_second_text_has_is_spelt_right_and_entries_with_it_are_read_again() -> None:
    """'quitt' is taken for 'quit' until two texts of the base have it."""
    base = [source("a", "who did quitt"), source("b", "where is the lamp")]
    index = build(base, VOCABULARY)
    assert index.document(0).terms == (("#leave",),)
    later = renewed(index, [*base, source("c", "the quitt law")])
    assert later.document(0).terms == (("quitt",),)


def test_the_text_with_just_these_words_is_found_elsewhere_when_its_entry_goes() -> None:
    """Two entries may have the same text while a moderator sorts them out."""
    index = build([source("a", "who left"), source("b", "who left")], VOCABULARY)
    assert index.exact(index.analyser("Who left?")) == (0, 0)
    later = renewed(index, [source("b", "who left")])
    assert later.exact(later.analyser("Who left?")) == (1, 0)


def test_what_has_no_word_is_no_phrasing_word_for_word() -> None:
    """An empty message and one of smileys are read alike."""
    index = build([source("a", "???")], VOCABULARY)
    assert [index.exact(index.analyser(text)) for text in ("", "???", "\U0001f600")] == [None, None, None]


def test_words_side_by_side_tell_entries_apart_that_have_the_same_ones() -> None:
    """Two words count as a pair of an entry from two of its texts on; those of a question speak for the entry."""
    lit = source("lit", "who lit the lantern", "who lit a lantern", "tell who lit it")
    who = source("who", "lit by lantern who", "lantern lit who", "lit who")
    index = build([who, lit], VOCABULARY)
    pairs = contents(index)["pairs"]
    assert isinstance(pairs, dict)
    assert (pairs["who lit"], pairs["lit who"], pairs.get("tell who")) == ({"lit": 3}, {"who": 2}, None)
    matcher = Matcher(index, Weights(dict.fromkeys(FEATURES, 0.0) | {"pairs": 1.0}, {}, 1.0, 0.0))
    for question, first in (("who lit that", "lit"), ("that lit who", "who")):
        assert matcher.rank(index.analyser(question))[0].entry == first


def test_a_pair_in_very_many_texts_of_an_entry_stays_one_of_that_entry() -> None:
    """What is kept of a pair has room for 255 of them."""
    many = source("many", *(f"who lit lantern {n}" for n in range(300)))
    index = build([source("few", "who lit it", "who lit that"), many, source("none", "keeper")], VOCABULARY)
    for found in (index, renewed(renewed(index, [many]), [many, source("new", "who lit a", "who lit b")])):
        pairs = contents(found)["pairs"]
        assert isinstance(pairs, dict)
        assert pairs["who lit"] == {"many": 255, ("few" if found is index else "new"): 2}
    assert renewed(index, [source("none", "keeper")]).tables.pairs == {}


def test_what_is_asked_word_for_word_is_looked_at_however_far_others_are_ahead() -> None:
    """A phrasing of few and common words has to find its entry among those that say far more of the same."""
    others = [source(f"o{n}", *(f"by what lantern was it lit {m}" for m in range(9))) for n in range(9)]
    index = build([*others, source("own", "by what lantern", *(f"mayor {m} quit" for m in range(30)))], VOCABULARY)
    matcher = Matcher(index, bootstrap.weights())
    asked = Asked.of(index.analyser("by what lantern"), index)
    scores = {one.number: matcher._score(one.features, OVERALL) for one in overall(asked, nominated(asked, 8), index)}
    assert scores[9] < _least([*scores.values()])
    first = matcher.rank(index.analyser("by what lantern"))[0]
    assert (first.entry, first.exact) == ("own", True)


def test_a_phrasing_of_two_questions_without_a_term_is_taken_whole() -> None:
    """Its words are all looked through when a message has just these."""
    index = build([source("a", "who is he and what is it"), source("b", "the mayor quit")], VOCABULARY)
    assert Matcher(index, bootstrap.weights()).whole("Who is he, and what is it?")
