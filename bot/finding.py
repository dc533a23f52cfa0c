"""Finding a person or a topic by what somebody typed: by any of its names, misspelt or not."""

from collections.abc import Collection, Iterable

from rapidfuzz import fuzz, process

from bot.language.text import normalise, words

CLOSE = 75
"""Similarity, of 100, from which a name is taken for a misspelt one."""
CLOSE_SHORT = 86
"""The same for a short name: one wrong letter of four makes another name of it (Dong, Deng)."""
SHORT = 4
"""Letters up to which a name is short."""
ARTICLES = frozenset(("the", "a", "an"))


def bare(text: str) -> str:
    """A name as it is compared: in plain lower-case words, without its article."""
    return " ".join(word for word in words(normalise(text[:200])) if word not in ARTICLES)


class Names:
    """Ids by every name that something goes by; where two share a name, it is the first one's."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """`named`: (id, name), an id as often as it has names, its main one first."""
        self._ids: dict[str, str] = {}
        self._main: dict[str, str] = {}
        """The first name of each id, which is what it is shown as."""
        for id, name in named:
            self._ids.setdefault(bare(name), id)
            self._main.setdefault(id, bare(name))
        self._ids.pop("", None)

    def find(self, typed: str) -> str | None:
        """The id that goes by this name, or by one so close that it has to be meant; None: nothing does."""
        wanted = bare(typed)
        if wanted in self._ids or not wanted:
            return self._ids.get(wanted)
        close = CLOSE if len(wanted) > SHORT else CLOSE_SHORT
        found = process.extractOne(wanted, list(self._ids), scorer=fuzz.ratio, score_cutoff=close)
        return self._ids[found[0]] if found else None

    def closest(self, typed: str, limit: int, among: Collection[str] | None = None) -> list[str]:
        """Ids of those `among` these, the closest first: with a word that starts like this, then by likeness; none for no text."""
        wanted = bare(typed)
        if not wanted:
            return []
        names = [name for name, id in self._ids.items() if among is None or id in among]
        starting = [
            id for id, name in self._main.items() if f" {wanted}" in f" {name}" and (among is None or id in among)
        ]
        found = process.extract(wanted, names, scorer=fuzz.WRatio, limit=limit * 4)
        return list(dict.fromkeys([*starting, *(self._ids[name] for name, _, _ in found)]))[:limit]
