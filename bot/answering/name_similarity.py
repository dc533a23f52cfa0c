"""Whether one word of a name is a misspelling of another: strict where one letter makes another name (Dong, Deng). Pure."""

import re
from itertools import groupby

from rapidfuzz.distance import OSA

MIN_LENGTH = 4
"""Letters below which a word must be spelt right."""
SLIP_LENGTHS = (MIN_LENGTH - 1, MIN_LENGTH)
"""Letters of two short words of which one may be a slip for the other."""
MEDIUM_LENGTH = 6
"""Letters below which no letter may be replaced by another: that makes another name of it."""
LONG_LENGTH = 9
"""Letters from which a word may have two edits, and from which a single misspelt word is taken for the name itself."""

SOUNDS = (("ph", "f"), ("ck|c(?=[aoukr])|q", "k"), ("z", "s"), ("(?<=.)(ie|ey|i)$", "y"))
"""Letters that sound like others."""


def max_edits(word: str) -> int:
    """Return how many edits (optimal string alignment) a misspelling of a word may have."""
    if len(word) < MIN_LENGTH - 1:
        return 0
    return 1 if len(word) < LONG_LENGTH else 2


def may_be_misspelling(word: str, other: str) -> bool:
    """Return whether one word may be the other misspelt: the same first letter, or two neighbouring letters swapped."""
    shorter = min(len(word), len(other))
    if is_transposition(word, other):
        return shorter >= MIN_LENGTH
    edits = OSA.distance(word, other)
    if shorter < MEDIUM_LENGTH:
        return shorter >= MIN_LENGTH and edits == 1 and len(word) != len(other) and word[0] == other[0]
    return word[0] == other[0] and edits <= max_edits(min(word, other, key=len))


def is_surely(typed: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Return whether the words typed can only be this name.

    They are, if each is right, has a letter doubled or not doubled, or two letters swapped. One of several words may have any
    edit from MIN_LENGTH + 1 letters on; if all are wrong, or there is only one, each needs LONG_LENGTH letters for that.
    """
    if len(typed) != len(name):
        return False
    wrong = [(word, meant) for word, meant in zip(typed, name, strict=True) if word != meant]
    min_length = MIN_LENGTH + 1 if len(wrong) < len(name) else LONG_LENGTH
    return all(squeeze(word) == squeeze(meant) or _is_edit(word, meant, min_length) for word, meant in wrong)


def may_be_slip(word: str, other: str) -> bool:
    """Return whether a short word may be the other with a letter missing or too many, or with two letters swapped: dog, Dong.

    Too little on its own; only beside another word of the name that is right.
    """
    if min(len(word), len(other)) != SLIP_LENGTHS[0] or word[0] != other[0]:
        return False
    return OSA.distance(word, other) == 1 and (len(word) != len(other) or is_transposition(word, other))


def sound(word: str) -> str:
    """Return a word as it sounds, roughly, so that those spelt by ear are alike: Murphy and Murfy, Joly and Jolie."""
    for letters, spoken in SOUNDS:
        word = re.sub(letters, spoken, word)
    return squeeze(word)


def is_transposition(word: str, other: str) -> bool:
    """Return whether two neighbouring letters are swapped."""
    return sorted(word) == sorted(other) and OSA.distance(word, other) == 1


def squeeze(word: str) -> str:
    """Return a word with each run of one letter as a single letter."""
    return "".join(letter for letter, _ in groupby(word))


def _is_edit(word: str, meant: str, min_length: int) -> bool:
    shorter = min(len(word), len(meant))
    return shorter >= (MIN_LENGTH if is_transposition(word, meant) else min_length) and may_be_misspelling(word, meant)
