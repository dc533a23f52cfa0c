"""What of a log record is safe to write: no person, and nothing that a person wrote.

Our own messages are written with that in mind. What comes along with them is redacted here: of an error only its type and
where it happened are shown, since its own text may quote its input; other packages' messages lose their values.
"""

import logging
import re
import traceback
from pathlib import Path

MAX_FRAMES = 6
"""Stack frames shown of an error, innermost first."""
MIN_ID = 10**9
"""Numbers from here on may be ids."""
_ROOT = Path(__file__).parents[2]
_PLACEHOLDER = re.compile(r"%(?!%)[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_ID = re.compile(r"\d{15,}")
_OBJECT = re.compile(r"<[^>]*>?")


def redact_message(record: logging.LogRecord) -> str:
    """Return another package's message without its values: those may be people, what they wrote, or whole objects.

    Small numbers (seconds, shards, status codes) stay. Of a message without placeholders only the first line stays, without
    ids and objects.
    """
    text = str(record.msg)
    if isinstance(record.args, tuple) and record.args:
        text = _PLACEHOLDER.sub("%s", text)
        try:
            text %= tuple(_redact_value(value) for value in record.args)
        except (TypeError, ValueError):
            text = str(record.msg)
    first_line = (text.splitlines() or [""])[0]
    return _OBJECT.sub("<…>", _ID.sub("…", first_line))


def describe_error(error: BaseException) -> str:
    """Return an error's type and where it happened; the text too of an OSError, which is the system's."""
    text = f": {error}" if isinstance(error, OSError) else ""
    name = f"{type(error).__name__}{text}".splitlines()[0]
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    places = [f"{_short_path(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames)]
    return f"{name} at {' < '.join(places)}" if places else name


def _redact_value(value: object) -> str:
    if isinstance(value, int | float) and abs(value) < MIN_ID:
        return f"{value:.2f}" if isinstance(value, float) else str(value)
    return "…"


def _short_path(filename: str) -> str:
    """Return a file's path without the folders that only this machine has."""
    path = Path(filename)
    if path.is_relative_to(_ROOT):
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])
