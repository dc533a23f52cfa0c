"""`pilcrow data`: all that the database holds, given out and forgotten."""

import argparse
import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot import config
from bot.errors import EditError
from bot.journal import data_requests
from bot.journal.journal import Journal
from bot.ops import log_setup
from bot.terminal import confirm
from bot.terminal.console import complain, say

SHOWN = 10
NAMES = {
    "asked": "counts of questions",
    "feedback": "verdicts",
    "inbox": "questions",
    "history": "changes of the history",
    "texts": "texts of the history",
    "warnings": "warnings of the history",
}
NOTHING_HAS = (
    "nothing is deleted: nothing that is kept has all of ‘{}’ in it; give words of the text that is to go, in any order, as in "
    '--words "who paid" (what holds no word, such as ‘???’, ‘lol’ or an emoji, has to stand in it by itself)'
)
NOT_ERASED = (
    "it is deleted, but can still be read in the file beside the database that ends in -wal, because another program is "
    "reading the database just now; it goes when that program ends, or with the bot's daily clean-up"
)
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
    log_setup.set_up_terminal()
    journal = Journal(config.read(options.config, os.environ).database)
    try:
        return run(journal, options)
    finally:
        journal.close()


def _export(journal: Journal, options: argparse.Namespace) -> int:
    found = data_requests.export(journal.database).encode()
    confirm.write(options.file, found)
    say(f"{options.file}: {len(found):,} bytes")
    return 0


def _forget(journal: Journal, options: argparse.Namespace) -> int:
    if options.words is not None and not options.words.strip():
        raise EditError("say which words")
    before = _before(options.older_than)
    if options.words is not None:
        _show(journal, options.words)
    elif options.all:
        say("Everything goes: the inbox, drafts, counts, and the history of the base, so that nothing can be undone.")
    else:
        say(f"What was last touched before {before} goes: questions, drafts and counts.")
    if not options.yes and not confirm.agreed("Delete?"):
        say("Nothing is deleted.")
        return 0
    if options.words is not None:
        counts = data_requests.delete_matching(journal.database, options.words)
    elif options.all:
        counts = data_requests.delete_all(journal.database)
    else:
        counts = data_requests.delete_before(journal.database, before)
    say(_told(counts))
    if not journal.database.erase_deleted():
        complain(f"pilcrow: {NOT_ERASED}")
        return 1
    return 0


def _before(days: int | None) -> date:
    """Return the day before which things are old. Raises EditError."""
    try:
        if days is None or days >= 0:
            return datetime.now(UTC).date() - timedelta(days=days or 0)
    except OverflowError:
        pass
    raise EditError("--older-than takes a number of days")


def _show(journal: Journal, typed: str) -> None:
    """Show what has all that was typed in it. Raises EditError where nothing has."""
    if not any(data_requests.count_matching(journal.database, typed).values()):
        raise EditError(NOTHING_HAS.format(" ".join(typed.split())))
    found = data_requests.matching_questions(journal.database, typed)
    for text in found[:SHOWN]:
        say(text)
    if len(found) > SHOWN:
        say(f"and {len(found) - SHOWN} more")


def _told(counts: Mapping[str, int]) -> str:
    return (
        "Deleted: " + (", ".join(f"{NAMES.get(name, name)} {n}" for name, n in counts.items() if n) or "nothing") + "."
    )
