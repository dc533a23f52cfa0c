"""When the first of the offered entries is shown as a guess."""

import pytest
from msgspec.structs import replace

from bot.answering.matcher_input import build_index
from bot.matching.guess import MIN_LEAD, is_guess
from bot.matching.matcher import Match, Matcher
from bot.matching.weights import load_weights
from tests.support.small_story import small_story

WEIGHTS = replace(load_weights(), answer=0.9999, guess=0.6)
"""Hardly anything is answered, so that what would be is offered."""


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """The matcher of the small story, which offers what it would otherwise answer."""
    return Matcher(build_index(small_story()), WEIGHTS)


@pytest.mark.parametrize(
    "question",
    [
        "what day did the keeper quit?",
        "did reed take the lamp",
        "where was the keeper working in wick",  # a word that is no name of the story only makes it less sure
    ],
)
def test_what_is_clearly_ahead_is_a_guess(matcher: Matcher, question: str) -> None:
    """Nothing in the question speaks against the first entry."""
    assert is_guess(matcher.match(question), WEIGHTS)


@pytest.mark.parametrize(
    ("question", "unmatched"),
    [
        ("when did reed leave the lighthouse", ("@tom-reed",)),
        ("did quill take 50 lamps", ("=50",)),
        ("did the keeper not steal the lamp", ("!not",)),
        ("did the keeper steal the lamp and leave", ("#leave",)),
    ],
)
def test_nothing_is_guessed_of_somebody_or_something_else(
    matcher: Matcher, question: str, unmatched: tuple[str, ...]
) -> None:
    """A person, a number, a negation or a topic that the entry does not account for rules it out, however sure the bot is."""
    match = matcher.match(question)
    assert match.decision == "clarify"
    assert match.candidates[0].unmatched == unmatched
    assert not is_guess(match, WEIGHTS)


def test_nothing_is_guessed_the_wrong_way_round(matcher: Matcher) -> None:
    """Who did it to whom is not for guessing, nor a number or a person that the entry has not got."""
    match = matcher.match("did reed take the lamp")
    for objection in ("roles_swapped", "unknown_number", "unknown_person"):
        assert not is_guess(replace(match, features={**match.features, objection: 1.0}), WEIGHTS), objection


def test_one_word_in_common_is_too_little(matcher: Matcher) -> None:
    """A greeting shares a word with many an entry; a name is enough."""
    match = matcher.match("where is the lighthouse")
    assert len(match.question.own_terms) == 1
    assert not is_guess(match, WEIGHTS)


def test_a_guess_has_to_be_twice_as_probable_as_the_next(matcher: Matcher) -> None:
    """Of two that come out much alike the first is as often wrong as right."""
    match = matcher.match("did reed take the lamp")
    first, second = match.candidates[:2]

    def behind(lead: float) -> Match:
        return replace(match, candidates=(first, replace(second, score=first.score - lead)))

    assert is_guess(behind(MIN_LEAD + 0.01), WEIGHTS)
    assert not is_guess(behind(MIN_LEAD - 0.01), WEIGHTS)


@pytest.mark.parametrize(("confidence", "guessed"), [(0.59, False), (0.6, True), (0.99, True), (0.9999, False)])
def test_a_guess_is_sure_enough_and_no_answer(matcher: Matcher, confidence: float, *, guessed: bool) -> None:
    """What is offered at the confidence of an answer does not say what it asks: 'and him?'."""
    match = matcher.match("did reed take the lamp")
    assert is_guess(replace(match, confidence=confidence), WEIGHTS) == guessed


def test_only_what_is_offered_is_guessed(matcher: Matcher) -> None:
    """An answer needs no guess, and where nothing is close there is none."""
    match = matcher.match("did reed take the lamp")
    assert not is_guess(replace(match, decision="answer"), WEIGHTS)
    assert not is_guess(replace(match, decision="abstain"), WEIGHTS)
