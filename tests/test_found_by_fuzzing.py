"""What fuzzing has found, each as the input that found it."""

import io

import pytest

from bot.answering.explanation import MAX_WORD_LENGTH, describe_terms
from bot.cards.markdown import escape
from bot.errors import StoryError
from bot.nlp.normalize import MAX_CHARACTERS, normalize
from bot.story import loader, yaml_edit
from bot.terminal.console import Screen
from bot.terminal.render import Line
from tests.support.small_story import small_story, small_story_files

ENTRY = b"""\
- id: x
  question: 'What,

     or who?'
  # by hand
  answer: It is so.
  cites: [1]
  standing: reported
  phrasings:
    - 'one

      two'
  # the end
"""


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("story.yaml", b"paragraphs: [{number: " + b"1" * 5_000 + b"}]", "'number' takes whole numbers only"),
        ("story.yaml", "paragraphs: [{number: 1٢}]".encode(), "'number' takes whole numbers only"),
        ("qa/lamp.yaml", b'- id: x\n  question: "so \\u202ewas it"\n', "'question' contains an invisible control character"),
        ("qa/lamp.yaml", b'- id: x\n  question: "\\u200b"\n', "'question' contains an invisible control character"),
    ],
)  # fmt: skip
def test_the_reader_names_it(name: str, data: bytes, sentence: str) -> None:
    """Numbers that Python refuses or that are not ours; text that turns round, or that nobody sees."""
    with pytest.raises(StoryError) as raised:
        loader.parse_story(small_story_files() | {name: data})
    assert any(problem.file == name and problem.sentence.startswith(sentence) for problem in raised.value.problems)


def test_an_edit_keeps_comments_before_the_next_key() -> None:
    """They are about that one."""
    assert yaml_edit.change_entry(ENTRY, "x", {"question": "Who?"}) == ENTRY.replace(
        b"'What,\n\n     or who?'", b"Who?"
    )


def test_a_phrasing_goes_behind_one_of_several_lines() -> None:
    """Also where there is an empty line in it."""
    assert yaml_edit.add_phrasing(ENTRY, "x", "three") == ENTRY.replace(b"two'\n", b"two'\n    - three\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1. first", "1\\. first"),
        ("so\n20. it was", "so\n20\\. it was"),
        ("3.5 percent", "3.5 percent"),
        ("write to @everyone", "write to @\u200beveryone"),
    ],
)
def test_discord_shows_it_as_it_is_written(text: str, shown: str) -> None:
    """No list with numbers, and nobody is called."""
    assert escape(text) == shown


def test_a_word_of_four_thousand_letters_is_not_repeated() -> None:
    """It would leave no room for the nearest thing the article does say."""
    word = "abcdefghij" * 390
    assert describe_terms([word], small_story()) == f"‘{word[: MAX_WORD_LENGTH - 1]}…’"


def test_characters_that_stand_for_many_are_not_all_read() -> None:
    """One of them becomes eighteen."""
    assert len(normalize("\ufdfa" * MAX_CHARACTERS)) <= MAX_CHARACTERS


def test_questions_of_strangers_command_no_terminal() -> None:
    """The list of unanswered ones is shown there."""
    out = io.StringIO()
    Screen(out, width=80, colour=False).print_lines([Line("who \x1b]0;title\x07\x1b[2J is\u202e it")])
    assert out.getvalue() == "who  ]0;title  [2J is it\n"
