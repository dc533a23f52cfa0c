"""Lines laid out for a terminal: runs of text in one style each, wrapped at a width in columns. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from bot.cards.card import Line, LineKind, Span
from bot.nlp.sanitize import sanitize

_TOKENS = re.compile(r" +|[^ ]+")
_UNSAFE_IN_ADDRESS = re.compile(r"[^!-~]")
"""OSC 8 allows only these characters in an address; the others have to be percent-encoded."""
PREFIXES: dict[LineKind, tuple[str, str]] = {"quote": ("│ ", "│ "), "item": ("- ", "  ")}
"""What stands before the first and before each further row of a line."""


class Run(Struct, frozen=True):
    """Text in one style. style: a name that the console has a colour for; url: what it links to."""

    text: str
    style: str = "plain"
    url: str = ""


class _Word(Struct):
    """Runs that stay together, and the blanks before them."""

    blanks: str
    runs: list[Run]
    ends: bool = False
    """Whether a row may end after it although no blank follows."""

    @property
    def width(self) -> int:
        return sum(cell_width(run.text) for run in self.runs)


def cell_width(text: str) -> int:
    """Return how many columns a text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def card_rows(line: Line, width: int) -> Iterator[list[Run]]:
    """Yield the rows of a card's line: the bar before each row of a quote, a dash before an item."""
    first, following = PREFIXES.get(line.kind, ("", ""))
    yield from wrap([_run(span, line.kind) for span in line.spans], width, Run(first, "hint"), Run(following, "hint"))


def _run(span: Span, kind: LineKind) -> Run:
    text = f"[{span.text}]" if span.style == "badge" else span.text
    kind_style = {"small": "hint", "heading": "strong"}.get(kind, "plain")
    return Run(text, span.style if span.style != "plain" else kind_style, span.url)


def wrap(runs: Iterable[Run], width: int, first: Run, following: Run) -> Iterator[list[Run]]:
    """Yield rows of at most `width` columns, made safe to display; a word that is longer gets a row of its own.

    first, following: what the first and each further row begins with. Rows end between words, so a row never ends within an
    escape sequence, which the console writes around whole runs.
    """
    row, used = [first], cell_width(first.text)
    is_blank = True
    for word in _words(runs):
        blanks = word.blanks
        if not is_blank and used + len(blanks) + word.width > width:
            yield _merged(row)
            row, used, blanks = [following], cell_width(following.text), ""
        begins, before = word.runs[0], row[-1]
        goes_on = not is_blank and (before.style, before.url) == (begins.style, begins.url)
        row += [Run(blanks, begins.style, begins.url) if goes_on else Run(blanks), *word.runs]
        used += len(blanks) + word.width
        is_blank = False
    yield _merged(row)


def _words(runs: Iterable[Run]) -> Iterator[_Word]:
    """Yield the words of a line. A word may have several styles, and is sanitized."""
    word: _Word | None = None
    blanks = ""
    for run in runs:
        for token in _tokens(sanitize(run.text, lines=False)):
            if token[0] == " ":
                blanks += token
                continue
            ends = len(token) == 1 and _ends_row(token)
            if word and not blanks and not word.ends and not ends:
                word.runs.append(Run(token, run.style, run.url))
                continue
            if word:
                yield word
            word, blanks = _Word(blanks, [Run(token, run.style, run.url)], ends=ends), ""
    if word:
        yield word


def _tokens(text: str) -> Iterator[str]:
    """Yield blanks and words; of a script that is written without blanks each character."""
    for token in _TOKENS.findall(text):
        if token.isascii():
            yield token
        else:
            for ends, characters in groupby(token, _ends_row):
                part = "".join(characters)
                yield from part if ends else (part,)


def _ends_row(character: str) -> bool:
    """Return whether a row may end before and after a character: an ideograph, a kana or a syllable of Hangul."""
    return unicodedata.east_asian_width(character) in "WF" and unicodedata.category(character) == "Lo"


def _merged(row: Sequence[Run]) -> list[Run]:
    """Return the runs of a row with neighbours of one style and link made one, and without empty ones."""
    merged: list[Run] = []
    for run in row:
        if not run.text:
            continue
        if merged and (merged[-1].style, merged[-1].url) == (run.style, run.url):
            merged[-1] = Run(merged[-1].text + run.text, run.style, run.url)
        else:
            merged.append(run)
    return merged


def clean_address(url: str) -> str:
    """Return an address without blanks or control characters, percent-encoded where it is not ASCII."""
    visible = "".join(sanitize(url, lines=False).split())
    return _UNSAFE_IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), visible)


def addresses(lines: Iterable[Line]) -> list[Run]:
    """Return what links in these lines and where to, each pair once, in order."""
    links = (Run(span.text, url=span.url) for line in lines for span in line.spans if span.url)
    return list(dict.fromkeys(links))
