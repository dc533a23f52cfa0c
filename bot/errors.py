"""The errors meant for a person, each a sentence on what is wrong and what to do.

PilcrowError
├── StoryError       the base in knowledge/ can't be used; carries every problem found
├── ConfigError      config.yaml, an environment variable or an argument can't be used
├── EditError        the base can't be changed this way, or not now
├── StartError       Discord refuses the bot: token, intent, shards
│   └── TemporaryStartError   starting again later may help
└── JournalError     the journal can't be opened or written

Any other exception is a bug: a front end logs its traceback and apologises.
"""

import re

from msgspec import Struct

MAX_QUOTE = 100
"""Characters of somebody's text that a sentence quotes."""
EXIT_RETRY = 75
"""Exit status of `pilcrow run` when starting it again may help (EX_TEMPFAIL of sysexits.h)."""
EXIT_CONFIG = 78
"""Exit status of `pilcrow run` when a person has to change something first (EX_CONFIG)."""


class PilcrowError(Exception):
    """Base of the errors meant for a person; `str()` is the sentence to show."""

    def summary(self, limit: int = 5) -> str:  # noqa: ARG002 (StoryError's uses it)
        """Return what to show where there is little room: of several problems the first few, one a line."""
        return str(self)


class Problem(Struct, frozen=True, order=True):
    """One problem in a file, shown as `file:line: sentence`; line 0 means the whole file."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


def _reading_order(problem: Problem) -> tuple[str, int, list[tuple[int, str]]]:
    """Return the sort key that puts paragraph 2 before paragraph 10."""
    parts = re.split(r"(\d{1,9})", problem.sentence)
    return problem.file, problem.line, [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


class StoryError(PilcrowError):
    """The base can't be used. problems: all problems of all files, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems), key=_reading_order)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def summary(self, limit: int = 5) -> str:
        """Return the first few problems, one a line, and how many more there are."""
        lines = [str(problem) for problem in self.problems[:limit]]
        more = len(self.problems) - len(lines)
        return "\n".join([*lines, f"… and {more:,} more"] if more > 0 else lines)


class EditError(PilcrowError):
    """The base can't be changed this way, or not now."""


class ConfigError(PilcrowError):
    """A setting, an environment variable or an argument can't be used."""


class StartError(PilcrowError):
    """The Discord front end can't start or go on."""


class TemporaryStartError(StartError):
    """The Discord front end can't start now, but may be able to later."""


class JournalError(PilcrowError):
    """The journal can't be opened or written."""


def quote(text: str) -> str:
    """Return somebody's text in quotation marks, shortened, for a sentence to quote."""
    return f"'{shorten(text)}'"


def shorten(text: str, limit: int = MAX_QUOTE) -> str:
    """Return at most `limit` characters of a text."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def exit_status(error: PilcrowError) -> int:
    """Return the exit status with which `pilcrow run` ends on this error, for the supervisor that restarts it."""
    return EXIT_RETRY if isinstance(error, TemporaryStartError | JournalError | EditError) else EXIT_CONFIG
