"""Two questions in one message."""

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.i18n.messages import messages
from bot.matching.splitting import split_questions
from tests.support.small_story import small_story


@pytest.mark.parametrize(
    ("typed", "parts"),
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
def test_only_whole_questions_are_taken_apart(typed: str, parts: tuple[str, ...]) -> None:
    """A message is split where each piece asks something by itself."""
    assert split_questions(typed) == parts


def test_both_answers_come_with_both_sources() -> None:
    """Two questions that the base answers get both answers."""
    reply = Answerer(small_story(), bootstrap.weights()).reply("where is the lighthouse, and who took the lamp?")
    assert reply.answer.startswith("It stands at Brim.\n\nThe mayor, Tom Reed, says that she took the lamp")
    assert [citation.paragraph for citation in reply.citations] == [1, 2]
    assert [one.id for one in reply.developments] == ["lamp-found"]
    assert reply.question == "Where is the lighthouse? / What is Ada Quill accused of?"
    assert reply.standing == "alleged", "nothing alleged stands as reported"


def test_an_honest_half() -> None:
    """Where only one of two can be answered, the reply says so."""
    reply = Answerer(small_story(), bootstrap.weights()).reply(
        "where is the lighthouse? which pizzeria in napoli is open?"
    )
    assert reply.answer == f"It stands at Brim.\n\n{messages('en').reply.unanswered_part}"
