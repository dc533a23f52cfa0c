"""Two questions in one message, taken apart."""

import re
from itertools import pairwise

from bot.nlp import lexicon
from bot.nlp.normalize import normalise, words

_TYPED = {
    typed
    for typed, meant in lexicon.SPELLINGS.items()
    if len(typed) > 1 and meant.partition(" ")[0] in lexicon.WH_WORDS
}
"""Words that ask as people type them: wen, wat, whos."""
_ASKING = tuple(sorted(lexicon.WH_WORDS | _TYPED | lexicon.WHETHER - {"est-ce"}, key=len, reverse=True))
_AFTER_JOINING = (*_ASKING, "also")
_JOINING = frozenset(("and", "et", "n", "&"))
_BETWEEN = re.compile(
    rf"(?<!\?)\?++[\s,;]*(?:and|but|also)?\s+|[,;.]?\s+(?:{'|'.join(sorted(_JOINING))})\s+(?:also\s+)?(?=(?:{'|'.join(_ASKING)})\b)",
    re.IGNORECASE,
)
LONGEST = 2000
"""Characters of a message that are looked at."""
MOST = 3
SHORTEST = 3
"""Words below which a piece of a message is no question of its own."""


def split(text: str) -> tuple[str, ...]:
    """The questions in `text`, at most `MOST`; none where it is a single one."""
    text = text[:LONGEST].strip()
    if "?" not in text[:-1] and not _joined(text):  # most messages; the rest takes longer
        return ()
    pieces = [piece.strip(" ,;.") for piece in _BETWEEN.split(text) if piece and piece.strip(" ,;.?!")]
    questions = [piece for piece in pieces if _asks(piece)]
    return tuple(questions[:MOST]) if len(questions) > 1 and len(questions) == len(pieces) else ()


def _joined(text: str) -> bool:
    """Whether a word that joins may be followed by one that asks."""
    typed = text.casefold().split()
    return any(word in _JOINING and after.startswith(_AFTER_JOINING) for word, after in pairwise(typed))


def _asks(piece: str) -> bool:
    spelt = words(normalise(piece))
    return len(spelt) >= SHORTEST and any(word in lexicon.WH_WORDS or word in lexicon.WHETHER for word in spelt[:4])
