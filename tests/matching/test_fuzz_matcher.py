"""Whatever is asked, of the small story and of the real base: a complete reply, the same every time, never an error."""

from functools import cache
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.answering.entry_replies import MAX_RELATED
from bot.matching.matcher import MAX_OPTIONS
from bot.matching.splitting import MAX_QUESTIONS, split_questions
from bot.matching.weights import load_weights
from tests.support.fuzzing import typed
from tests.support.small_story import small_story

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
CONTEXT = st.lists(typed(), max_size=4)


@cache
def small() -> Answerer:
    """Return what answers from the small story."""
    return Answerer(small_story(), load_weights())


@cache
def real() -> Answerer:
    """Return what answers from the story of this repository."""
    return bootstrap.answerer(KNOWLEDGE)


def check_reply(answerer: Answerer, question: str, context: list[str]) -> None:
    """Check all that a front end relies on."""
    reply, match = answerer.reply_with_match(question, context)
    assert reply == answerer.reply(question, tuple(context))
    assert 0 <= reply.confidence <= 1
    assert reply.answer
    assert reply.reason
    assert len(reply.options) <= MAX_OPTIONS
    assert len(reply.related) <= MAX_RELATED
    assert all(term for term in match.question.terms)
    if reply.outcome == "answer":
        assert reply.entry in answerer.story.entries
        assert reply.citations
    elif reply.outcome == "clarify":
        assert len(reply.options) > 1
        if reply.guess:
            assert reply.guess.entry == reply.options[0].entry
            assert reply.guess.standing != "not_covered"
    else:
        assert reply.entry is None
        assert reply.full_text.startswith(reply.answer)


@given(typed(), CONTEXT)
def test_small_story_replies_to_everything(question: str, context: list[str]) -> None:
    """With and without earlier questions."""
    check_reply(small(), question, context)


@given(typed(), CONTEXT)
def test_real_base_replies_to_everything(question: str, context: list[str]) -> None:
    """Likewise, with more than ten thousand phrasings."""
    check_reply(real(), question, context)


@given(typed(), st.integers(1, 25))
def test_suggestions_are_distinct_entries(question: str, limit: int) -> None:
    """However little or much has been typed."""
    suggestions = small().suggest(question, limit)
    assert len(suggestions) == len(dict(suggestions)) <= limit
    assert dict(suggestions).keys() <= small().story.entries.keys()


@given(typed())
def test_questions_of_a_message_are_parts_of_it(question: str) -> None:
    """There are none, or two and more."""
    parts = split_questions(question)
    assert len(parts) in range(MAX_QUESTIONS + 1)
    assert len(parts) != 1
    assert all(part in question for part in parts)


@given(
    st.sampled_from(sorted(small().story.entries)),
    st.sampled_from(("", "  ", "\n", "?", "!", "\u200b", "\ufeff", "\x00")),
)
def test_invisible_characters_change_no_answer(id: str, around: str) -> None:
    """Nor do blanks and punctuation around a question."""
    question = small().story.entries[id].question
    assert small().reply(f"{around}{question}{around}").entry == id
