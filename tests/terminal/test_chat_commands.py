"""What is a command in a chat, and what is a question."""

import pytest

from bot.answering.story_lookup import StoryLookup
from bot.terminal.chat_commands import Command, parse_command, question_in
from tests.support.small_story import small_story


def parsed(typed: str) -> Command | None:
    """Return the command that is typed in a chat about the small story."""
    return parse_command(typed, small_story(), StoryLookup(small_story()))


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("claims", Command("claims", "", "en")),
        ("CLAIMS", Command("claims", "", "en")),
        ("allegations", Command("claims", "", "fr")),
        ("summary", Command("summary", ":short", "en")),
        ("summary full", Command("summary", ":full", "en")),
        ("summary one line", Command("summary", ":line", "en")),
        ("summary lamp full", Command("summary", "lamp:full", "en")),
        ("résumé en entier", Command("summary", ":full", "fr")),
        ("resume", Command("summary", ":short", "fr")),
        ("who ada quill", Command("who", "ada quill", "en")),
        ("who quill", Command("who", "quill", "en")),
        ("qui reed", Command("who", "reed", "fr")),
        ("paragraph 2", Command("paragraph", "2", "en")),
        ("paragraph ¶2", Command("paragraph", "¶2", "en")),
        ("paragraph 99", Command("paragraph", "99", "en")),
    ],
)
def test_a_command_needs_no_slash_where_it_is_clear(typed: str, command: Command) -> None:
    """Its name stands alone, or with something that it can show. With the slash it is the same command."""
    assert parsed(typed) == parsed(f"/{typed}") == command


@pytest.mark.parametrize(
    "typed",
    [
        "who is ada quill",
        "who did it",
        "who accused quill",
        "who the keeper",
        "who",
        "who?",
        "claims?",
        "claims about the lamp",
        "summary of what he said",
        "paragraph",
        "paragraph about the lamp",
        "sources of the mayor",
        "help me",
        "about the lamp",
        "ask",
        "where is the lighthouse",
    ],
)
def test_what_asks_something_is_a_question(typed: str) -> None:
    """A word that the command can't show makes it one, and so does a description, which may stand for a verb."""
    assert parsed(typed) is None


def test_with_a_slash_it_is_a_command_whatever_it_says() -> None:
    """What the story lacks is said in a sentence then."""
    assert parsed("/who did it") == Command("who", "did it", "en")
    assert parsed("/nonsense") == Command("nonsense", "", "en")
    assert parsed("/who") == Command("who", "", "en")


@pytest.mark.parametrize("typed", ["/ask where is it", "/demander where is it", "/ask   where is it"])
def test_asking_has_a_command_too(typed: str) -> None:
    """In either language; the rest of it is the question."""
    assert parsed(typed) is None
    assert question_in(typed) == "where is it"
