"""`pilcrow chat`: a conversation in the terminal, with no account and no token."""

from collections import deque
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.answering.view import NotInStory
from bot.answering.view_builder import Views
from bot.cards.card import Button, Card, Span
from bot.cards.card import Line as CardLine
from bot.cards.more_card import more_card
from bot.cards.reply_card import reply_card
from bot.cards.view_card import view_lines, view_pages
from bot.nlp.languages import Language
from bot.terminal.chat_commands import Command, parse_command, question_in
from bot.terminal.collecting import KEYS, NO_WORDS, NOTED, WHICH, YES_WORDS, Collector
from bot.terminal.console import Screen
from bot.terminal.render import FIRST_PAGE, Line, choice_lines, pickable, split_choices

HELP = (
    "Type a question, or a number to pick one. 'm' shows more, 'l' the links, ':why' how a reply came about; "
    "'help' lists commands such as 'summary' and 'who NAME'; 'quit' ends."
)
QUIT_WORDS = frozenset(("quit", "exit", ":q", "bye"))
WHY_WORDS = (":why", "/why")
MORE_WORDS = ("m", "more", "/more")
LINK_WORDS = ("l", "links", "/links")
NO_MORE, NO_LINKS = "There is no more to show.", "The last reply has no links."
CONTEXT_LENGTH = 3
"""Earlier questions that a follow-up may refer to."""
NUMBER_DIGITS = 3


def chat(answerer: Answerer, views: Views, screen: Screen, collector: Collector | None = None, notice: str = "") -> int:
    """Answer questions until the person quits; return the exit status.

    collector: keeps what is asked, of which the notice tells. Raise JournalError where that can't be kept.
    """
    story = answerer.story
    screen.print_lines(
        [Line(f"¶ {story.title}", "question"), Line(story.disclaimer, "hint"), Line(HELP, "hint"), Line("")]
    )
    if notice:
        screen.print_lines([Line(notice, "standing"), Line("")])
    conversation = Conversation(answerer, views, screen, collector)
    while (typed := _prompt(screen)) is not None and typed.casefold() not in QUIT_WORDS:
        conversation.take(typed)
        screen.print_lines([Line("")])
    if collector:
        collector.finish()
    return 0


class Conversation:
    """What was asked, and what the last card shows and offers."""

    def __init__(self, answerer: Answerer, views: Views, screen: Screen, collector: Collector | None = None) -> None:
        self._answerer = answerer
        self._views = views
        self._screen = screen
        self._collector = collector
        self._asked: deque[str] = deque(maxlen=CONTEXT_LENGTH)
        self._language: Language = "en"
        self._more: Card | None = None
        self._lines: tuple[CardLine, ...] = ()
        self._buttons: list[Button] = []

    def take(self, typed: str) -> None:
        """Print what was asked for: an explanation, more, the links, what a number stands for, a view or an answer."""
        word = typed.casefold()
        if word in WHY_WORDS and self._asked:
            _, match = self._answerer.reply_with_match(self._asked[-1], list(self._asked)[:-1])
            self._screen.print_explanation(match, self._answerer)
        elif word in MORE_WORDS and self._more:
            self._show(self._more, kept=self._buttons)
        elif word in LINK_WORDS and _has_links(self._lines):
            self._screen.print_addresses(self._lines)
        elif word in (*MORE_WORDS, *LINK_WORDS):
            self._screen.print_lines([Line(NO_MORE if word in MORE_WORDS else NO_LINKS)])
        elif self._collector and self._collector.can_judge() and word in (*YES_WORDS, *NO_WORDS):
            self._judge(self._collector, right=word in YES_WORDS)
        elif typed.isdecimal() and 0 < int(typed[:NUMBER_DIGITS]) <= len(self._buttons):
            self._press(self._buttons[int(typed[:NUMBER_DIGITS]) - 1])
        elif command := parse_command(typed, self._answerer.story, self._views.lookup):
            self._open(command)
        else:
            question = question_in(typed)
            reply, match = self._answerer.reply_with_match(question, tuple(self._asked))
            if self._collector:
                self._collector.asked(question, reply, is_follow_up=match.question.resolved)
            self._answer(reply, question)

    def _judge(self, collector: Collector, *, right: bool) -> None:
        """Take what is said of the last answer; where it is wrong, print what may be meant in its place."""
        collector.judge(right=right)
        others = [] if right else collector.others(self._answerer)
        self._show(Card((CardLine((Span(WHICH if others else NOTED),)),), tuple(others)))

    def _press(self, button: Button) -> None:
        if self._collector and button.action == "entry":
            self._collector.picked(button.argument)
        if button.action in ("view", "page"):
            name, _, argument = button.argument.removeprefix(FIRST_PAGE).partition(":")
            self._open(Command(name, argument, self._language))
        else:
            reply = self._answerer.entry_reply(button.argument, self._language)
            self._answer(reply, reply.question or "")

    def _answer(self, reply: Reply, question: str) -> None:
        if question:
            self._asked.append(question)
        self._language = reply.language
        story, shown = self._answerer.story, reply.guess or reply
        self._show(reply_card(reply, story, has_inbox=False), more_card(shown, story, {}) if shown.entry else None)

    def _open(self, command: Command) -> None:
        """Print the view that a command names, or the sentence that there is none."""
        try:
            view = self._views.in_language(command.language).open(command.name, command.argument)
        except NotInStory as error:
            self._screen.print_lines([Line(str(error))])
            return
        self._language = command.language
        self._show(*split_choices(replace(view_pages(view)[0], lines=view_lines(view)), self._screen.width))

    def _show(self, card: Card, more: Card | None = None, kept: Sequence[Button] = ()) -> None:
        """Print a card, and below it what can be typed.

        more: the card with more about it; kept: what the card before it offers, whose numbers stay and are counted on.
        """
        screen, first = self._screen, len(kept) + 1
        buttons = pickable(card, screen.width, first)
        self._lines, self._buttons, self._more = card.lines, [*kept, *buttons], more
        screen.print_card(card.lines)
        keys = ["m more"] * (more is not None) + ["l links"] * _has_links(card.lines)
        keys += KEYS if more and self._collector and self._collector.can_judge() else ()
        screen.print_lines(choice_lines(buttons, keys, screen.width, first))


def _has_links(lines: Iterable[CardLine]) -> bool:
    """Tell whether lines of a card link to anything."""
    return any(span.url for line in lines for span in line.spans)


def _prompt(screen: Screen) -> str | None:
    """Return what the person types; None at the end of input."""
    try:
        return input(screen.styled("¶ ", "prompt")).strip()
    except (EOFError, KeyboardInterrupt):
        screen.print_lines([Line("")])
        return None
