"""Lines on the screen: with colour where the terminal has it, plain text in a pipe.

All that the terminal shows is written here, so that nothing from elsewhere (a question, a foreign base, the name of a file)
can command it: ruff refuses `print` and rich's own console in any other module.
"""

import json
import os
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.answering.answerer import Answerer, Reply
from bot.matching.matcher import Match
from bot.nlp.sanitize import json_escaped, sanitize
from bot.terminal.render import Line, explanation_lines, reply_lines

# SGR parameters of ECMA-48, chosen to read on dark and on light.
_COLOURS = {
    "question": "1",
    "standing": "1;33",
    "source": "36",
    "later": "35",
    "hint": "2",
    "note": "2",
    "prompt": "1;32",
}
_INDENTED = ("source", "later", "hint", "row", "note")
WIDEST = 100

if TYPE_CHECKING:
    from rich.console import Console


def say(text: str) -> None:
    """Write text to standard output, made safe to display."""
    print(sanitize(text), flush=True)


def complain(text: str) -> None:
    """Write text to standard error, made safe to display."""
    print(sanitize(text), file=sys.stderr)


def say_json(value: Any, indent: int | None = None) -> None:
    """Write a value to standard output as JSON that loses nothing and is safe to display."""
    print(json_escaped(json.dumps(value, ensure_ascii=False, indent=indent)), flush=True)


def console(*, stderr: bool = False) -> "Console":
    """Return rich's console for tables, made to show text from elsewhere as safely as `say` does.

    rich itself lets escape sequences through.
    """
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class SafeConsole(Console):
        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
            for one in super().render(renderable, options):
                yield one if one.control else Segment(sanitize(one.text), one.style)

    return SafeConsole(stderr=stderr)


class Screen:
    """Shows lines on `out`, wrapped at `width`; `colour` also makes links clickable (OSC 8)."""

    def __init__(self, out: TextIO, *, width: int, colour: bool) -> None:
        self.out = out
        self.width = width
        self.colour = colour

    @classmethod
    def for_stdout(cls) -> "Screen":
        """Standard output as it is: NO_COLOR (https://no-color.org) and pipes get no colour."""
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(sys.stdout, width=min(WIDEST, _columns()), colour=colour)

    def reply(self, reply: Reply) -> None:
        """Shows a reply."""
        self.lines(reply_lines(reply))

    def explanation(self, match: Match, answerer: Answerer) -> None:
        """Shows how a reply came about."""
        terms = {term for candidate in match.candidates for term in candidate.unmatched}
        self.lines([Line(""), *explanation_lines(match, {term: answerer.words([term]) for term in terms})])

    def lines(self, lines: Iterable[Line]) -> None:
        """Shows lines, each wrapped; a link stands behind its line in plain text."""
        for line in lines:
            indent = "  " if line.style in _INDENTED else ""
            link = "".join(sanitize(line.link, lines=False).split())
            wrapped = textwrap.wrap(
                sanitize(line.text, lines=False),
                self.width,
                initial_indent=indent,
                subsequent_indent=indent + "  " * bool(indent),
                break_long_words=False,
                break_on_hyphens=False,
            )
            for text in wrapped or [""]:
                print(self.styled(text, line.style, link), file=self.out)
            if link and not self.colour:
                print(f"    {link}", file=self.out)

    def styled(self, text: str, style: str, link: str = "") -> str:
        """`text` with the style's colour, and as a link, where the screen has that."""
        code = _COLOURS.get(style)
        if not self.colour:
            return text
        shown = f"\x1b[{code}m{text}\x1b[0m" if code else text
        return f"\x1b]8;;{link}\x1b\\{shown}\x1b]8;;\x1b\\" if link else shown


def _columns() -> int:
    """The width of the terminal; COLUMNS goes before it. shutil has the same, but takes long to import."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(1).columns  # of standard output
    except OSError:
        return 80
