"""`pilcrow chat`: a conversation in the terminal, with no account and no token."""

from collections import deque

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.answering.view import NotInStory
from bot.answering.view_builder import Views
from bot.i18n.command_specs import reader_commands
from bot.nlp.languages import Language
from bot.story.models import LENGTHS
from bot.terminal.console import Screen
from bot.terminal.render import Line, view_lines

HELP = (
    "Type a question, or a number to pick a suggestion. '/help' lists commands such as '/summary' and '/who NAME'; "
    "':why' explains the last reply; 'quit' ends."
)
QUIT_WORDS = frozenset(("quit", "exit", ":q", "bye"))
WHY_WORDS = (":why", "/why")
CONTEXT_LENGTH = 3
"""Earlier questions that a follow-up may refer to."""
NUMBER_DIGITS = 3


def chat(answerer: Answerer, views: Views, screen: Screen) -> int:
    """Answer questions until the person quits; return the exit status."""
    story = answerer.story
    screen.print_lines([Line(f"¶ {story.title}", "question"), Line(story.disclaimer, "hint"), Line(HELP, "hint")])
    context: deque[str] = deque(maxlen=CONTEXT_LENGTH)
    suggestions: list[tuple[str, str]] = []
    while (typed := _prompt(screen)) is not None and typed.casefold() not in QUIT_WORDS:
        if typed.casefold() in WHY_WORDS and context:
            screen.print_explanation(answerer.reply_with_match(context[-1], list(context)[:-1])[1], answerer)
            continue
        if typed.startswith("/") and _parse_command(typed)[0] != "ask":
            _print_view(typed, views, screen)
            continue
        question = typed.removeprefix("/ask").strip()
        if question.isdecimal() and 0 < int(question[:NUMBER_DIGITS]) <= len(suggestions):
            id, question = suggestions[int(question[:NUMBER_DIGITS]) - 1]
            reply = answerer.entry_reply(id)
        else:
            reply = answerer.reply(question, tuple(context))
        if question:
            context.append(question)
        screen.print_lines([Line("")])
        screen.print_reply(reply)
        suggestions = _print_suggestions(reply, screen)
        screen.print_lines([Line("")])
    return 0


def _parse_command(typed: str) -> tuple[str, Language, str]:
    """Return the English name of a command, the language of the name that was typed, and the argument."""
    word, _, argument = typed.removeprefix("/").partition(" ")
    word = word.casefold()
    for spec in reader_commands().values():
        if spec.french[0] == word != spec.name:
            return spec.name, "fr", argument.strip()
    return word, "en", argument.strip()


def _print_view(typed: str, views: Views, screen: Screen) -> None:
    """Print the view that a command names; a summary takes its length and its topic in any order."""
    command, language, argument = _parse_command(typed)
    if command == "summary":
        length = next((word for word in argument.split() if word in LENGTHS), "short")
        argument = f"{' '.join(word for word in argument.split() if word != length)}:{length}"
    try:
        view = views.in_language(language).open(command, argument)
        screen.print_lines([Line(""), *view_lines(view), Line("")])
    except NotInStory as error:
        screen.print_lines([Line(str(error), "hint")])


def _prompt(screen: Screen) -> str | None:
    """Return what the person types; None at the end of input."""
    try:
        return input(screen.styled("¶ ", "prompt")).strip()
    except (EOFError, KeyboardInterrupt):
        screen.print_lines([Line("")])
        return None


def _print_suggestions(reply: Reply, screen: Screen) -> list[tuple[str, str]]:
    """Print what could be asked next; return (entry id, question) for each number that can be typed."""
    if reply.options:
        screen.print_lines([Line("Type a number, or ask in other words.", "hint")])
        return [(option.entry, option.question) for option in reply.options]
    related = [(reply.nearest.entry or "", reply.nearest.question or "")] if reply.nearest else list(reply.related)
    if related:
        screen.print_lines([Line("Ask next:", "hint")])
        screen.print_lines(Line(f"{i}. {question}", "hint") for i, (_, question) in enumerate(related, 1))
    return related
