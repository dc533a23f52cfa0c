"""`pilcrow data`: export and delete what the database holds."""

import argparse
import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot import config
from bot.answering import index_cache
from bot.errors import EditError
from bot.journal import data_requests
from bot.journal.journal import Journal
from bot.ops import log_setup
from bot.terminal import prompts, user_files
from bot.terminal.arguments import Subparsers, add_command, add_config_option, add_group
from bot.terminal.console import write_error, write_line

QUESTIONS_LISTED = 10
NAMES = {
    "asked": "question counts",
    "feedback": "feedback counts",
    "inbox": "questions",
    "collected": "questions of trials",
    "history": "changes in the history",
    "texts": "texts in the history",
    "unpublished": "unpublished changes in the history",
    "warnings": "warnings in the history",
    "notes": "names and reasons in the history",
}
NO_MATCH = (
    "nothing was deleted: no stored text contains all of ‘{}’; give words of the text to delete, in any order, as in "
    '--words "who paid" (what is not a word, such as ‘???’, ‘lol’ or an emoji, has to stand by itself in the text)'
)
STILL_IN_MEMORY = (
    "A bot that is running still has recent questions and unpublished texts in memory, and may save them again. "
    "Restart it to be sure."
)
IN_THE_CACHE = "deleted, but the index of the base can't be: {}; delete the files in {} by hand"
NOT_ERASED = (
    "deleted, but still readable in the -wal file beside the database, because another program is reading the database; "
    "it will be erased when that program ends, or by the bot's daily clean-up"
)


def add_to(subparsers: Subparsers) -> None:
    """Add `data` and its subcommands."""
    group = add_group(subparsers, "data", "Export or delete what the database holds.")
    export = add_command(group, "export", "Export everything as JSON.", _with_journal(_export))
    export.add_argument("file", type=Path)
    add_config_option(export)
    forget = add_command(group, "forget", "Delete stored data, after a confirmation.", _with_journal(_forget))
    add_config_option(forget)
    what = forget.add_mutually_exclusive_group(required=True)
    what.add_argument("--words", metavar="TEXT", help="whatever contains all these words, in any order")
    what.add_argument("--older-than", type=int, metavar="DAYS", help="whatever was last updated more than DAYS ago")
    what.add_argument("--all", action="store_true", help="everything, the history of the base included")
    forget.add_argument("--yes", action="store_true", help="delete without asking")


def _with_journal(run: Callable[[Journal, argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a handler that opens the journal of the configuration for `run`."""

    def handler(options: argparse.Namespace) -> int:
        log_setup.configure_terminal_logging()
        journal = Journal(config.load_config(options.config, os.environ).database)
        try:
            return run(journal, options)
        finally:
            journal.close()

    return handler


def _export(journal: Journal, options: argparse.Namespace) -> int:
    data = data_requests.export(journal.database).encode()
    user_files.write(options.file, data)
    write_line(f"{options.file}: {len(data):,} bytes")
    return 0


def _forget(journal: Journal, options: argparse.Namespace) -> int:
    if options.words is not None and not options.words.strip():
        raise EditError("--words needs at least one word")
    before = _cutoff(options.older_than)
    if options.words is not None:
        _list_matches(journal, options.words)
    elif options.all:
        write_line("This deletes everything: the inbox, drafts, counts, and the history; no change can be undone then.")
    else:
        write_line(f"This deletes the questions, drafts and counts last updated before {before}.")
    if not options.yes and not prompts.confirm("Delete?"):
        write_line("Nothing was deleted.")
        return 0
    if options.words is not None:
        counts = data_requests.delete_matching(journal.database, options.words)
    elif options.all:
        counts = data_requests.delete_all(journal.database)
    else:
        counts = data_requests.delete_before(journal.database, before)
    write_line(_summary(counts))
    problems = [] if journal.database.erase_deleted() else [NOT_ERASED]
    if options.older_than is None:
        problems += _clear_cache()
        write_line(STILL_IN_MEMORY)
    for problem in problems:
        write_error(f"pilcrow: {problem}")
    return 1 if problems else 0


def _clear_cache() -> list[str]:
    """Delete the cached indexes, which hold the texts of earlier versions of the base; return what is wrong."""
    folder = index_cache.cache_folder(os.environ)
    try:
        index_cache.clear_cache(folder)
    except OSError as error:
        return [IN_THE_CACHE.format(error.strerror or error, folder)]
    return []


def _cutoff(days: int | None) -> date:
    """Return the day `days` ago. Raise EditError."""
    try:
        if days is None or days >= 0:
            return datetime.now(UTC).date() - timedelta(days=days or 0)
    except OverflowError:
        pass
    raise EditError("--older-than takes a number of days")


def _list_matches(journal: Journal, words: str) -> None:
    """Print the questions that contain all words. Raise EditError if nothing stored does."""
    if not any(data_requests.count_matching(journal.database, words).values()):
        raise EditError(NO_MATCH.format(" ".join(words.split())))
    questions = data_requests.matching_questions(journal.database, words)
    for question in questions[:QUESTIONS_LISTED]:
        write_line(question)
    if len(questions) > QUESTIONS_LISTED:
        write_line(f"and {len(questions) - QUESTIONS_LISTED} more")


def _summary(counts: Mapping[str, int]) -> str:
    parts = [f"{NAMES.get(name, name)}: {count}" for name, count in counts.items() if count]
    return f"Deleted {'; '.join(parts) or 'nothing'}."
