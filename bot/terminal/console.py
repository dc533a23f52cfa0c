"""Writing to the terminal: styled where it can show colour, plain text in a pipe.

Everything that the terminal shows is written here, so that no text from elsewhere (a question, somebody else's base, a
file name) can send it control sequences: ruff forbids `print` and rich's own console in every other module.
"""

import os
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.matching.matcher import Match
from bot.nlp.sanitize import json_escaped, sanitize
from bot.terminal.render import Line, explanation_lines, reply_lines

if TYPE_CHECKING:
    from rich.console import Console

_SGR = {
    "question": "1",
    "standing": "1;33",
    "source": "36",
    "later": "35",
    "hint": "2",
    "note": "2",
    "prompt": "1;32",
}
"""SGR parameters (ECMA-48) by style, readable on dark and on light backgrounds."""
_INDENTED = ("source", "later", "hint", "row", "note")
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
    """Prints lines to `out`, wrapped at `width` columns; with `colour`, links are clickable too (OSC 8)."""

    def __init__(self, out: TextIO, *, width: int, colour: bool) -> None:
        self.out = out
        self.width = width
        self.colour = colour

    @classmethod
    def for_stdout(cls) -> "Screen":
        """Return the screen of standard output; pipes and NO_COLOR (https://no-color.org) get no colour."""
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(sys.stdout, width=min(MAX_WIDTH, terminal_width()), colour=colour)

    def print_reply(self, reply: Reply) -> None:
        """Print a reply."""
        self.print_lines(reply_lines(reply))

    def print_explanation(self, match: Match, answerer: Answerer) -> None:
        """Print how a reply came about."""
        from bot.answering.explanation import describe_terms

        terms = {term for candidate in match.candidates for term in candidate.unmatched}
        self.print_lines(
            [Line(""), *explanation_lines(match, {term: describe_terms([term], answerer.story) for term in terms})]
        )

    def print_lines(self, lines: Iterable[Line]) -> None:
        """Print lines, wrapped; in plain text a link follows its line."""
        for line in lines:
            indent = "  " if line.style in _INDENTED else ""
            link = "".join(sanitize(line.link, lines=False).split())
            wrapped = textwrap.wrap(
                sanitize(line.text, lines=False),
                self.width,
                initial_indent=indent,
                subsequent_indent=indent * 2,
                break_long_words=False,
                break_on_hyphens=False,
            )
            for text in wrapped or [""]:
                print(self.styled(text, line.style, link), file=self.out)
            if link and not self.colour:
                print(f"    {link}", file=self.out)

    def styled(self, text: str, style: str, link: str = "") -> str:
        """Return the text with its colour and link, where the screen can show them."""
        if not self.colour:
            return text
        code = _SGR.get(style)
        shown = f"\x1b[{code}m{text}\x1b[0m" if code else text
        return f"\x1b]8;;{link}\x1b\\{shown}\x1b]8;;\x1b\\" if link else shown


def terminal_width() -> int:
    """Return the width of the terminal; COLUMNS takes precedence. shutil has the same, but is slow to import."""
    setting = os.environ.get("COLUMNS", "")[:MAX_DIGITS]
    if setting.isdecimal() and int(setting):
        return int(setting)
    try:
        return os.get_terminal_size(1).columns or DEFAULT_WIDTH  # of standard output; a serial line may have 0
    except OSError:
        return DEFAULT_WIDTH
