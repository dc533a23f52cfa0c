"""Find hidden characters in request bodies: a rule of this project, not of Discord."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

MARKS = 4
OURS = re.compile(r"(?<=[@`])\u200b|^\u200b$")
"""Zero-width spaces that break a mention or a fence, or name a field that goes on."""
JOINERS = "\u200c\u200d"


def find(body: Any, where: str = "$") -> str | None:
    """Return the path of the first text with a control, format or private-use character, or too many marks in a row."""
    if isinstance(body, str):
        return where if hidden(body) else None
    pairs = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return next(filter(None, (find(value, f"{where}.{key}") for key, value in pairs)), None)


def hidden(text: str) -> bool:
    """Return whether a text contains hidden characters."""
    marks = 0
    for character in OURS.sub("", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > MARKS or (category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in f"\n{JOINERS}"):
            return True
    return False
