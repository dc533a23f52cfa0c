"""Numbers of a text, in figures or in words, as values that can be compared: 'twenty-five', '25' and '25.0' are one."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from msgspec import Struct

from bot.nlp.check_words import load_check_words

_DECADE = re.compile(r"(\d{2,3})0s")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class Number(Struct, frozen=True):
    """A number that a text mentions.

    mention: as it stands there; value: in figures, with a following 'million' and the like; digits: the same without it.
    """

    mention: str
    value: str
    digits: str
    end: int
    """Where it ends in the text."""


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a number: figures or words, and the scales that follow."""
    words = load_check_words()
    tens, scales = "|".join(words.tens), "|".join(words.scales)
    small = "|".join(["one", *words.numbers])
    return re.compile(
        rf"(?:(?<![\w.])(?<![A-Za-z]-)(?P<figures>\d+(?:[.,]\d+)*)(?P<decade>s)?(?!\w)"
        rf"|\b(?P<tens>{tens})(?:[- ](?P<unit>one|two|three|four|five|six|seven|eight|nine))?\b"
        rf"|\b(?P<small>{small}|an?(?=[ -](?:{scales})\b))\b)"
        rf"(?P<scales>(?:[- ](?:{scales})\b)*)",
        re.IGNORECASE,
    )


def find_numbers(text: str) -> Iterator[Number]:
    """Yield each number of a text, left out 'one' and 'zero', which often count nothing."""
    words = load_check_words()
    small = {**words.numbers, "one": 1, "a": 1, "an": 1}
    for match in _pattern().finditer(text):
        scales = re.findall(r"[a-z]+", match["scales"].casefold())
        if match["figures"]:
            digits = _plain(match["figures"]) + ("s" if match["decade"] else "")
        else:
            ten = words.tens.get((match["tens"] or "").casefold(), 0)
            digits = str(ten + small.get((match["unit"] or match["small"] or "").casefold(), 0))
        if digits != "1" or match["figures"] or scales:
            yield Number(match[0], _scaled(digits, scales), digits, match.end())


def _plain(figures: str) -> str:
    """Return figures without separators of thousands and without zeros that say nothing."""
    if _THOUSANDS.fullmatch(figures):
        figures = figures.replace(",", "")
    whole, point, rest = figures.partition(".")
    return figures if not point or "." in rest or "," in rest else f"{whole}.{rest}".rstrip("0").rstrip(".")


def _scaled(digits: str, scales: list[str]) -> str:
    """Return the value of a number with its scales, 'two' 'hundred' 'thousand'."""
    if not scales:
        return digits
    factors = load_check_words().scales
    try:
        value = float(digits)
    except ValueError:
        return " ".join([digits, *scales])
    for scale in scales:
        value *= factors[scale]
    return f"{value:.6f}".rstrip("0").rstrip(".")


class KnownNumbers(Struct, frozen=True):
    """The numbers that a paragraph has. scales: the scales that occur in it ('million').

    is_complete: its text is known; the records of a paragraph may leave out what follows a number, and decades.
    """

    values: frozenset[str]
    digits: frozenset[str]
    scales: frozenset[str]
    is_complete: bool

    @classmethod
    def of(cls, *texts: str, is_complete: bool) -> "KnownNumbers":
        """Return the numbers of some texts."""
        numbers = list(chain.from_iterable(map(find_numbers, texts)))
        return cls(
            frozenset(number.value for number in numbers),
            frozenset(number.digits for number in numbers),
            frozenset(scale for scale in load_check_words().scales for text in texts if scale in text.casefold()),
            is_complete,
        )

    def have(self, number: Number) -> bool:
        """Tell whether a number is among these; a decade if a year of it is."""
        if number.value in self.values or (number.digits in self.digits and not self.is_complete):
            return True
        if decade := _DECADE.fullmatch(number.digits):
            in_decade = re.compile(rf"{decade[1]}\d").fullmatch
            return not self.is_complete or any(map(in_decade, self.values))
        scales = re.findall(r"[a-z]+", number.mention.casefold()) if number.digits != number.value else []
        return number.digits in self.digits and bool(scales) and scales[-1] in self.scales
