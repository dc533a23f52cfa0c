"""What can go wrong, as sentences for the person who meets them.

PilcrowError
├── StoryError       the base in knowledge/ can't be used; carries every problem found
├── ConfigError      config.yaml, an environment variable or an argument is not usable
├── EditError        the base can't be changed this way, or not now
├── StartError       Discord refused us for good: token, intent, shards
│   └── NotNow       it may work when it is started again
└── JournalError     what has to outlive a restart can't be kept

Everything else that is raised is a bug: a front end logs its traceback and apologises.
"""

from msgspec import Struct

TRY_AGAIN = 75
"""Exit status of `pilcrow run` where starting it again can help (EX_TEMPFAIL of sysexits.h)."""
HOPELESS = 78
"""Exit status of `pilcrow run` where a person has to change something first (EX_CONFIG)."""


class PilcrowError(Exception):
    """Base of all errors meant for a person; `str()` is the sentence to show."""


class Problem(Struct, frozen=True, order=True):
    """One thing wrong in one place of the base. Shown as `file:line: sentence`; line 0 is the whole file."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}" if self.line else f"{self.file}: {self.sentence}"


class StoryError(PilcrowError):
    """The base can't be used. `problems` holds every problem of every file, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EditError(PilcrowError):
    """A change of the base that can't be made, and what to do about it."""


class ConfigError(PilcrowError):
    """A setting, an environment variable or an argument that can't be used, and what to write instead."""


class StartError(PilcrowError):
    """The Discord side can't start or go on: says what Discord refused, and what to do."""


class NotNow(StartError):
    """The Discord side can't start at this moment; it may later, with nothing changed."""


class JournalError(PilcrowError):
    """The journal can't be opened or written."""


def exit_status(error: PilcrowError) -> int:
    """Return the exit status with which `pilcrow run` ends on this error, for whatever starts it again."""
    return TRY_AGAIN if isinstance(error, NotNow | JournalError) else HOPELESS
