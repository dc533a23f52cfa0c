"""Ranking candidates, resolving follow-ups, and deciding to answer, clarify or abstain."""

import sys
import threading
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.matching import matcher, query
from bot.matching.features import document_features
from bot.matching.index_builder import update
from bot.matching.matcher import Matcher
from bot.matching.query import Query, retrieve
from bot.matching.weights import DOCUMENT_FEATURES, load_weights
from tests.support.entry_texts import entry_texts, index_of
from tests.support.small_story import small_story, small_story_files

LEFT = "when did the keeper leave the lighthouse"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """Return what answers from the small story."""
    return Answerer(small_story(), load_weights())


@pytest.mark.parametrize(
    ("scores", "cutoff"),
    [
        ([9.0, 8.0, 7.5, 7.0, 6.9], 7.0),
        ([9.0, 1.0, 0.0], 1.0),
        ([9.0, 6.6, 6.4], 9.0 - matcher.MAX_SCORE_GAP),
        ([9.0], 9.0),
        ([], 0.0),
    ],
)
def test_rerank_cutoff(scores: list[float], cutoff: float) -> None:
    """It is the fourth score, or one not too far behind the first, or the second in any case."""
    assert matcher._rerank_cutoff(scores) == cutoff


def test_include_all_ranks_every_document_retrieved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suggestions and the inbox want more candidates than the few that can come first."""
    monkeypatch.setattr(query, "MIN_RELATIVE_SCORE", 0.0)
    monkeypatch.setattr(matcher, "MAX_RERANKED", 1)
    others = (entry_texts(f"e{n}", f"harbour lantern {n}") for n in range(9))
    index = index_of(entry_texts("own", "harbour lantern boat"), *others)
    question = index.analyzer.analyze("harbour lantern boat or so")
    asked = Matcher(index, load_weights())
    assert [candidate.entry for candidate in asked.rank(question)] == ["own"]
    assert len(asked.rank(question, include_all=True)) == matcher.MAX_RETRIEVED


def test_exact_phrasing_is_reranked_however_far_others_are_ahead() -> None:
    """A phrasing of few and common words finds its entry among those that say far more of the same."""
    others = [entry_texts(f"o{n}", *(f"by what lantern was it lit {m}" for m in range(9))) for n in range(9)]
    index = index_of(*others, entry_texts("own", "by what lantern", *(f"mayor {m} quit" for m in range(30))))
    asked = Matcher(index, load_weights())
    question = Query.build(index.analyzer.analyze("by what lantern"), index)
    documents = document_features(question, retrieve(question, 8), index)
    scores = {document.document: asked._score(document.features, DOCUMENT_FEATURES) for document in documents}
    assert scores[9] < matcher._rerank_cutoff([*scores.values()])
    first = asked.rank(index.analyzer.analyze("by what lantern"))[0]
    assert (first.entry, first.exact) == ("own", True)


def test_phrasing_of_two_questions_without_terms_is_a_single_question() -> None:
    """It is found by its tokens, since it has no terms."""
    index = index_of(entry_texts("a", "who is he and what is it"), entry_texts("b", "the mayor quit"))
    assert Matcher(index, load_weights()).is_single_question("Who is he, and what is it?")


def test_complete_question_is_not_resolved_by_the_one_before(answerer: Answerer) -> None:
    """'and where …' looks like a follow-up; it is one only where that makes the answer far likelier to be right."""
    context = ["who took the lamp"]
    reply, match = answerer.reply_with_match("and where is the lighthouse?", context)
    assert (reply.entry, match.question.context_terms) == ("keeper-place", frozenset())
    assert answerer.reply("and when did she leave?", context).entry == "keeper-left"


@pytest.mark.parametrize("typed", ["when?", "how many", "why not??"])
def test_bare_question_is_not_answered(answerer: Answerer, typed: str) -> None:
    """It fits many entries: those may be offered."""
    assert answerer.reply(typed).outcome != "answer"


def test_bare_question_is_resolved_by_the_one_before(answerer: Answerer) -> None:
    """Nothing else can be meant."""
    assert answerer.reply("when?", ["did the keeper leave the lighthouse"]).entry == "keeper-left"


@pytest.mark.parametrize("typed", ["ok thanks", "no", "lol really", "thx bye"])
def test_message_that_asks_nothing_is_no_follow_up(answerer: Answerer, typed: str) -> None:
    """Nobody wants the question before answered once more."""
    reply = answerer.reply(typed, [LEFT])
    assert (reply.outcome, reply.empty_question) == ("abstain", True)


def test_question_unrelated_to_the_one_before_is_not_resolved_by_it(answerer: Answerer) -> None:
    """The answer would have nothing of this question."""
    reply, match = answerer.reply_with_match("pizza then", [LEFT])
    assert (reply.outcome, match.question.context_terms) == ("abstain", frozenset())


def test_index_can_be_updated_while_another_thread_warms_it() -> None:
    """What one thread caches meanwhile does not disturb the other."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        entries = [entry_texts(f"e{n}", *(f"lantern {n} {m}" for m in range(9))) for n in range(60)]
        for _ in range(10):
            index = index_of(*entries)
            warming = threading.Thread(target=index.warm)
            warming.start()
            for _ in range(5):
                update(index, entries)
            warming.join()
            assert len(index.profiles) == len(entries)
    finally:
        sys.setswitchinterval(before)


def test_changed_base_is_warm_before_it_answers(tmp_path: Path) -> None:
    """The first question after a change does not wait for what all of them need."""
    for name, data in small_story_files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    base = bootstrap.knowledge_base(tmp_path)
    assert not base.load().answerer.matcher.index.profiles
    path = tmp_path / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"left", b"quit"))
    changed = base.load().answerer
    assert len(changed.matcher.index.profiles) == len(changed.story.entries)
