"""Analyzing text with the vocabulary of a story."""

import pytest

from bot.matching.analyzer import Analyzer
from bot.matching.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """Return the analyzer of a story of two keepers."""
    return Analyzer(
        Vocabulary.build(
            aliases={"Ada Quill": "ada", "Quill": "ada", "the two keepers": "keepers", "Tom": "tom"},
            concepts={"leave": ["leave", "left", "walk away"], "home-office": ["home office"]},
            members={"keepers": ["ada", "tom"]},
        )
    )


def test_names_and_phrases_become_terms(analyzer: Analyzer) -> None:
    """A name becomes its person and their group, a phrase of the vocabulary its concept, a year a number."""
    analysis = analyzer.analyze("Why did Quill walk away from the home office in 2021?")
    assert analysis.terms == ("@ada", "@keepers", "#leave", "#home-office", "=2021")
    assert analysis.intents == {"why"}


@pytest.mark.parametrize(
    ("typed", "corrections"),
    [
        ("where is qiull", (("qiull", "quill"),)),
        ("where is the quilt of leaves and chairs", ()),
        ("xqzzyt", ()),
    ],
)
def test_misspelt_name_is_corrected(analyzer: Analyzer, typed: str, corrections: tuple[tuple[str, str], ...]) -> None:
    """A word of the dictionary is left alone, and so is one that is close to nothing."""
    assert analyzer.analyze(typed).corrections == corrections


@pytest.mark.parametrize(("typed", "corrected"), [("keepres", "keepers"), ("jeepers", "keepers"), ("jeeperz", None)])
def test_misspelt_word_has_its_first_or_last_letter_right(
    analyzer: Analyzer, typed: str, corrected: str | None
) -> None:
    """Hardly any slip changes both, and there are few words to compare that share one of them."""
    assert analyzer.correct(typed) == corrected


@pytest.mark.parametrize(
    ("typed", "is_follow_up"),
    [("why?", True), ("and what did he pay for it", True), ("why did Quill leave the house", False)],
)
def test_question_that_names_nothing_is_a_follow_up(analyzer: Analyzer, typed: str, is_follow_up: bool) -> None:  # noqa: FBT001
    """It cannot be understood by itself."""
    assert analyzer.analyze(typed).is_follow_up == is_follow_up


@pytest.mark.parametrize(("terms", "is_follow_up"), [(20, True), (21, False)])
def test_question_of_very_many_terms_is_no_follow_up(analyzer: Analyzer, terms: int, is_follow_up: bool) -> None:  # noqa: FBT001
    """Resolving the longest messages would double their time, and they say enough."""
    words = " ".join(f"{letter}qx" for letter in "abcdefghijklmnopqrstuvwxyz"[:terms])
    assert analyzer.analyze(f"and he {words}").is_follow_up == is_follow_up


@pytest.mark.parametrize("typed", ["when did she leave", "what about the lamp", "not the mayor", "40"])
def test_question_with_a_word_of_its_own_is_not_bare(analyzer: Analyzer, typed: str) -> None:
    """However short it is."""
    assert not analyzer.analyze(typed).is_bare


@pytest.mark.parametrize("typed", ["when?", "how many", "why not??"])
def test_question_that_only_asks_is_bare(analyzer: Analyzer, typed: str) -> None:
    """It does not say about what."""
    assert analyzer.analyze(typed).is_bare
