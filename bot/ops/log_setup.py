"""The log: one line for each thing that happened, as text or as JSON, to standard error.

Above debug nothing that a person wrote, and no person, gets into it. Whoever logs keeps to that with the sentence; here
it is kept for what comes along with it: of an error only its type and where it happened are shown, since its own text may
quote what it choked on.
"""

import json
import logging
import re
import traceback
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from bot.nlp.sanitize import sanitize

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
OURS = "bot"
FRAMES = 6
"""Places shown of where an error happened, the innermost first."""
KINDS = 200
"""Kinds of repeated lines that are counted at one time."""
_ROOT = Path(__file__).parents[2]
_VALUE = re.compile(r"%(?!%)[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_ID = re.compile(r"\d{15,}")
_OBJECT = re.compile(r"<[^>]*>?")
_LARGE = 10**9
"""Numbers from here on may be ids."""


class ThrottledLogger:
    """Lines that could come a thousand times a minute: each kind once, then at most once in `seconds`, with their number."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = monotonic, seconds: float = 60.0) -> None:
        self._log = log
        self._clock = clock
        self._seconds = seconds
        self._said: OrderedDict[object, tuple[float, int]] = OrderedDict()

    def warning(self, kind: object, sentence: str, error: BaseException | None = None) -> None:
        """Log the sentence, with the place of the error, unless one of its kind stands there from just now."""
        now = self._clock()
        last, kept_back = self._said.get(kind, (None, 0))
        if last is not None and now - last < self._seconds:
            self._said[kind] = (last, kept_back + 1)
            return
        self._said[kind] = (now, 0)
        self._said.move_to_end(kind)
        if len(self._said) > KINDS:
            self._said.popitem(last=False)
        more = f" ({kept_back} more like it since the last line)" if kept_back else ""
        self._log.warning("%s%s", sentence, more, exc_info=error)


class _Line(logging.Formatter):
    """What the two formats share: the sentence, on one line, and what it is safe to show of an error."""

    def sentence(self, record: logging.LogRecord) -> str:
        """Return what happened, on one line; of another package's record only what can hold nothing of people's."""
        if record.name.partition(".")[0] != OURS and _guarded():
            return sanitize(_harmless(record), lines=False)
        lines = record.getMessage().splitlines() or [""]
        return sanitize(" | ".join(line.strip() for line in lines if line.strip()), lines=False)

    def error(self, record: logging.LogRecord) -> str:
        """The error's type, and where it happened."""
        return sanitize(self._error(record), lines=False)

    def _error(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return ""
        if not _guarded():
            return " | ".join("".join(traceback.format_exception(error)).splitlines())
        said = f": {error}" if isinstance(error, OSError) else ""
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        places = [f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
        return " ".join(
            [f"{type(error).__name__}{said}".splitlines()[0], *(["at"] if places else []), " < ".join(places)]
        )


class Text(_Line):
    """One line of text: when, how bad, who says so, what."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        error = self.error(record)
        line = f"{_when(record)} {record.levelname} {record.name}: {self.sentence(record)}"
        return f"{line} [{error}]" if error else line


class Json(_Line):
    """One JSON object: time, level, logger, message, and error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {
            "time": _when(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.sentence(record),
        }
        if error := self.error(record):
            fields["error"] = error
        return json.dumps(fields, ensure_ascii=False)


class Sentence(_Line):
    """The sentence alone, as a command of the terminal says it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return f"pilcrow: {self.sentence(record)}"


def formatter(shape: Format) -> logging.Formatter:
    """What writes the lines in this format."""
    return Json() if shape == "json" else Text()


def set_up(level: str, shape: Format) -> None:
    """Our own lines at this level; those of other packages never below warning: they would name sessions and people."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(shape))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger(OURS).setLevel(logging.getLevelNamesMapping()[level.upper()])


def set_up_terminal() -> None:
    """Show warnings to whoever gave a command; without this, Python would show them as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(Sentence())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _harmless(record: logging.LogRecord) -> str:
    """Return another package's sentence without its values: those may be people, what they wrote, or whole objects.

    Small numbers (seconds, shards, status codes) stay; of a text that came ready-made only its first line does, without
    ids and objects.
    """
    text = str(record.msg)
    if isinstance(record.args, tuple) and record.args:
        text = _VALUE.sub("%s", text)
        try:
            text %= tuple(_small(value) for value in record.args)
        except (TypeError, ValueError):
            text = str(record.msg)
    first = (text.splitlines() or [""])[0]
    return _OBJECT.sub("<…>", _ID.sub("…", first))


def _small(value: object) -> str:
    if isinstance(value, int | float) and abs(value) < _LARGE:
        return f"{value:.2f}" if isinstance(value, float) else str(value)
    return "…"


def _guarded() -> bool:
    """Whether this line has to hold nothing of people's: always, but where somebody asked for debug lines."""
    return not logging.getLogger(OURS).isEnabledFor(logging.DEBUG)


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _short(filename: str) -> str:
    """A file without the folders that only this machine has."""
    path = Path(filename)
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])
