"""Groups of questions that mean the same, most frequent first, with the closest entries."""

import random
from datetime import date, timedelta
from string import ascii_lowercase

import pytest

from bot.answering.answerer import Answerer
from bot.editing import question_groups
from bot.editing.question_groups import QuestionGroup
from bot.journal.records import InboxQuestion
from bot.matching.analysis import Analysis
from bot.matching.index import Index
from bot.matching.weights import load_weights
from tests.support.small_story import small_story

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return Answerer(small_story(), load_weights())


def inbox_questions(*texts: str, entry: str = "") -> list[InboxQuestion]:
    """Return inbox questions, each a day later than the one before."""
    return [
        InboxQuestion(text, 1, DAY, DAY + timedelta(days=number), "dm", "abstain", entry, number + 1)
        for number, text in enumerate(texts)
    ]


def test_other_wordings_and_spellings_are_grouped(answerer: Answerer) -> None:
    """Synonyms of the story, names and descriptions, and misspellings of words that the story does not have."""
    questions = inbox_questions(
        "why did Ada Quill steal the lamp",
        "what does the ferry cost",
        "why'd the keeper nick the lamp??",
        "what does the fery cost",
        "and why did the lighthouse keeper take that lamp",
    )
    groups = question_groups.group_questions(questions, answerer)
    assert [group.texts for group in groups] == [
        (
            "why did Ada Quill steal the lamp",
            "why'd the keeper nick the lamp??",
            "and why did the lighthouse keeper take that lamp",
        ),
        ("what does the ferry cost", "what does the fery cost"),
    ]
    assert (groups[0].id, groups[0].ids, groups[0].count, groups[0].last_seen) == (
        1,
        (1, 3, 5),
        3,
        DAY + timedelta(days=4),
    )
    assert groups[0].reason == "unanswered"


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
def test_questions_with_another_meaning_are_not_grouped(answerer: Answerer, one: str, other: str) -> None:
    """Another intent, person, negation, number or thing."""
    assert len(question_groups.group_questions(inbox_questions(one, other), answerer)) == 2


def test_unknown_words_are_grouped_by_spelling(answerer: Answerer) -> None:
    """Other scripts and single words."""
    groups = question_groups.group_questions(inbox_questions("你好吗", "why", "你好吗", "the"), answerer)
    assert sorted(group.texts for group in groups) == [("the",), ("why",), ("你好吗", "你好吗")]


def test_reasons_of_a_group_are_added_up(answerer: Answerer) -> None:
    """The most frequent first; a reason that nobody gave is left out."""
    questions = [
        InboxQuestion("where is it", 1, DAY, DAY, "dm", "not_helpful", "keeper-place", 7, not_asked=1),
        InboxQuestion("where is it?", 3, DAY, DAY, "dm", "not_helpful", "keeper-place", 8, not_asked=1, outdated=3),
    ]
    (group,) = question_groups.group_questions(questions, answerer)
    assert group.reasons == (("outdated", 3), ("not_asked", 2))
    assert group.reason == "not helpful: keeper-place (out of date (3), not what I asked (2))"


def test_answers_that_did_not_help_are_grouped_by_entry(answerer: Answerer) -> None:
    """Apart from the same question without an answer, or with another one."""
    questions = [
        InboxQuestion("where is it", 1, DAY, DAY, "dm", "not_helpful", "keeper-place", 7),
        InboxQuestion("where is it", 3, DAY, DAY, "dm", "abstain", "", 8),
        InboxQuestion("where is it?", 2, DAY, DAY, "dm", "not_helpful", "keeper-left", 9),
    ]
    groups = question_groups.group_questions(questions, answerer)
    assert [(group.count, group.reason) for group in groups] == [
        (3, "unanswered"),
        (2, "not helpful: keeper-left"),
        (1, "not helpful: keeper-place"),
    ]


def test_the_most_frequent_wording_leads_and_the_id_is_stable(answerer: Answerer) -> None:
    """A button of yesterday still means the same group; any of its questions' ids finds it."""
    questions = [
        InboxQuestion("what does the ferry cost", 2, DAY, DAY, "dm", "abstain", "", 4),
        InboxQuestion("ferry cost", 5, DAY, DAY, "dm", "abstain", "", 6),
        InboxQuestion("who built the pier", 6, DAY, DAY, "dm", "abstain", "", 2),
    ]
    groups = question_groups.group_questions(questions, answerer)
    assert [(group.id, group.text, group.count) for group in groups] == [
        (4, "ferry cost", 7),
        (2, "who built the pier", 6),
    ]
    assert question_groups.find_group(groups, 6) == question_groups.find_group(groups, 4) == groups[0]
    assert question_groups.find_group(groups, 5) is None


def test_a_word_that_all_questions_share_does_not_make_each_compared_with_all(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparisons grow with the number of questions, not with its square, whatever members ask."""
    compared = []
    similarity = question_groups._Group.similarity

    def count(group: question_groups._Group, analysis: Analysis, index: Index) -> float:
        compared.append(analysis)
        return similarity(group, analysis, index)

    monkeypatch.setattr(question_groups._Group, "similarity", count)
    rng = random.Random(1)
    texts = ["zebra " + " ".join("".join(rng.choices(ascii_lowercase, k=6)) for _ in range(9)) for _ in range(300)]
    groups = question_groups.group_questions(inbox_questions(*texts, texts[250] + "x"), answerer)
    assert len(compared) <= len(texts) * question_groups.MAX_CANDIDATES
    assert [group.ids for group in groups if len(group.ids) > 1] == [(251, 301)]


def test_guesses_are_the_closest_entries(answerer: Answerer) -> None:
    """With their questions, without the entry that did not help."""
    (group,) = question_groups.group_questions(
        inbox_questions("on what day was she at the lighthouse last", entry="keeper-place"), answerer
    )
    guesses = question_groups.with_guesses(group, answerer).guesses
    assert guesses[0] == ("keeper-left", "When did Ada Quill leave the lighthouse?")
    assert len(guesses) <= 3
    assert "keeper-place" not in dict(guesses)
    nothing = QuestionGroup(1, "你好吗", ("你好吗",), 1, DAY, "", (1,))
    assert question_groups.with_guesses(nothing, answerer).guesses == ()


def test_a_question_that_has_nothing_to_do_with_the_story_gets_no_guess(answerer: Answerer) -> None:
    """One word in common is not enough."""
    strange, known = (
        question_groups.with_guesses(QuestionGroup.of(inbox_questions(text)), answerer)
        for text in ("best pizza napoli style near the lighthouse", "lighthouse town please")
    )
    assert strange.guesses == ()
    assert known.guesses[0] == ("keeper-place", "Where is the lighthouse?")
