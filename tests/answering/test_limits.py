"""What is read of names and of what somebody is typing is bounded."""

import pytest

from bot.answering.answerer import MAX_TYPED, Answerer
from bot.answering.name_index import MAX_LENGTH, normalize_name
from bot.matching.weights import load_weights
from tests.support.hostile_text import HOSTILE_TEXTS, LIGATURE
from tests.support.small_story import small_story


@pytest.mark.parametrize("kind", HOSTILE_TEXTS)
def test_name_is_bounded_after_it_is_normalized(kind: str) -> None:
    """200 ligatures would be a name of 3,600 letters, which takes 200 ms to compare."""
    assert len(normalize_name(HOSTILE_TEXTS[kind](6000))) <= 2 * MAX_LENGTH


def test_suggestions_read_only_the_beginning() -> None:
    """They are made at every key, so their cost must not grow with the text."""
    answerer = Answerer(small_story(), load_weights())
    typed = "why did the keeper leave the lighthouse ".ljust(MAX_TYPED)
    assert answerer.suggest(typed + LIGATURE * 5000, 25) == answerer.suggest(typed, 25)
