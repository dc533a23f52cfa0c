"""Messages of several questions."""

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


def test_runs_of_blanks_count_as_one() -> None:
    """They are folded before anything is searched for, which would take the square of their number."""
    assert split_questions("why? " + " " * 900 + "and when?") == split_questions("why? and when?")
    assert split_questions("who took the lamp? " + "\n" * 900 + "where is the light?") == (
        "who took the lamp",
        "where is the light?",
    )


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
