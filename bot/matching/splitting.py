"""Split a message into the questions it asks."""

import re
from functools import cache
from itertools import pairwise

from msgspec import Struct

from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import normalize, tokenize

MAX_CHARACTERS = 2000
"""Characters of a message that are looked at."""
MAX_QUESTIONS = 3
MIN_TOKENS = 3
"""Tokens below which a part of a message is no question of its own."""
OPENING_TOKENS = 4
"""Tokens of a part of which one has to be a question word."""


class _Splitter(Struct, frozen=True):
    """Where a message may be split into questions, and the words that tell quickly whether it may be."""

    boundary: re.Pattern[str]
    conjunctions: frozenset[str]
    question_openers: tuple[str, ...]


def split_questions(text: str) -> tuple[str, ...]:
    """Return the questions in `text`, at most `MAX_QUESTIONS`; none where it is a single one."""
    text = " ".join(text[:MAX_CHARACTERS].split())  # runs of blanks would take the pattern quadratic time
    if "?" not in text[:-1] and not _may_join_questions(text):  # most messages; the rest takes longer
        return ()
    parts = [part.strip(" ,;.") for part in _splitter().boundary.split(text) if part and part.strip(" ,;.?!")]
    questions = [part for part in parts if _is_question(part)]
    return tuple(questions[:MAX_QUESTIONS]) if len(questions) > 1 and len(questions) == len(parts) else ()


def _may_join_questions(text: str) -> bool:
    """Return whether a conjunction is followed by something that can open a question."""
    splitter = _splitter()
    words = text.casefold().split()
    return any(
        word in splitter.conjunctions and following.startswith(splitter.question_openers)
        for word, following in pairwise(words)
    )


def _is_question(part: str) -> bool:
    tokens = tokenize(normalize(part))
    question_words = load_lexicon().question_words
    return len(tokens) >= MIN_TOKENS and any(token in question_words for token in tokens[:OPENING_TOKENS])


@cache
def _splitter() -> _Splitter:
    lexicon = load_lexicon()
    chat_spellings = {
        typed
        for typed, meant in lexicon.chat_spellings.items()
        if len(typed) > 1 and meant.partition(" ")[0] in lexicon.interrogatives
    }
    openers = sorted((lexicon.question_words | chat_spellings) - {"est-ce"}, key=len, reverse=True)
    conjunctions = lexicon.conjunctions
    boundary = (
        r"(?<!\?)\?++[\s,;]*(?:and|but|also)?\s+"
        rf"|[,;.]?\s+(?:{'|'.join(sorted(conjunctions))})\s+(?:also\s+)?(?=(?:{'|'.join(openers)})\b)"
    )
    return _Splitter(re.compile(boundary, re.IGNORECASE), conjunctions, (*openers, "also"))
