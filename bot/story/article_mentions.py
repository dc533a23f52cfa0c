"""The dates, numbers and quotations of a paragraph, as a base records them. Pure; English."""

import re
import textwrap
from collections.abc import Iterable, Iterator

from bot.nlp.lexicon import load_lexicon
from bot.story import field_lengths
from bot.story.sentences import SENTENCE_BREAK

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = rf"(?:{_MONTHS.replace('|May|', '|')})"
_DATE = re.compile(
    rf"\b(?:(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTHS})(?:,? \d{{4}})?"
    rf"|(?:{_MONTHS}),? (?:of )?\d{{4}}"
    rf"|{_MONTH}|(?<=\b[Ii]n )May|(?<=\b[Oo]f )May|(?<=\bmid-)May|(?<=\buntil )May|(?<=\bsince )May"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?(?: (?:mornings?|afternoons?|evenings?|nights?))?)\b"
)
_FIGURE = re.compile(r"\b\d+(?:[.,]\d+)*(?:st|nd|rd|th|s)?\b")
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUMBER_WORDS = frozenset(
    (
        "thirteen fourteen fifteen sixteen seventeen eighteen nineteen hundred hundreds thousand thousands million millions "
        "billion billions trillion dozen dozens half quarter third thirds twice thrice double triple"
    ).split()
) | set(_TENS.split("|"))
_UNCOUNTED = frozenset(("one", "once", "zero"))
"""Words that seldom count anything."""
_ORDINAL = re.compile(r"(?:a|one|two|-) ?$", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]|(?<![\w’'])[‘']([^‘’'\n]{3,}?)[’'](?!\w)")


def find_days(text: str) -> list[str]:
    """Return the dates and weekdays of a text as written, each as a whole: '18 January 1974', 'Wednesday afternoon'."""
    return unique(match[0] for match in _DATE.finditer(text))


def find_numbers(text: str) -> list[str]:
    """Return the numbers of a text outside its dates, figures and words, as written."""
    rest = _DATE.sub(lambda match: " " * len(match[0]), text)
    found = [(match.start(), match[0]) for match in _FIGURE.finditer(rest)]
    known = (_NUMBER_WORDS | load_lexicon().number_words.keys()) - _UNCOUNTED
    for match in re.finditer(rf"\b(?:(?:{_TENS})-)?[a-z]+\b", rest, re.IGNORECASE):
        word = match[0].casefold().rpartition("-")[2]
        is_ordinal = word == "third" and not _ORDINAL.search(rest[: match.start()])
        if word in known and not is_ordinal:
            found.append((match.start(), match[0].casefold()))
    return unique(number for _, number in sorted(found))


def find_quotes(text: str) -> list[str]:
    """Return what a text quotes, word for word; a long quotation in pieces that a base can record."""
    phrases = (match[1] or match[2] for match in _QUOTED.finditer(text))
    return unique(piece.strip() for phrase in phrases for piece in _pieces(phrase) if piece.strip())


def _pieces(phrase: str) -> Iterator[str]:
    """Yield a quotation, or its sentences where it is too long, each cut at a word."""
    if len(phrase) <= field_lengths.QUOTE:
        yield phrase
        return
    for sentence in SENTENCE_BREAK.split(phrase):
        yield from textwrap.wrap(sentence, field_lengths.QUOTE, break_on_hyphens=False)


def unique(texts: Iterable[str]) -> list[str]:
    """Return texts that differ in more than case, in order."""
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(text.casefold(), text)
    return list(first.values())
