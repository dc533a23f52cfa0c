"""The commands for readers, the same in every front end: what each is called and what it is for, in every language."""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from bot.i18n.messages import messages
from bot.nlp.languages import LANGUAGES, Language


class Option(Struct, frozen=True):
    """An option of a command. `french`: its name and description in French."""

    name: str
    description: str
    french: tuple[str, str]


class Choice(Struct, frozen=True):
    """One of the values that an option may have. `french`: its name in French."""

    name: str
    value: str
    french: str


class Command(Struct, frozen=True):
    """A command. `french`: its name and description in French."""

    name: str
    description: str
    french: tuple[str, str]
    options: tuple[Option, ...] = ()


@cache
def reader_commands() -> Mapping[str, Command]:
    """Return the commands by their English name, in the order in which the help lists them.

    Each but asking shows a view of the story; each takes `private` as its last option.
    """
    english, french = messages("en"), messages("fr")
    private = Option(
        english.private_option.name,
        english.private_option.description,
        (french.private_option.name, french.private_option.description),
    )
    commands = {}
    for name, text in english.commands.items():
        other = french.commands[name]
        options = [
            Option(option.name, option.description, (other.options[key].name, other.options[key].description))
            for key, option in text.options.items()
        ]
        commands[name] = Command(text.name, text.description, (other.name, other.description), (*options, private))
    return commands


def choices(option: str) -> tuple[Choice, ...]:
    """Return the values that an option may have."""
    french = messages("fr").choices[option]
    return tuple(Choice(name, value, french[value]) for value, name in messages("en").choices[option].items())


def help_lines() -> Mapping[Language, tuple[tuple[str, str], ...]]:
    """Return (name, description) of each command, by language, for the help."""
    return {
        language: tuple((text.name, text.description) for text in messages(language).commands.values())
        for language in LANGUAGES
    }
