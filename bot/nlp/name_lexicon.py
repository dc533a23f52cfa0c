"""The words that tell what an English name is the name of; see `lexicons/en_names.toml`."""

from collections.abc import Mapping
from functools import cache

import msgspec
import tomli
from msgspec import Struct

from bot.nlp.lexicon import FOLDER, Words


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    titles: str
    occupations: str
    person_verbs: str
    place_verbs: str
    given_names: str
    heads: dict[str, str]
    joining: dict[str, str]
    places: dict[str, str]


class NameLexicon(Struct, frozen=True):
    """Words in lower case; those of several words have blanks."""

    titles: Words
    occupations: Words
    person_verbs: Words
    place_verbs: Words
    given_names: Words
    heads: Mapping[str, Words]
    """The last words of names, by kind: body, place, document, event or work."""
    joining: Mapping[str, Words]
    """The words after which 'of', 'for' and 'on' join a name; under 'particles' words that join any name."""
    countries: Mapping[str, str]
    """The country, by its adjectives and peoples."""
    places: Words

    @property
    def all_heads(self) -> Words:
        """The last words of names of any kind."""
        return frozenset().union(*self.heads.values())


@cache
def load_name_lexicon() -> NameLexicon:
    """Load the lexicon. The file is read once in a process."""
    file = msgspec.convert(tomli.loads((FOLDER / "en_names.toml").read_text("utf-8")), _File)
    pairs = [pair.replace("_", " ").partition(":") for pair in file.places["adjectives"].split()]
    countries = {word: country for country, _, words in pairs for word in words.split(",")}
    return NameLexicon(
        titles=_words(file.titles),
        occupations=_words(file.occupations),
        person_verbs=_words(file.person_verbs),
        place_verbs=_words(file.place_verbs),
        given_names=_words(file.given_names),
        heads={kind: _words(text) for kind, text in file.heads.items()},
        joining={word: _words(text) for word, text in file.joining.items()},
        countries=countries,
        places=_words(file.places["known"]).union(countries.values()),
    )


def _words(text: str) -> Words:
    return frozenset(word.replace("_", " ") for word in text.split())
