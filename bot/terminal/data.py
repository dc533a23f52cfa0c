"""`pilcrow data`: all that the database holds, given out and forgotten."""

import argparse
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import config
from bot.errors import EditError
from bot.journal import data
from bot.journal.journal import Journal
from bot.terminal import publishing

SHOWN = 10
NAMES = {
    "asked": "counts of questions",
    "feedback": "verdicts",
    "inbox": "questions",
    "history": "changes of the history",
    "texts": "texts of the history",
    "warnings": "warnings of the history",
}
Run = Callable[[Journal, argparse.Namespace], int]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `data` and everything under it."""
    text = "Give out, or forget, what the database holds."
    top = commands.add_parser("data", help=text, description=text)
    under = top.add_subparsers(metavar="WHAT", required=True)

    def add(name: str, text: str, run: Run) -> argparse.ArgumentParser:
        sub = under.add_parser(name, help=text, description=text)
        sub.set_defaults(command=lambda options: _run(run, options))
        sub.add_argument("--config", type=Path, default=Path("config.yaml"), metavar="FILE", help="the settings")
        return sub

    add("export", "Everything as JSON.", _export).add_argument("file", type=Path)
    forget = add("forget", "Delete what it holds; asks first.", _forget)
    which = forget.add_mutually_exclusive_group(required=True)
    which.add_argument("--words", metavar="TEXT", help="what has all these words in it, in any order")
    which.add_argument("--older-than", type=int, metavar="DAYS", help="what was last touched more days ago than that")
    which.add_argument("--all", action="store_true", help="everything, the history of the base too")
    forget.add_argument("--yes", action="store_true", help="delete without asking")


def _run(run: Run, options: argparse.Namespace) -> int:
    journal = Journal(config.read(options.config, os.environ).database)
    try:
        return run(journal, options)
    finally:
        journal.close()


def _export(journal: Journal, options: argparse.Namespace) -> int:
    found = data.export(journal).encode()
    publishing.write(options.file, found)
    options.file.chmod(0o600)
    print(f"{options.file}: {len(found):,} bytes")
    return 0


def _forget(journal: Journal, options: argparse.Namespace) -> int:
    if options.words is not None and not options.words.strip():
        raise EditError("say which words")
    if options.older_than is not None and options.older_than < 0:
        raise EditError("--older-than takes a number of days")
    if options.words:
        found = data.holding(journal, options.words)
        for text in found[:SHOWN]:
            print(text)
        if len(found) > SHOWN:
            print(f"and {len(found) - SHOWN} more")
    if options.all:
        print("Everything goes: the inbox, drafts, counts, and the history of the base, so that nothing can be undone.")
    if not options.yes and not publishing.agreed("Delete?"):
        print("Nothing is deleted.")
        return 0
    if options.words:
        counts = data.forget_words(journal, options.words)
    elif options.all:
        counts = data.forget_all(journal)
    else:
        counts = data.forget_before(journal, datetime.now(UTC).date() - timedelta(days=options.older_than))
    print(_told(counts))
    return 0


def _told(counts: Mapping[str, int]) -> str:
    return (
        "Deleted: " + (", ".join(f"{NAMES.get(name, name)} {n}" for name, n in counts.items() if n) or "nothing") + "."
    )
