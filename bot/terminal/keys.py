"""Reading one key, or a line where standard input is no terminal that can give single keys."""

import os
import sys

from bot.terminal.console import Screen
from bot.terminal.render import Line


def read_key(screen: Screen, prompt: str) -> str:
    """Return the key that is pressed, in lower case; '' for Enter, Ctrl-C, Ctrl-D and the end of input are 'q'.

    Without a terminal that gives single keys it is the first letter of the next line.
    """
    try:
        key = _single_key(screen.styled(prompt, "prompt"))
        typed = _line(screen, prompt) if key is None else key
    except (EOFError, KeyboardInterrupt):
        typed = "q"
    return typed[:1].casefold()


def read_line(screen: Screen, prompt: str) -> str | None:
    """Return the line that is typed; None for Ctrl-C, Ctrl-D and the end of input."""
    try:
        return _line(screen, prompt)
    except (EOFError, KeyboardInterrupt):
        return None


def _line(screen: Screen, prompt: str) -> str:
    """Return the next line. Raise EOFError, KeyboardInterrupt."""
    try:
        return " ".join(input(screen.styled(prompt, "prompt")).split())
    finally:
        if not sys.stdin.isatty():  # nobody has pressed Enter on the screen
            screen.print_lines([Line("")])


def _single_key(prompt: str) -> str | None:
    """Return a key without waiting for Enter; None where that is not possible. Raise EOFError, KeyboardInterrupt."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return None
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    sys.stdout.write(prompt)
    sys.stdout.flush()
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)  # what was typed ahead counts
        key = os.read(descriptor, 1).decode("ascii", "replace")  # sys.stdin would read ahead of the lines that follow
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
        sys.stdout.write("\n")
    if key in ("", "\x04"):
        raise EOFError
    return key.strip()
