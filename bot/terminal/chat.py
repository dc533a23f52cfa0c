"""A conversation in the terminal: the main job, with no account and no token."""

from collections import deque

from bot.answering.answerer import Answerer, Reply
from bot.answering.view import NotInStory
from bot.answering.views import Views
from bot.i18n.command_specs import reader_commands
from bot.nlp.languages import Language
from bot.story.models import LENGTHS
from bot.terminal.console import Screen
from bot.terminal.render import Line, reading_lines

HELP = (
    "Type a question. A number picks a suggestion; '/summary', '/who' with a name and the like look something up "
    "('/help' lists them); ':why' shows how the last reply came about; 'quit' ends."
)
GOODBYES = frozenset(("quit", "exit", ":q", "bye"))
REMEMBERED = 3


def chat(answerer: Answerer, views: Views, screen: Screen) -> int:
    """Asks for questions until the person leaves; returns the exit status."""
    story = answerer.story
    screen.lines([Line(f"¶ {story.title}", "question"), Line(story.disclaimer, "hint"), Line(HELP, "hint")])
    context: deque[str] = deque(maxlen=REMEMBERED)
    suggestions: list[tuple[str, str]] = []
    while (typed := _read(screen)) is not None:
        if typed.casefold() in GOODBYES:
            break
        if typed.casefold() in (":why", "/why") and context:
            screen.explanation(answerer.explained(context[-1], list(context)[:-1])[1], answerer)
            continue
        if typed.startswith("/") and _named(typed)[0] != "ask":
            _look_up(typed, views, screen)
            continue
        typed = typed.removeprefix("/ask").strip()
        if typed.isdecimal() and 0 < int(typed[:3]) <= len(suggestions):
            id, question = suggestions[int(typed[:3]) - 1]
            reply = answerer.entry(id)
            typed = question
        else:
            reply = answerer.reply(typed, tuple(context))
        if typed:
            context.append(typed)
        screen.lines([Line("")])
        screen.reply(reply)
        suggestions = _suggest(reply, screen)
        screen.lines([Line("")])
    return 0


def _named(typed: str) -> tuple[str, Language, str]:
    """The command that '/who' with a name and the like is, by its English or French name, its language, and the rest."""
    word, _, rest = typed.removeprefix("/").partition(" ")
    word = word.casefold()
    french = next((one.name for one in reader_commands().values() if one.french[0] == word != one.name), None)
    return (french, "fr", rest.strip()) if french else (word, "en", rest.strip())


def _look_up(typed: str, views: Views, screen: Screen) -> None:
    """The same words as in Discord; a summary takes its length and its topic in any order."""
    command, language, about = _named(typed)
    if command == "summary":
        length = next((word for word in about.split() if word in LENGTHS), "short")
        about = f"{' '.join(word for word in about.split() if word != length)}:{length}"
    try:
        screen.lines([Line(""), *reading_lines(views.in_language(language).open(command, about)), Line("")])
    except NotInStory as error:
        screen.lines([Line(str(error), "hint")])


def _read(screen: Screen) -> str | None:
    try:
        return input(screen.styled("¶ ", "prompt")).strip()
    except (EOFError, KeyboardInterrupt):
        screen.lines([Line("")])
        return None


def _suggest(reply: Reply, screen: Screen) -> list[tuple[str, str]]:
    """Shows what could be asked next; gives back what a number picks."""
    if reply.options:
        screen.lines([Line("Type a number, or ask in other words.", "hint")])
        return [(option.entry, option.question) for option in reply.options]
    related = list(reply.related)
    if reply.nearest:
        related = [(reply.nearest.entry, reply.nearest.question)]
    if related:
        screen.lines([Line("Ask next:", "hint")])
        screen.lines(Line(f"{number}. {question}", "hint") for number, (_, question) in enumerate(related, 1))
    return related
