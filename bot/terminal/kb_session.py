"""What every subcommand of `pilcrow kb` works with."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot import bootstrap, config
from bot.answering.answerer import Answerer
from bot.editing import question_groups
from bot.editing.editor import Editor
from bot.editing.question_groups import QuestionGroup
from bot.errors import EditError
from bot.journal.journal import Journal
from bot.ops import log_setup
from bot.terminal.arguments import Handler
from bot.terminal.console import Screen

NOT_UTF_8 = "‘{}’ is not UTF-8 text; type it again in a terminal whose encoding is UTF-8"


class Session:
    """One run of a subcommand: its options, the fact base, the journal and the screen."""

    def __init__(self, options: argparse.Namespace) -> None:
        settings = config.load_config(options.config, os.environ)
        self.options = options
        self.folder: Path = options.knowledge or settings.knowledge
        self.article = settings.article
        self.journal = Journal(settings.database)
        self.editor = Editor(bootstrap.knowledge_base(self.folder), self.journal, lambda: datetime.now(UTC))
        self.screen = Screen.for_stdout()

    def answerer(self) -> Answerer:
        """Return what answers from the base as it is on disk."""
        return bootstrap.answerer(self.folder)

    def inbox(self, answerer: Answerer) -> list[QuestionGroup]:
        """Return the questions of the inbox, similar ones grouped."""
        return question_groups.group_questions(self.journal.inbox.questions(question_groups.MAX_QUESTIONS), answerer)


def find_group(groups: list[QuestionGroup], number: int) -> QuestionGroup:
    """Return the group that the inbox shows under a number. Raise EditError."""
    group = question_groups.find_group(groups, number)
    if group is None:
        raise EditError(f"there is no number {number} in the inbox; 'pilcrow kb inbox' lists them")
    return group


def with_session(run: Callable[[Session], None]) -> Handler:
    """Return a handler that opens a session for `run` and closes its journal afterwards."""

    def handler(options: argparse.Namespace) -> int:
        _check_encoding(options)
        log_setup.configure_terminal_logging()
        session = Session(options)
        try:
            run(session)
        finally:
            session.journal.close()
        return 0

    return handler


def _check_encoding(options: argparse.Namespace) -> None:
    """Raise EditError where a text was not typed as UTF-8; the name of a file may be anything."""
    for value in vars(options).values():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not text.isascii():
                try:
                    text.encode()
                except UnicodeEncodeError as error:
                    raise EditError(NOT_UTF_8.format(text)) from error
