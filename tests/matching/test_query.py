"""Retrieval: which documents a question is compared with."""

import pytest

from bot.matching import query
from bot.matching.follow_up import resolve
from bot.matching.query import Query, retrieve
from tests.support.entry_texts import entry_texts, index_of


def test_common_term_retrieves_nothing_where_rarer_ones_retrieve_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """It only adds to the scores of the documents retrieved already."""
    monkeypatch.setattr(query, "ENOUGH_CANDIDATES", 1)
    rare = [entry_texts(f"r{n}", f"lantern {n} quay") for n in range(2)]
    index = index_of(*rare, *(entry_texts(f"c{n}", f"quay {n}") for n in range(3)))
    asked = Query.build(index.analyzer.analyze("lantern quay"), index)
    assert sorted(retrieve(asked, 8)) == [0, 1]
    monkeypatch.setattr(query, "ENOUGH_CANDIDATES", 2)
    assert sorted(retrieve(asked, 8)) == [0, 1, 2]


def test_context_term_counts_half() -> None:
    """An entry with the question's own term comes before one with an equally rare term of the question before."""
    index = index_of(
        entry_texts("previous", "the lantern"), entry_texts("own", "the harbour"), entry_texts("none", "the quay")
    )
    analyze = index.analyzer.analyze
    question = resolve(analyze("and the harbour"), analyze("the lantern"), ())
    assert question.context_terms == {"lantern"}
    asked = Query.build(question, index)
    assert retrieve(asked, 8) == [1, 0]
    own, previous = (asked.contributions[question.terms.index(term)] for term in ("harbour", "lantern"))
    assert previous[0] == own[1] / 2
