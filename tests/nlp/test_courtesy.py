"""Requests around a question, and repetitions, change no reply."""

from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.nlp.courtesy import strip_courtesies
from bot.nlp.normalize import normalize, tokenize

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    return bootstrap.answerer(KNOWLEDGE)


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("please tell me, please tell me, please tell me, who is Han Dong?", "who is han dong"),
        ("can you tell me who Han Dong is", "who han dong is"),
        ("could someone please remind me which riding that was", "which riding that was"),
        ("would you be so kind as to tell me why he left", "why he left"),
        ("I'd like to know when he left", "when he left"),
        ("i really wanna know if he left", "if he left"),
        ("i need you to explain to me what a caucus is", "what a caucus is"),
        ("so can u tell me about the motion", "so the motion"),
        ("where is he, can you tell me", "where is he"),
        ("who is she? tell me please", "who is she"),
        ("tell me about him", "him"),
        ("how about the motion", "what about the motion"),
        ("who is Han Dong who is Han Dong who is Han Dong", "who is han dong"),
        ("who who who is it", "who is it"),
        # these ask something, or would ask nothing without it
        ("tell me", "tell me"),
        ("tell me more", "tell me more"),
        ("whom did Dong tell", "whom did dong tell"),
        ("what did he tell us", "what did he tell us"),
        ("what can you tell me about Dong", "what can you tell me about dong"),
        ("what did they want to know from Dong", "what did they want to know from dong"),
        ("had he had that that day", "had he had that that day"),
        ("", ""),
    ],
)
def test_requests_and_repetitions_are_stripped(typed: str, rest: str) -> None:
    """Requests are stripped only before or after a question; a word that stands twice in a row may be meant."""
    assert " ".join(strip_courtesies(tokenize(normalize(typed)))) == rest


@pytest.mark.parametrize(
    "around",
    [
        "please tell me, please tell me, please tell me, {}",
        "can you tell me {}",
        "I want to know, {}",
        "would you please let us know: {}",
        "{} please tell me",
        "{0} {0} {0}",
    ],
)
@pytest.mark.parametrize("question", ["who is han dong?", "what did the independent panels find?"])
def test_a_request_changes_no_answer(answerer: Answerer, around: str, question: str) -> None:
    """'please tell me' says nothing of who told whom."""
    expected = answerer.reply(question)
    reply = answerer.reply(around.format(question))
    assert (reply.outcome, reply.entry) == (expected.outcome, expected.entry)
    assert expected.outcome == "answer"


@pytest.mark.parametrize(
    "typed", ["what about the election", "What about the election?", "how about the NDP", "and what about the election"]
)
def test_what_about_by_itself_is_clarified(answerer: Answerer, typed: str) -> None:
    """It names something and does not say what is asked about it: any answer would be a guess."""
    assert answerer.reply(typed).outcome == "clarify"


def test_what_about_after_a_question_asks_the_same(answerer: Answerer) -> None:
    """The question before says what is asked about it."""
    previous = "who is katie telford"
    assert answerer.reply("what about alison murphy?", [previous]).entry == answerer.reply("who is alison murphy").entry
