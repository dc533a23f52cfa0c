"""The engine's own sentences, in each language."""

from string import Formatter
from typing import Any

import msgspec
import pytest

from bot.i18n.command_specs import reader_commands
from bot.i18n.messages import join_list, messages
from bot.nlp.languages import LANGUAGES, Language


def placeholders(value: Any) -> Any:
    """Return the names of the words that are filled into each sentence, in the shape of the value."""
    if isinstance(value, str):
        return sorted(name for _, name, _, _ in Formatter().parse(value) if name is not None)
    if isinstance(value, dict):
        return {key: placeholders(item) for key, item in value.items()}
    return [placeholders(item) for item in value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_takes_the_same_in_every_language(language: Language) -> None:
    """A sentence that takes other words than the English one would fail only when somebody reads it."""
    translated, english = (placeholders(msgspec.to_builtins(messages(one))) for one in (language, "en"))
    assert translated == english


def test_every_command_has_a_french_name_for_itself_and_its_options() -> None:
    """Each command takes `private` last."""
    for command in reader_commands().values():
        assert all((*command.french, *(text for option in command.options for text in option.french)))
        assert command.options[-1].name == "private"


@pytest.mark.parametrize(
    ("items", "listed"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_a_list_reads_as_people_write_it(items: list[str], listed: str) -> None:
    """Commas, and 'and' before the last."""
    assert join_list(items, "and") == listed
