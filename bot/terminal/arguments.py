"""Building blocks of the command line that several commands share."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from bot.nlp.sanitize import sanitize
from bot.terminal.console import terminal_width

Handler = Callable[[argparse.Namespace], int]
"""Runs a command with its parsed arguments; returns the exit status."""
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 (there is no public name)
"""What commands are added to."""
DEFAULT_KNOWLEDGE = Path("knowledge")


class _HelpFormatter(argparse.HelpFormatter):
    """argparse's formatter, made for each argument that is added; by itself it would import shutil to find the width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal_width() - 2)  # as argparse has it


class Parser(argparse.ArgumentParser):
    """argparse's parser with errors that are safe to display: an argument may be the name of somebody else's file."""

    def __init__(self, **options: Any) -> None:
        # '--al' must not delete as '--all' does
        super().__init__(**{"allow_abbrev": False, "formatter_class": _HelpFormatter, **options})

    def error(self, message: str) -> NoReturn:
        """Show the usage and the message, and exit."""
        super().error(sanitize(message))


def add_command(subparsers: Subparsers, name: str, description: str, handler: Handler) -> argparse.ArgumentParser:
    """Add a command and return its parser."""
    parser = subparsers.add_parser(name, help=description, description=description)
    parser.set_defaults(handler=handler)
    return parser


def add_group(subparsers: Subparsers, name: str, description: str) -> Subparsers:
    """Add a command that only has subcommands, and return what they are added to."""
    parser = subparsers.add_parser(name, help=description, description=description)
    return parser.add_subparsers(metavar="SUBCOMMAND", required=True)


def add_knowledge_option(parser: argparse.ArgumentParser, default: Path | None = DEFAULT_KNOWLEDGE) -> None:
    """Add --knowledge; without a default the configuration names the folder."""
    shown = f"./{default}" if default else "as in the configuration"
    parser.add_argument(
        "--knowledge", type=Path, default=default, metavar="DIR", help=f"the fact base (default: {shown})"
    )


def add_config_option(parser: argparse.ArgumentParser) -> None:
    """Add --config."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the configuration, which has to be there (default: config.yaml if there is one)",
    )


def add_shards_option(parser: argparse.ArgumentParser) -> None:
    """Add --shard-ids."""
    parser.add_argument(
        "--shard-ids", metavar="N,N", help="the shards of this process (default: as in the configuration)"
    )


def add_picture_options(parser: argparse.ArgumentParser) -> None:
    """Add --plot and --theme."""
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="save a picture instead of printing")
    parser.add_argument(
        "--theme", choices=("dark", "light"), default="dark", help="colours of the picture (default: dark)"
    )
