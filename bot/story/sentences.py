"""Where a text's sentences end, as far as punctuation tells."""

import re

SENTENCE_BREAK = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|St)\.)(?<!\bMrs\.)\s+(?=[A-ZÀ-Þ])",
)
"""The blanks between two sentences: not those after a title or an initial."""


def first_sentence(text: str) -> str:
    """Return the first sentence of a text."""
    return SENTENCE_BREAK.split(text, maxsplit=1)[0]
