"""The log: one line per event, as text or as JSON, on standard error. Unless debug lines are on, it is redacted."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Literal

from bot.nlp.sanitize import sanitize
from bot.ops.log_redaction import describe_error, redact_message

LogFormat = Literal["text", "json"]
LOG_FORMATS: tuple[LogFormat, ...] = ("text", "json")
ROOT_LOGGER = "bot"


class _LineFormatter(logging.Formatter):
    """Base of the formats: the message and the error, each on one line and safe to write."""

    def message(self, record: logging.LogRecord) -> str:
        """Return the message on one line."""
        if record.name.partition(".")[0] != ROOT_LOGGER and _is_redacted():
            return sanitize(redact_message(record), lines=False)
        lines = (line.strip() for line in record.getMessage().splitlines())
        return sanitize(" | ".join(filter(None, lines)), lines=False)

    def error(self, record: logging.LogRecord) -> str:
        """Return the error's type and where it happened, with debug lines the whole traceback; '' for no error."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return ""
        if _is_redacted():
            return sanitize(describe_error(error), lines=False)
        return sanitize(" | ".join("".join(traceback.format_exception(error)).splitlines()), lines=False)


class TextFormatter(_LineFormatter):
    """One line of text: time, level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        error = self.error(record)
        line = f"{_timestamp(record)} {record.levelname} {record.name}: {self.message(record)}"
        return f"{line} [{error}]" if error else line


class JsonFormatter(_LineFormatter):
    """One JSON object: time, level, logger, message, and error if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "time": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message(record),
        }
        if error := self.error(record):
            fields["error"] = error
        return json.dumps(fields, ensure_ascii=False)


class TerminalFormatter(_LineFormatter):
    """The message alone, as a command in the terminal shows it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return f"pilcrow: {self.message(record)}"


def make_formatter(log_format: LogFormat) -> logging.Formatter:
    """Return the formatter of a format."""
    return JsonFormatter() if log_format == "json" else TextFormatter()


def configure_logging(level: str, log_format: LogFormat) -> None:
    """Log our own lines at this level, and those of other packages from warning on: below, they name sessions and people."""
    handler = logging.StreamHandler()
    handler.setFormatter(make_formatter(log_format))
    logging.basicConfig(handlers=[handler], force=True)
    logging.getLogger(ROOT_LOGGER).setLevel(logging.getLevelNamesMapping()[level.upper()])


def configure_terminal_logging() -> None:
    """Show warnings of a command in the terminal as its other messages are shown."""
    handler = logging.StreamHandler()
    handler.setFormatter(TerminalFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def _is_redacted() -> bool:
    return not logging.getLogger(ROOT_LOGGER).isEnabledFor(logging.DEBUG)


def _timestamp(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
