"""Which entries are looked at, which of two readings of a question counts, and what is only offered."""

import sys
import threading
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.matching import features, matcher
from bot.matching.features import Asked, nominated
from bot.matching.follow_up import lean
from bot.matching.index import Index, Source
from bot.matching.index_builder import build, renewed
from bot.matching.matcher import Matcher
from bot.matching.query import Vocabulary
from tests.support.index_sources import source
from tests.support.small_story import files, small_story


def index(*sources: Source) -> Index:
    return build(sources, Vocabulary.of(aliases={}, concepts={}, members={}))


@pytest.mark.parametrize(
    ("scores", "least"),
    [
        ([9.0, 8.0, 7.5, 7.0, 6.9], 7.0),
        ([9.0, 1.0, 0.0], 1.0),
        ([9.0, 6.6, 6.4], 9.0 - matcher.APART),
        ([9.0], 9.0),
        ([], 0.0),
    ],
)
def test_texts_are_compared_for_the_best_few_and_always_for_two(scores: list[float], least: float) -> None:
    """The score from which they are: of the fourth entry, or of one not too far behind the first; of the second in any case."""
    assert matcher._least(scores) == least


def test_every_entry_nominated_is_ranked_for_who_wants_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Suggestions and an editor's guesses want more than the few that can win."""
    monkeypatch.setattr(features, "BEHIND", 0.0)
    monkeypatch.setattr(matcher, "CLOSELY", 1)
    found = index(source("own", "harbour lantern boat"), *(source(f"e{n}", f"harbour lantern {n}") for n in range(9)))
    question = found.analyser("harbour lantern boat or so")
    ask = Matcher(found, bootstrap.weights())
    assert [one.entry for one in ask.rank(question)] == ["own"]
    assert len(ask.rank(question, every=True)) == matcher.SHORTLIST


def test_a_common_word_nominates_nothing_where_rarer_ones_nominate_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """It only speaks for those that are nominated already."""
    monkeypatch.setattr(features, "ENOUGH", 1)
    rare = [source(f"r{n}", f"lantern {n} quay") for n in range(2)]
    found = index(*rare, *(source(f"c{n}", f"quay {n}") for n in range(3)))
    asked = Asked.of(found.analyser("lantern quay"), found)
    assert sorted(nominated(asked, 8)) == [0, 1]
    monkeypatch.setattr(features, "ENOUGH", 2)
    assert sorted(nominated(asked, 8)) == [0, 1, 2]


def test_a_word_of_the_question_before_counts_half() -> None:
    """Where one entry has the question's own word and another an equally rare one of the question before, the first is first."""
    found = index(source("before", "the lantern"), source("own", "the harbour"), source("none", "the quay"))
    read = found.analyser
    question = lean(read("and the harbour"), read("the lantern"), ())
    assert question.borrowed == {"lantern"}
    asked = Asked.of(question, found)
    assert nominated(asked, 8) == [1, 0]
    own, before = (asked.gains[question.terms.index(term)] for term in ("harbour", "lantern"))
    assert before[0] == own[1] / 2


def test_a_question_that_says_all_there_is_to_say_is_not_read_into_the_one_before() -> None:
    """'and who …' looks like a follow-up; it is one only where that makes the answer far likelier to be right."""
    answerer = Answerer(small_story(), bootstrap.weights())
    before = ["who took the lamp"]
    alone, follow_up = "and where is the lighthouse?", "and when did she leave?"
    reply, match = answerer.explained(alone, before)
    assert (reply.entry, match.question.borrowed) == ("keeper-place", frozenset())
    assert answerer.reply(follow_up, before).entry == "keeper-left"


@pytest.mark.parametrize("typed", ["when?", "how many", "why not??"])
def test_a_question_that_asks_and_says_nothing_of_what_gets_no_answer_at_once(typed: str) -> None:
    """It fits many entries: those may be offered. After another question it is about that one."""
    answerer = Answerer(small_story(), bootstrap.weights())
    assert answerer.matcher.index.analyser(typed).bare
    assert answerer.reply(typed).outcome != "answer"


def test_when_after_a_question_is_about_that_question() -> None:
    """Nothing else could be meant."""
    answerer = Answerer(small_story(), bootstrap.weights())
    assert answerer.reply("when?", ["did the keeper leave the lighthouse"]).entry == "keeper-left"


@pytest.mark.parametrize("typed", ["when did she leave", "what about the lamp", "not the mayor", "40"])
def test_a_question_with_a_word_of_its_own_is_not_bare(typed: str) -> None:
    """However short it is."""
    assert not Answerer(small_story(), bootstrap.weights()).matcher.index.analyser(typed).bare


def test_a_base_can_be_renewed_while_another_thread_warms_it() -> None:
    """What one remembers meanwhile is no trouble for the other."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        entries = [source(f"e{n}", *(f"lantern {n} {m}" for m in range(9))) for n in range(60)]
        for _ in range(10):
            found = index(*entries)
            warming = threading.Thread(target=found.warm)
            warming.start()
            for _ in range(5):
                renewed(found, entries)
            warming.join()
            assert len(found.profiles) == len(entries)
    finally:
        sys.setswitchinterval(before)


def test_a_changed_base_is_warm_before_it_answers(tmp_path: Path) -> None:
    """The first question after a change need not wait for what all of them need."""
    for name, data in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    base = bootstrap.knowledge_base(tmp_path)
    first = base.load().answerer.matcher.index
    assert not first.profiles
    path = tmp_path / "qa" / "keeper.yaml"
    path.write_bytes(path.read_bytes().replace(b"left", b"quit"))
    changed = base.load().answerer
    assert len(changed.matcher.index.profiles) == len(changed.story.entries)


@pytest.mark.parametrize("typed", ["ok thanks", "no", "lol really", "thx bye"])
def test_what_asks_nothing_is_not_read_into_the_question_before(typed: str) -> None:
    """Nobody wants that answered once more."""
    reply = Answerer(small_story(), bootstrap.weights()).reply(typed, ["when did the keeper leave the lighthouse"])
    assert (reply.outcome, reply.empty) == ("abstain", True)


def test_what_shares_nothing_with_the_question_before_is_not_read_into_it() -> None:
    """Its answer would have nothing of this one."""
    answerer = Answerer(small_story(), bootstrap.weights())
    reply, match = answerer.explained("pizza then", ["when did the keeper leave the lighthouse"])
    assert (reply.outcome, match.question.borrowed) == ("abstain", frozenset())


def test_a_question_of_very_many_words_is_read_by_itself_only() -> None:
    """Reading the longest messages both ways would take twice as long, and they say enough."""
    analyser = Answerer(small_story(), bootstrap.weights()).matcher.index.analyser
    few, many = (" ".join(f"{letter}qx" for letter in "abcdefghijklmnopqrstuvwxyz"[:size]) for size in (20, 21))
    assert (analyser(f"and he {few}").leaning, analyser(f"and he {many}").leaning) == (True, False)
