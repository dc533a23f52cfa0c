"""The command `pilcrow`: its parser, and the one place where errors become exit statuses.

A PilcrowError is shown as its sentence, with exit status 2 (`run` has statuses of its own, see bot.errors). Anything
else is a bug, shown with its traceback, with exit status 1.

argparse and not click: importing click takes 21 ms more, nearly half of what importing rapidfuzz and yaml takes, and
`pilcrow ask` is not to take longer than three times that.
"""

import argparse
import gc
import sys
from collections.abc import Sequence

from bot.errors import PilcrowError
from bot.terminal import ask_command
from bot.terminal.arguments import Parser, add_command
from bot.terminal.console import write_error

FAILED, REFUSED, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    only_ask = words[:1] == ["ask"]
    if not only_ask or "--jsonl" in words:
        gc.enable()  # only a single answer makes so little garbage that collecting it takes longer than answering
    options = build_parser(only_ask=only_ask).parse_args(words)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        return int(options.handler(options))
    except PilcrowError as error:
        write_error(f"pilcrow: {error}")
        return REFUSED
    except BrokenPipeError:  # whoever read our output has read enough
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 (a bug; the traceback may quote text from elsewhere, so it is written safely)
        import traceback

        write_error(traceback.format_exc())
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
    from bot.terminal import base_commands, bot_commands, data_subcommands, kb_subcommands, view_commands

    def print_help(_: argparse.Namespace) -> int:
        parser.print_help()
        return 0

    for module in (view_commands, base_commands, kb_subcommands, data_subcommands, bot_commands):
        module.add_to(commands)
    add_command(commands, "help", "Show this help.", print_help)
    return parser
