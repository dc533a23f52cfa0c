"""Correcting misspelt words to those of a story."""

import pytest

from bot.nlp.normalize import EnglishStemmer
from bot.nlp.spelling_correction import SpellingCorrector


@pytest.fixture(scope="module")
def corrector() -> SpellingCorrector:
    """Return a corrector to four words; 'lantern' and 'keep' are in its dictionary."""
    targets = frozenset({"quill", "lighthouse", "keepers", "lamp"})
    return SpellingCorrector(targets, frozenset({"lantern", "keep"}), EnglishStemmer())


@pytest.mark.parametrize(
    ("word", "target"),
    [
        ("lihgthouse", "lighthouse"),
        ("qiull", "quill"),
        ("qull", "quill"),
        ("xuill", None),  # a short word needs its first letter
        ("lmp", None),  # too short
        ("lantren", None),  # closer to a word of the dictionary
        ("keeping", None),  # an inflected form of one
        ("quill7", None),
        ("zzzzzz", None),
    ],
)
def test_word_is_corrected_to_a_close_target_only(corrector: SpellingCorrector, word: str, target: str | None) -> None:
    """One edit is allowed in a short word, two or three in longer ones."""
    assert corrector.correct(word) == target


@pytest.mark.parametrize("word", ["quill", "lantern", "abc", "x" * 31])
def test_known_words_are_not_looked_up(corrector: SpellingCorrector, word: str) -> None:
    """Nor are those too short or too long to be corrected."""
    assert corrector.knows(word)
