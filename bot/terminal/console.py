"""Writing to the terminal: styled where it can show colour, plain text in a pipe.

Everything that the terminal shows is written here, so that no text from elsewhere (a question, somebody else's base, a
file name) can send it control sequences: ruff forbids `print` and rich's own console in every other module.
"""

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.cards.card import Line as CardLine
from bot.cards.card import Span
from bot.cards.reply_card import reply_card
from bot.matching.matcher import Match
from bot.nlp.sanitize import json_escaped, sanitize
from bot.story.models import Story
from bot.terminal.layout import Run, addresses, card_rows, clean_address, wrap
from bot.terminal.render import Line, explanation_lines

if TYPE_CHECKING:
    from rich.console import Console

_SGR = {"question": "1", "strong": "1", "standing": "1;33", "badge": "7", "hint": "2", "choice": "2", "prompt": "1;32"}
"""SGR parameters (ECMA-48) by style, readable on dark and on light backgrounds."""
_LINK_SGR = "36"
_INDENTED = ("hint", "row")
_NO_ESCAPES = ("dumb", "linux")
"""Values of TERM without hyperlinks: the first shows escape sequences as text, the second has nothing to open them with."""
MAX_WIDTH, DEFAULT_WIDTH = 100, 80
MAX_DIGITS = 4
"""Digits of COLUMNS that are read."""
ROWS = 25
"""Rows of a terminal for rich, which uses them only where something fills the screen."""


def write_line(text: str) -> None:
    """Write text to standard output, made safe to display."""
    print(sanitize(text), flush=True)


def write_error(text: str) -> None:
    """Write text to standard error, made safe to display."""
    print(sanitize(text), file=sys.stderr)


def write_json(value: Any, indent: int | None = None) -> None:
    """Write a value to standard output as JSON, escaped so that it is safe to display and loses nothing."""
    import json

    print(json_escaped(json.dumps(value, ensure_ascii=False, indent=indent)), flush=True)


def rich_console(*, stderr: bool = False) -> "Console":
    """Return a rich console for tables. rich passes escape sequences through, so this one sanitizes every segment."""
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class SafeConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else Segment(sanitize(segment.text), segment.style)

    # no markup: data may hold [/red]; with both sizes rich does not read COLUMNS and LINES, which may be no numbers
    return SafeConsole(stderr=stderr, markup=False, emoji=False, width=terminal_width(), height=ROWS)


class Screen:
    """Prints lines to `out`, wrapped at `width` columns. links: as hyperlinks that the terminal opens (OSC 8)."""

    def __init__(self, out: TextIO, *, width: int, colour: bool, links: bool = False) -> None:
        self.out = out
        self.width = width
        self.colour = colour
        self.links = links

    @classmethod
    def for_stdout(cls) -> "Screen":
        """Return the screen of standard output.

        A pipe gets neither colour nor links. NO_COLOR (https://no-color.org) switches off colour alone, and FORCE_HYPERLINK
        links alone: on, or off where it is 0, as in the supports-hyperlinks of Node.js and Rust.
        """
        is_terminal = sys.stdout.isatty()
        colour = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        forced = os.environ.get("FORCE_HYPERLINK")
        links = is_terminal and os.environ.get("TERM") not in _NO_ESCAPES if forced is None else forced != "0"
        return cls(sys.stdout, width=min(MAX_WIDTH, terminal_width()), colour=colour, links=links)

    def print_reply(self, reply: Reply, story: Story) -> None:
        """Print a reply; where it asks back, with the questions to choose from."""
        self.print_card(reply_card(reply, story, has_inbox=False).lines)
        guess = reply.guess.entry if reply.guess else None
        if guess:
            self.print_card([CardLine((Span(reply.answer),), "small")])
        self.print_card(CardLine((Span(option.question),), "item") for option in reply.options if option.entry != guess)

    def print_explanation(self, match: Match, answerer: Answerer) -> None:
        """Print how a reply came about."""
        from bot.answering.explanation import describe_terms

        terms = {term for candidate in match.candidates for term in candidate.unmatched}
        self.print_lines(
            [Line(""), *explanation_lines(match, {term: describe_terms([term], answerer.story) for term in terms})]
        )

    def print_card(self, lines: Iterable[CardLine]) -> None:
        """Print the lines of a card."""
        for line in lines:
            self._print_rows(card_rows(line, self.width))

    def print_lines(self, lines: Iterable[Line]) -> None:
        """Print lines."""
        for line in lines:
            indent = "  " if line.style in _INDENTED else ""
            self._print_rows(wrap([Run(line.text, line.style)], self.width, Run(indent), Run(indent * 2)))

    def print_addresses(self, lines: Iterable[CardLine]) -> None:
        """Print where the links of a card lead, by their paragraph or date, each on one line so that it can be copied."""
        for run in addresses(lines):
            print(f"{sanitize(run.text, lines=False)} {clean_address(run.url)}", file=self.out)

    def styled(self, text: str, style: str, url: str = "") -> str:
        """Return the text with its colour and link, where the screen can show them."""
        code = _LINK_SGR if url else _SGR.get(style)
        shown = f"\x1b[{code}m{text}\x1b[0m" if code and self.colour else text
        return f"\x1b]8;;{clean_address(url)}\x1b\\{shown}\x1b]8;;\x1b\\" if url and self.links else shown

    def _print_rows(self, rows: Iterable[Iterable[Run]]) -> None:
        for row in rows:
            print("".join(self.styled(run.text, run.style, run.url) for run in row), file=self.out)


def terminal_width() -> int:
    """Return the width of the terminal; COLUMNS takes precedence. shutil has the same, but is slow to import."""
    setting = os.environ.get("COLUMNS", "")[:MAX_DIGITS]
    if setting.isdecimal() and int(setting):
        return int(setting)
    try:
        return os.get_terminal_size(1).columns or DEFAULT_WIDTH  # of standard output; a serial line may have 0
    except OSError:
        return DEFAULT_WIDTH
