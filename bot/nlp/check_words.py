"""The words by which the validation reads answers (`lexicons/en_checks.toml`): who says so, what is alleged, how many."""

from collections.abc import Mapping
from functools import cache

import msgspec
import tomli
from msgspec import Struct

from bot.nlp.lexicon import FOLDER

FILE = "en_checks.toml"


class CheckWordsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The file, where each field is explained."""

    attribution: str
    attribution_phrases: tuple[str, ...]
    allegation: str
    allegation_phrases: tuple[str, ...]
    denial: str
    denial_phrases: tuple[str, ...]
    no_names: str
    amounts: str
    numbers: Mapping[str, int]
    tens: Mapping[str, int]
    scales: Mapping[str, int]


class CheckWords(Struct, frozen=True):
    """The same as sets, all in lower case."""

    attribution: tuple[str, ...]
    """Words and phrases, those of alleging and denying among them."""
    allegation: tuple[str, ...]
    denial: tuple[str, ...]
    no_names: frozenset[str]
    amounts: frozenset[str]
    numbers: Mapping[str, int]
    """Words below twenty that always count something, as 'one' does not."""
    tens: Mapping[str, int]
    scales: Mapping[str, int]


@cache
def load_check_words() -> CheckWords:
    """Load the words. The file is read once in a process."""
    file = msgspec.convert(tomli.loads((FOLDER / FILE).read_text("utf-8")), CheckWordsFile)
    allegation = (*file.allegation.split(), *file.allegation_phrases)
    denial = (*file.denial.split(), *file.denial_phrases)
    return CheckWords(
        attribution=(*file.attribution.split(), *file.attribution_phrases, *allegation, *denial),
        allegation=allegation,
        denial=denial,
        no_names=frozenset(file.no_names.split()),
        amounts=frozenset(file.amounts.split()),
        numbers=file.numbers,
        tens=file.tens,
        scales=file.scales,
    )
