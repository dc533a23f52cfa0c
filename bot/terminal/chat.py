"""`pilcrow chat`: a conversation in the terminal, with no account and no token."""

from collections import deque
from collections.abc import Sequence

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.answering.view import NotInStory
from bot.answering.view_builder import Views
from bot.cards.card import Button, Card
from bot.cards.card import Line as CardLine
from bot.cards.reply_card import reply_card
from bot.cards.view_card import view_lines
from bot.nlp.languages import Language
from bot.terminal.chat_commands import Command, parse_command, question_in
from bot.terminal.console import Screen
from bot.terminal.more_card import more_card
from bot.terminal.render import Line, choice_lines, pickable

HELP = (
    "Type a question, or a number to pick one. 'm' shows more, 'l' the links, ':why' how a reply came about; "
    "'help' lists commands such as 'summary' and 'who NAME'; 'quit' ends."
)
QUIT_WORDS = frozenset(("quit", "exit", ":q", "bye"))
WHY_WORDS = (":why", "/why")
MORE_WORDS = ("m", "more", "/more")
LINK_WORDS = ("l", "links", "/links")
CONTEXT_LENGTH = 3
"""Earlier questions that a follow-up may refer to."""
NUMBER_DIGITS = 3


def chat(answerer: Answerer, views: Views, screen: Screen) -> int:
    """Answer questions until the person quits; return the exit status."""
    story = answerer.story
    screen.print_lines(
        [Line(f"¶ {story.title}", "question"), Line(story.disclaimer, "hint"), Line(HELP, "hint"), Line("")]
    )
    conversation = Conversation(answerer, views, screen)
    while (typed := _prompt(screen)) is not None and typed.casefold() not in QUIT_WORDS:
        conversation.take(typed)
        screen.print_lines([Line("")])
    return 0


class Conversation:
    """What was asked, and what the last card shows and offers."""

    def __init__(self, answerer: Answerer, views: Views, screen: Screen) -> None:
        self._answerer = answerer
        self._views = views
        self._screen = screen
        self._asked: deque[str] = deque(maxlen=CONTEXT_LENGTH)
        self._reply: Reply | None = None
        self._language: Language = "en"
        self._lines: tuple[CardLine, ...] = ()
        self._buttons: list[Button] = []

    def take(self, typed: str) -> None:
        """Print what was asked for: an explanation, more, the links, the button of a number, a view or an answer."""
        word = typed.casefold()
        if word in WHY_WORDS and self._asked:
            _, match = self._answerer.reply_with_match(self._asked[-1], list(self._asked)[:-1])
            self._screen.print_explanation(match, self._answerer)
        elif word in MORE_WORDS and self._reply:
            self._show(more_card(self._reply, self._answerer.story), kept=self._buttons)
        elif word in LINK_WORDS and self._lines:
            self._screen.print_addresses(self._lines)
        elif typed.isdecimal() and 0 < int(typed[:NUMBER_DIGITS]) <= len(self._buttons):
            self._press(self._buttons[int(typed[:NUMBER_DIGITS]) - 1])
        elif command := parse_command(typed, self._answerer.story, self._views.lookup):
            self._open(command)
        else:
            question = question_in(typed)
            self._answer(self._answerer.reply(question, tuple(self._asked)), question)

    def _press(self, button: Button) -> None:
        if button.action == "view":
            self._open(Command(button.argument, "", self._language))
        else:
            reply = self._answerer.entry_reply(button.argument, self._language)
            self._answer(reply, reply.question or "")

    def _answer(self, reply: Reply, question: str) -> None:
        if question:
            self._asked.append(question)
        self._language = reply.language
        shown = reply.guess or reply
        self._reply = shown if shown.entry else None
        self._show(reply_card(reply, self._answerer.story, has_inbox=False), has_more=self._reply is not None)

    def _open(self, command: Command) -> None:
        """Print the view that a command names, or the sentence that there is none."""
        try:
            view = self._views.in_language(command.language).open(command.name, command.argument)
        except NotInStory as error:
            self._screen.print_lines([Line(str(error))])
            return
        self._reply, self._language = None, command.language
        self._show(Card(view_lines(view)))

    def _show(self, card: Card, *, has_more: bool = False, kept: Sequence[Button] = ()) -> None:
        """Print a card, and below it what can be typed. kept: buttons of the card before, whose numbers go on counting."""
        buttons = pickable(card)
        self._lines, self._buttons = card.lines, [*kept, *buttons]
        self._screen.print_card(card.lines)
        has_links = any(span.url for line in card.lines for span in line.spans)
        keys = ["m more"] * has_more + ["l links"] * has_links
        self._screen.print_lines(choice_lines(buttons, keys, self._screen.width, len(kept) + 1))


def _prompt(screen: Screen) -> str | None:
    """Return what the person types; None at the end of input."""
    try:
        return input(screen.styled("¶ ", "prompt")).strip()
    except (EOFError, KeyboardInterrupt):
        screen.print_lines([Line("")])
        return None
