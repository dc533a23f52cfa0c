"""Telling the language of a question."""

import pytest

from bot.nlp.language_detection import detect_language
from bot.nlp.normalize import normalize, tokenize


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("who is Han Dong", "en"),
        ("qui est Han Dong", "fr"),
        ("Pourquoi a-t-il démissionné du caucus ?", "fr"),
        ("pourquoi?", "fr"),
        ("the Bloc et the NDP", "en"),
        ("Han Dong Telford Trudeau et", "en"),
        ("Han Dong", "en"),
        ("", "en"),
    ],
)
def test_language_is_that_of_most_small_words(question: str, language: str) -> None:
    """English where there are none; a single French word decides only in a very short question, or where it opens one."""
    assert detect_language(tokenize(normalize(question))) == language
