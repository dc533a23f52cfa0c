"""Messages of several questions."""

import timeit
from functools import partial

import pytest

from bot.answering.answerer import Answerer
from bot.i18n.messages import messages
from bot.matching.splitting import split_questions
from bot.matching.weights import load_weights
from tests.support.small_story import small_story


@pytest.mark.parametrize(
    ("typed", "questions"),
    [
        ("who is Quill, and when did she leave?", ("who is Quill", "when did she leave?")),
        ("where is the light? who took the lamp?", ("where is the light", "who took the lamp?")),
        ("whos Quill n why did she leave", ("whos Quill", "why did she leave")),
        ("where is the light and also who took the lamp", ("where is the light", "who took the lamp")),
        ("who are Quill and Reed", ()),
        ("did she quit? and why?", ()),
        ("where is the light and the lamp", ()),
        ("", ()),
    ],
)
def test_message_is_split_into_complete_questions(typed: str, questions: tuple[str, ...]) -> None:
    """It is split only where each part asks something by itself."""
    assert split_questions(typed) == questions


def test_blanks_take_no_time() -> None:
    """A message of blanks is split as quickly as one of words: within 20 times the time of 330 words."""
    words, blanks = "why? " + "a word " * 280, "why? a" + " " * 1990 + "z"
    best = [min(timeit.repeat(partial(split_questions, text), number=1, repeat=5)) for text in (words, blanks)]
    assert best[1] < 20 * best[0]


def test_both_answers_come_with_their_citations() -> None:
    """Two questions that the base answers get both answers."""
    reply = Answerer(small_story(), load_weights()).reply("where is the lighthouse, and who took the lamp?")
    assert reply.answer.startswith("It stands at Brim.\n\nThe mayor, Tom Reed, says that she took the lamp")
    assert [citation.paragraph for citation in reply.citations] == [1, 2]
    assert [development.id for development in reply.developments] == ["lamp-found"]
    assert reply.question == "Where is the lighthouse? / What is Ada Quill accused of?"
    assert reply.standing == "alleged", "nothing alleged stands as reported"


def test_half_an_answer_says_so() -> None:
    """Where only one of two questions can be answered, the reply says that the other is not."""
    reply = Answerer(small_story(), load_weights()).reply("where is the lighthouse? which pizzeria in napoli is open?")
    assert reply.answer == f"It stands at Brim.\n\n{messages('en').reply.unanswered_part}"
