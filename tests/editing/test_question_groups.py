"""The inbox: alike questions gathered, most frequent first, with the best guesses."""

from datetime import date, timedelta

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.editing import question_groups
from bot.editing.question_groups import QuestionGroup
from bot.journal.records import InboxQuestion
from tests.support.small_story import small_story

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer(small_story(), bootstrap.weights())


def asked(*texts: str, entry: str = "") -> list[InboxQuestion]:
    """Questions as the journal has them, each a day later than the one before."""
    return [
        InboxQuestion(text, 1, DAY, DAY + timedelta(days=number), "dm", "abstain", entry, number + 1)
        for number, text in enumerate(texts)
    ]


def test_other_words_and_spellings_come_together(answerer: Answerer) -> None:
    """Words that mean the same in the story, names and descriptions, misspelt words that the story does not have."""
    questions = asked(
        "why did Ada Quill steal the lamp",
        "what does the ferry cost",
        "why'd the keeper nick the lamp??",
        "what does the fery cost",
        "and why did the lighthouse keeper take that lamp",
    )
    found = question_groups.group_questions(questions, answerer)
    assert [one.texts for one in found] == [
        (
            "why did Ada Quill steal the lamp",
            "why'd the keeper nick the lamp??",
            "and why did the lighthouse keeper take that lamp",
        ),
        ("what does the ferry cost", "what does the fery cost"),
    ]
    assert (found[0].id, found[0].ids, found[0].count, found[0].last_seen) == (1, (1, 3, 5), 3, DAY + timedelta(days=4))
    assert found[0].reason == "unanswered"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("why did the keeper take the lamp", "when did the keeper take the lamp"),
        ("did the keeper take the lamp", "did the mayor take the lamp"),
        ("did the keeper take the lamp", "did the keeper not take the lamp"),
        ("who was mayor in 2019", "who was mayor in 2018"),
        ("what does the ferry cost", "what does the lamp cost"),
    ],
)
def test_what_means_something_else_stays_apart(answerer: Answerer, one: str, other: str) -> None:
    """Something else asked for, somebody else, a negation, another number, another thing."""
    assert len(question_groups.group_questions(asked(one, other), answerer)) == 2


def test_questions_of_no_words_that_anybody_knows(answerer: Answerer) -> None:
    """Other scripts and single words are gathered by their letters."""
    found = question_groups.group_questions(asked("你好吗", "why", "你好吗", "the"), answerer)
    assert sorted(one.texts for one in found) == [("the",), ("why",), ("你好吗", "你好吗")]


def test_an_answer_that_did_not_help_stands_apart(answerer: Answerer) -> None:
    """From the same question without an answer, and from one that was answered otherwise; it says which entry it was."""
    questions = [
        InboxQuestion("where is it", 1, DAY, DAY, "dm", "not_helpful", "keeper-place", 7),
        InboxQuestion("where is it", 3, DAY, DAY, "dm", "abstain", "", 8),
        InboxQuestion("where is it?", 2, DAY, DAY, "dm", "not_helpful", "keeper-left", 9),
    ]
    found = question_groups.group_questions(questions, answerer)
    assert [(one.count, one.reason) for one in found] == [
        (3, "unanswered"),
        (2, "not helpful: keeper-left"),
        (1, "not helpful: keeper-place"),
    ]


def test_the_most_frequent_leads_and_the_id_stays(answerer: Answerer) -> None:
    """More of one wording changes what leads, not what a button of yesterday means; it is found by any id in it."""
    questions = [
        InboxQuestion("what does the ferry cost", 2, DAY, DAY, "dm", "abstain", "", 4),
        InboxQuestion("ferry cost", 5, DAY, DAY, "dm", "abstain", "", 6),
        InboxQuestion("who built the pier", 6, DAY, DAY, "dm", "abstain", "", 2),
    ]
    found = question_groups.group_questions(questions, answerer)
    assert [(one.id, one.text, one.count) for one in found] == [(4, "ferry cost", 7), (2, "who built the pier", 6)]
    assert question_groups.find_group(found, 6) == question_groups.find_group(found, 4) == found[0]
    assert question_groups.find_group(found, 5) is None


def test_the_best_guesses(answerer: Answerer) -> None:
    """The closest entries with their questions, without the one that did not help."""
    (waiting,) = question_groups.group_questions(
        asked("on what day was she at the lighthouse last", entry="keeper-place"), answerer
    )
    guesses = question_groups.with_guesses(waiting, answerer).guesses
    assert guesses[0] == ("keeper-left", "When did Ada Quill leave the lighthouse?")
    assert len(guesses) <= 3
    assert "keeper-place" not in dict(guesses)
    nothing = QuestionGroup(1, "你好吗", ("你好吗",), 1, DAY, "", (1,))
    assert question_groups.with_guesses(nothing, answerer).guesses == ()
