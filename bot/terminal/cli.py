"""The command `pilcrow`: its parser, and the one place where errors become exit statuses.

A PilcrowError is shown as its sentence, with exit status 2 (`run` has statuses of its own, see bot.errors). Anything
else is a bug, shown with its traceback, with exit status 1.

argparse and not click: importing click takes 21 ms more, nearly half of what importing rapidfuzz and yaml takes, and
`pilcrow ask` is not to take longer than three times that.
"""

import argparse
import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import PilcrowError
from bot.terminal import ask_command
from bot.terminal.arguments import Parser, add_command
from bot.terminal.console import write_error

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)
"""What writing to standard output may fail with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    only_ask = words[:1] == ["ask"]
    if not only_ask or "--jsonl" in words:
        gc.enable()  # only a single answer makes so little garbage that collecting it takes longer than answering
    options = build_parser(only_ask=only_ask).parse_args(words)
    _open_closed_streams()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = int(options.handler(options))
        sys.stdout.flush()
    except PilcrowError as error:
        write_error(f"pilcrow: {error}")
        status = REFUSED
    except BrokenPipeError:  # whoever read our output has read enough
        sys.stderr.close()
        status = FAILED
    except OSError as error:
        status = _report_unwritable(error) if error.errno in UNWRITABLE and not error.filename else _report_bug()
    except KeyboardInterrupt:
        status = INTERRUPTED
    except Exception:  # noqa: BLE001
        status = _report_bug()
    return status


def _report_bug() -> int:
    """Write the traceback of the current error, safely, since it may quote text from elsewhere."""
    import traceback

    write_error(traceback.format_exc())
    return FAILED


def _open_closed_streams() -> None:
    """Give the program the standard streams that it was started without (`<&-`): empty ones, which swallow what is written."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 (open to the end)


def _report_unwritable(error: OSError) -> int:
    """Say why the output can't be written, and drop what is buffered, or Python would report it again at its end."""
    write_error(f"pilcrow: the output can't be written: {error.strerror}")
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def build_parser(*, only_ask: bool = False) -> argparse.ArgumentParser:
    """Return the parser; `only_ask`: without the other commands, which take longer to import than asking takes."""
    parser: argparse.ArgumentParser = Parser(
        prog="pilcrow", description="Answers questions about one news story and cites its paragraphs."
    )
    # With an explicit prog, argparse need not format the usage to derive it.
    commands = parser.add_subparsers(prog="pilcrow", metavar="COMMAND", required=True)
    ask_command.add_to(commands)
    if only_ask:
        return parser
    import bot
    from bot.terminal import (
        base_commands,
        bot_commands,
        data_subcommands,
        kb_subcommands,
        operator_commands,
        view_commands,
    )

    parser.add_argument("--version", action="version", version=f"pilcrow {bot.__version__}")

    def print_help(_: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    for module in (view_commands, base_commands, kb_subcommands, data_subcommands, bot_commands, operator_commands):
        module.add_to(commands)
    add_command(commands, "help", "Show this help.", print_help)
    return parser
