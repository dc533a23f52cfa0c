"""Whom a text speaks of, and where, by any of the names that the base knows. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from bot.nlp.name_finder import NameFinder
from bot.story.models import Person


class Mention(Struct, frozen=True):
    """A person's name in a text, from `start` to `end` (exclusive)."""

    start: int
    end: int
    person: str
    """The person's id."""


class PeopleFinder:
    """Finds the people of one base. Names may be written in any case; the longest of overlapping ones counts."""

    def __init__(self, people: Iterable[Person]) -> None:
        names: dict[str, str] = {}
        for person in people:
            for name in (person.name, *person.aliases):
                names.setdefault(name.lower(), person.id)
        self._names: Mapping[str, str] = names
        self._finder = NameFinder(names)

    def mentions(self, text: str) -> list[Mention]:
        """Return the mentions in a text, in its order."""
        lower = text.lower()
        if len(lower) != len(text):  # a few letters have more than one small letter
            return []
        found: list[Mention] = []
        for name in sorted(self._finder.find(lower), key=len, reverse=True):
            start = lower.find(name)
            while start >= 0:
                end = start + len(name)
                is_word = not lower[start - 1 : start].isalnum() and not lower[end : end + 1].isalnum()
                if is_word and all(end <= other.start or other.end <= start for other in found):
                    found.append(Mention(start, end, self._names[name]))
                start = lower.find(name, end)
        return sorted(found, key=lambda mention: mention.start)
