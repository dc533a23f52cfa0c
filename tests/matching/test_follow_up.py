"""Resolving a follow-up question by the one before."""

import pytest

from bot.matching.analyzer import Analyzer
from bot.matching.follow_up import resolve
from bot.matching.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """Return the analyzer of a story of two people."""
    vocabulary = Vocabulary.build(
        aliases={"Ada": "ada", "Tom": "tom"}, concepts={"leave": ["leave", "left"]}, members={}
    )
    return Analyzer(vocabulary)


@pytest.mark.parametrize(
    ("question", "previous", "context_terms", "intents"),
    [
        ("why?", "when did Ada leave", {"@ada", "#leave", "@answered"}, {"why"}),
        ("and in 2022?", "did Ada leave in 2021", {"@ada", "#leave", "@answered"}, {"whether"}),
        ("what about Tom?", "when did Ada leave", {"#leave"}, {"when"}),
        ("and when was that?", "which lamp did Ada leave", {"@ada", "#leave", "@answered"}, {"when"}),
    ],
)
def test_follow_up_takes_what_it_leaves_unsaid_from_the_question_before(
    analyzer: Analyzer, question: str, previous: str, context_terms: set[str], intents: set[str]
) -> None:
    """It does not take what that question asked for, a number where it has its own, or a person in place of another."""
    resolved = resolve(analyzer.analyze(question), analyzer.analyze(previous), ["@answered"])
    assert (set(resolved.context_terms), set(resolved.intents)) == (context_terms, intents)
    assert resolved.resolved
