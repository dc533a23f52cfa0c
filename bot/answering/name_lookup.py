"""Finding a person or a topic by what somebody typed: by any of its names, misspelt, abbreviated or not finished yet."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import normalize, tokenize
from bot.story.models import LENGTHS, Person, Summary

READ = 200
"""Characters read of a name."""
MOST_WORDS = 8
"""Words of a name that is compared; one with more is only looked up as it stands."""
SHORT = 4
"""Letters below which a word has to be spelt right."""
MEDIUM = 6
"""Letters below which no letter may be another one: that makes another name of it (Dong, Deng)."""
LONG = 9
"""Letters from which a word may have two slips, and from which a single misspelt word is taken for the name itself."""
UNFINISHED = 3
"""Letters that a name which is typed to the end has to have in common with the one it abbreviates: Li is not Liberals."""
INITIALS = range(2, 6)
"""How many initials stand for a name."""
ARTICLES = frozenset(("the", "a", "an"))
EXACT, PREFIX, NEAR = 3, 2, 1
"""How well a word fits a word of a name."""


def bare(text: str) -> str:
    """Return a name as it is compared: in plain lower-case words, without its article."""
    return " ".join(_words(text))


def of_people(people: Iterable[Person]) -> "Names":
    """Return the names of people, their ids among them."""
    return Names((one.id, name) for one in people for name in (one.name, one.id, *one.aliases))


def _words(text: str) -> list[str]:
    return [word for word in tokenize(normalize(text, READ)) if word not in ARTICLES]


class _Name(Struct, frozen=True):
    id: str
    words: tuple[str, ...]
    main: bool
    """Whether it is what its owner is shown as."""


class Names:
    """Ids by every name that something goes by; where two share a name, it is the first one's."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        """`named`: (id, name), an id as often as it has names, its main one first."""
        self._ids: dict[str, str] = {}
        self._main: dict[str, str] = {}
        for id, name in named:
            self._ids.setdefault(bare(name), id)
            self._main.setdefault(id, bare(name))
        self._ids.pop("", None)

    def find(self, typed: str) -> str | None:
        """Return the id that goes by this name, or by one of which it can only be a part or a slip; None for no such id.

        Two letters swapped or one doubled, a slip in one word of several or in a long one. Where it may be another name
        (Deng, Telfor) it is left to `closest` to ask back.
        """
        wanted = self._read(typed)
        exact = self._ids.get(" ".join(wanted))
        if exact is not None or not wanted or len(wanted) > MOST_WORDS:
            return exact
        meant = {name.id for _, name in self._fitting(wanted, finished=True) if _slip(wanted, name.words)}
        meant = meant or set(self._sharing(wanted))
        return meant.pop() if len(meant) == 1 else None

    def sharing(self, typed: str, among: Collection[str]) -> list[str]:
        """Return those of these ids that share each of the words typed, such as a first name."""
        wanted = self._read(typed)
        return [id for id in self._sharing(wanted) if id in among] if 0 < len(wanted) <= MOST_WORDS else []

    def closest(
        self, typed: str, limit: int, among: Collection[str] | None = None, *, finished: bool = False
    ) -> list[str]:
        """Return the ids that may be meant, the likeliest first; none where nothing is like what was typed.

        Every word typed has to be one of theirs, the start of one or a slip of one, or the whole their initials. `finished`:
        whether the name was typed to the end, so that two letters no longer stand for whatever starts with them.
        """
        wanted = self._read(typed)
        if not wanted:
            return []
        whole = " ".join(wanted)
        found = [self._ids[whole]] if whole in self._ids else []
        if not finished:
            found += [id for id, name in self._main.items() if f" {whole}" in f" {name}"]
        found += self._initials.get(whole.replace(" ", ""), ())
        if len(wanted) <= MOST_WORDS:
            fitting = sorted(self._fitting(wanted, finished=finished), key=lambda one: -one[0])
            found += [name.id for _, name in fitting]
            found += self._sharing(wanted)
        return [id for id in dict.fromkeys(found) if among is None or id in among][:limit]

    def _read(self, typed: str) -> list[str]:
        """Return the words typed, without those that only ask where no name is written with them."""
        wanted = _words(typed)
        said = [word for word in wanted if word not in load_lexicon().question_words]
        return wanted if " ".join(wanted) in self._ids or not said else said

    @cached_property
    def _names(self) -> tuple[_Name, ...]:
        return tuple(_Name(id, tuple(name.split()), self._main[id] == name) for name, id in self._ids.items())

    @cached_property
    def _having(self) -> Mapping[str, tuple[int, ...]]:
        """For each word the numbers of the names that have it."""
        found: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            for word in dict.fromkeys(name.words):
                found.setdefault(word, []).append(number)
        return {word: tuple(numbers) for word, numbers in sorted(found.items())}

    @cached_property
    def _opening(self) -> Mapping[str, tuple[int, ...]]:
        """The same for the words whose start stands for a name: all of a main name, the first of another one."""
        names = self._names
        found = {
            word: tuple(n for n in numbers if names[n].main or names[n].words[0] == word)
            for word, numbers in self._having.items()
        }
        return {word: numbers for word, numbers in found.items() if numbers}

    @cached_property
    def _sorted(self) -> list[str]:
        return list(self._opening)

    @cached_property
    def _by_length(self) -> Mapping[int, list[str]]:
        found: dict[int, list[str]] = {}
        for word in self._having:
            found.setdefault(len(word), []).append(word)
        return found

    @cached_property
    def _initials(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, name in self._main.items():
            initials = "".join(word[0] for word in name.split())
            if len(initials) in INITIALS:
                found.setdefault(initials, []).append(id)
        return found

    def _fitting(self, wanted: list[str], *, finished: bool) -> list[tuple[float, _Name]]:
        """Return the names that have each of these words, with how well they fit."""
        fits = [self._fits(word, UNFINISHED if finished and len(wanted) == 1 else 1) for word in wanted]
        both = set(fits[0]).intersection(*fits[1:])
        found = []
        for number in sorted(both):
            name = self._names[number]
            score = sum(fit[number] for fit in fits) / len(fits) + min(1.0, len(fits) / len(name.words)) + name.main / 2
            found.append((score, name))
        return found

    def _sharing(self, wanted: list[str]) -> list[str]:
        """Return the ids with each of these words in some name, and one in the main name: Prime Minister Justin Trudeau."""
        owners = [{self._names[n].id for n in self._having.get(word, ())} for word in wanted]
        shared = owners[0].intersection(*owners[1:])
        return [id for id, name in self._main.items() if id in shared and not set(wanted).isdisjoint(name.split())]

    def _fits(self, word: str, least: int) -> dict[int, int]:
        """Return the numbers of the names that have a word like this, or one that starts with these at `least` so many
        letters, with how well it fits.
        """
        found: dict[int, int] = {}
        for near in self._near(word):
            found.update(dict.fromkeys(self._having[near], NEAR))
        if len(word) >= least:
            for known in self._starting(word):
                found.update(dict.fromkeys(self._opening[known], PREFIX))
        found.update(dict.fromkeys(self._having.get(word, ()), EXACT))
        return found

    def _starting(self, word: str) -> Iterator[str]:
        for at in range(bisect_left(self._sorted, word), len(self._sorted)):
            if not self._sorted[at].startswith(word):
                return
            yield self._sorted[at]

    def _near(self, word: str) -> Iterator[str]:
        """Yield the words of names that this one may be a misspelling of."""
        slips = 0 if len(word) < SHORT - 1 else 1 if len(word) < LONG else 2
        for length in range(len(word) - slips, len(word) + slips + 1):
            known = self._by_length.get(length, ())
            for near, distance, _ in process.extract_iter(word, known, scorer=OSA.distance, score_cutoff=slips):
                if _misspelt(word, near, int(distance)) or _squeezed(near) == _squeezed(word):
                    yield near


class Topics(Names):
    """The topics of a story by their titles, and by the words of their lines."""

    def __init__(self, topics: Iterable[Summary]) -> None:
        listed = list(topics)
        super().__init__((one.id, name) for one in listed for name in (one.title, one.id))
        self._lines = {one.id: _read(one) for one in listed}

    def like(self, typed: str) -> list[str]:
        """Return the topics that tell of what was typed, the most often first, then those whose title is like it.

        Those with a word in their title, or else in their lines, that starts like this tell of it; the first topic tells of
        everything, and does not count.
        """
        wanted = f" {bare(typed)}"
        if not wanted.strip():
            return []
        found = {id: (title.count(wanted), lines.count(wanted)) for id, (title, lines) in self._lines.items()}
        telling = [id for id in list(found)[1:] if any(found[id])]
        telling.sort(key=found.__getitem__, reverse=True)
        return list(dict.fromkeys([*telling, *self.closest(typed, len(found))]))


def _read(topic: Summary) -> tuple[str, str]:
    """Return the title and the lines of a topic in plain words, each with a space before it."""
    lines = " ".join(bare(point.text) for length in LENGTHS for point in topic.points[length])
    return f" {bare(topic.title)}", f" {lines}"


def _misspelt(word: str, other: str, distance: int) -> bool:
    """Return whether one word is a misspelling of the other: with the same first letter, or two neighbours swapped."""
    shorter = min(len(word), len(other))
    if _swapped(word, other):
        return shorter >= SHORT
    if shorter < MEDIUM:
        return shorter >= SHORT and distance == 1 and len(word) != len(other) and word[0] == other[0]
    return word[0] == other[0] and distance <= (1 if shorter < LONG else 2)


def _swapped(word: str, other: str) -> bool:
    return sorted(word) == sorted(other) and OSA.distance(word, other) == 1


def _squeezed(word: str) -> str:
    return "".join(letter for letter, before in zip(word, f" {word}", strict=False) if letter != before)


def _slip(wanted: list[str], name: tuple[str, ...]) -> bool:
    """Return whether what was typed can only be this name: see `Names.find`."""
    if len(wanted) != len(name):
        return False
    wrong = [(word, meant) for word, meant in zip(wanted, name, strict=True) if word != meant]
    least = SHORT + 1 if len(wrong) < len(name) else LONG
    return all(_squeezed(word) == _squeezed(meant) or _one_slip(word, meant, least) for word, meant in wrong)


def _one_slip(word: str, meant: str, least: int) -> bool:
    """Return whether a word is surely a misspelling: two letters swapped, or in one of at least so many letters any slip."""
    shorter = min(len(word), len(meant))
    slips = int(OSA.distance(word, meant))
    return shorter >= (SHORT if _swapped(word, meant) else least) and _misspelt(word, meant, slips)
