"""A conversation in the terminal: the main job, with no account and no token."""

from collections import deque

from bot.answering import Answerer, Reply
from bot.reading import NotThere, Readings
from bot.terminal.render import Line, reading_lines
from bot.terminal.show import Screen

HELP = (
    "Type a question. A number picks a suggestion; '/summary', '/who' with a name and the like look something up "
    "('/help' lists them); ':why' shows how the last reply came about; 'quit' ends."
)
GOODBYES = frozenset(("quit", "exit", ":q", "bye"))
REMEMBERED = 3


def chat(answerer: Answerer, readings: Readings, screen: Screen) -> int:
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
        if typed.startswith("/"):
            _look_up(typed[1:], readings, screen)
            continue
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


def _look_up(typed: str, readings: Readings, screen: Screen) -> None:
    """'/who' with a name and the like: the same words as in Discord."""
    command, _, about = typed.partition(" ")
    try:
        screen.lines([Line(""), *reading_lines(readings.open(command.casefold(), about.strip())), Line("")])
    except NotThere as error:
        screen.lines([Line(str(error), "hint")])


def _read(screen: Screen) -> str | None:
    try:
        return input(screen.styled("¶ ", "prompt")).strip()
    except (EOFError, KeyboardInterrupt):
        print(file=screen.out)
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
