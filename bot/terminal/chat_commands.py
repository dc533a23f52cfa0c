"""What is typed in a chat: a command, with its slash or without, or a question."""

from msgspec import Struct

from bot.answering.name_index import name_words
from bot.answering.story_lookup import StoryLookup
from bot.answering.view import NotInStory
from bot.i18n.command_specs import choices, reader_commands
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.nlp.normalize import normalize
from bot.story.models import Story

NO_VIEW = "ask"
"""The one command that shows no view."""
_WITH_ARGUMENT = ("who", "paragraph")
"""Commands that are nothing without one: 'who' alone asks about what was said before."""


class Command(Struct, frozen=True):
    """A command to show a view. argument: as `Views.open` takes it; language: that of the name that was typed."""

    name: str
    argument: str
    language: Language


def parse_command(typed: str, story: Story, lookup: StoryLookup) -> Command | None:
    """Return the command that was typed, if it is one.

    With a slash it always is. Without one, only where the rest is something that the command can show: 'who han dong' is a
    command, and 'who did it', 'who is han dong' and 'summary of his speech please' are questions.
    """
    word, _, argument = typed.partition(" ")
    name, language = _command_named(word.removeprefix("/"))
    argument = " ".join(argument.split())
    if not typed.startswith("/") and not _is_known(name, argument, language, story, lookup):
        return None
    if name == "summary":
        argument = _topic_and_length(argument)
    return None if name == NO_VIEW else Command(name, argument, language)


def question_in(typed: str) -> str:
    """Return the question of what is no command: without the slash command that asks, if it begins with that."""
    return typed.partition(" ")[2].strip() if typed.startswith("/") else typed


def _command_named(word: str) -> tuple[str, Language]:
    """Return the English name of a command and the language in which it was typed; accents may be left out."""
    word = word.casefold()
    specs = reader_commands()
    if word not in specs:
        for spec in specs.values():
            if normalize(spec.french[0]) == normalize(word):
                return spec.name, "fr"
    return word, "en"


def _is_known(name: str, argument: str, language: Language, story: Story, lookup: StoryLookup) -> bool:
    """Return whether a command without its slash is one: its name alone, or with something that it can show."""
    if name not in reader_commands() or name == NO_VIEW:
        return False
    say = messages(language).views
    try:
        if not argument:
            return name not in _WITH_ARGUMENT
        if name == "who":
            return _is_name_of(argument, lookup.person(argument, say), story)
        if name == "paragraph":
            return argument.isdecimal() or lookup.paragraph(argument, say) in story.paragraphs
        if name == "summary":
            topic = _topic_and_length(argument).partition(":")[0]
            return not topic or bool(lookup.topic(topic, say))
    except NotInStory:
        pass
    return False


def _is_name_of(typed: str, id: str, story: Story) -> bool:
    """Return whether all words typed stand in one name of a person, so that no word is left that could ask something.

    Descriptions do not count ('the accused' is one, and 'who accused' asks something): a name begins with a capital.
    """
    person = story.people[id]
    words = set(name_words(typed))
    names = [person.name, *(alias for alias in person.aliases if alias[:1].isupper())]
    return any(words.issubset(name_words(name)) for name in names)


def _topic_and_length(argument: str) -> str:
    """Return 'topic:length' of the words after 'summary', in which the length may stand anywhere, in either language."""
    topic, length = f" {argument.casefold()} ", "short"
    for choice in choices("length"):
        for name in (choice.name, choice.value, choice.french):
            if f" {name} " in topic:
                topic, length = topic.replace(f" {name} ", " "), choice.value
    return f"{topic.strip().replace(':', ' ')}:{length}"
