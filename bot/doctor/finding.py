"""One thing that was looked at, and how it is."""

from typing import Literal

from msgspec import Struct

Level = Literal["ok", "warning", "wrong"]
"""wrong: members would notice, or the bot would not start; warning: it may be meant."""


class Finding(Struct, frozen=True):
    """What was looked at, how it is, and for a warning or a fault what to do."""

    level: Level
    subject: str
    sentence: str


def ok(subject: str, sentence: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding("ok", subject, sentence)


def warning(subject: str, sentence: str) -> Finding:
    """Return a finding that may be meant."""
    return Finding("warning", subject, sentence)


def wrong(subject: str, sentence: str) -> Finding:
    """Return a finding that has to be put right."""
    return Finding("wrong", subject, sentence)
