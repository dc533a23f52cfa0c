"""Words in, meaning out: who is named, what happened, what is asked for.

A term is one unit of meaning: `@id` somebody in the story, `#concept` a word of its vocabulary, `=2021` a number, `!not` a
negation, anything else the stem of an ordinary word. Questions and phrasings are analysed by the same rules, so that a
question is held against a phrasing term by term.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from bot.language import english
from bot.language.text import Stems, normalise, words

NOT = "!not"
ARTICLES = frozenset("the a an this that these those le la les l un une des du de of to".split())
ASKING = english.WH_WORDS
POINTING = frozenset("who whom whose what which how quel quelle quels quelles qui".split())
"""Words that ask about the word after them: 'who chairs', 'which committee'."""
FAR = 3
"""Words after a word that asks, up to which it may be about them."""
MIN_MISSPELT = 4
"""Shortest word that may be taken for a misspelt one."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a question says. `terms` in order, without repeats."""

    plain: str
    """The words as read, misspelt ones corrected."""
    terms: tuple[str, ...]
    asks: frozenset[str]
    """What is asked for: who, when, where, why, how-many, … or whether."""
    focus: tuple[str, ...]
    """The terms right after who, what, which or how many: what the reply has to be about."""
    corrected: tuple[tuple[str, str], ...]
    """Words taken for misspelt ones, with what they were taken for."""
    leaning: bool
    """Leans on an earlier question: 'and what did he say?', 'why?'."""
    words: tuple[str, ...]
    said: Mapping[str, str]
    """The words that each term was read from."""
    borrowed: frozenset[str] = frozenset()
    """Terms that come from an earlier question."""

    @property
    def people(self) -> frozenset[str]:
        """The terms that name somebody."""
        return frozenset(term for term in self.terms if term[0] == "@")

    @property
    def numbers(self) -> frozenset[str]:
        """The terms that are numbers."""
        return frozenset(term for term in self.terms if term[0] == "=")


@lru_cache(maxsize=2)
def listed_words(name: str) -> frozenset[str]:
    """The words of a list shipped with `bot.language`."""
    text = files("bot.language").joinpath(name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


class Analyser:
    """Turns text into an Analysis with one story's names and vocabulary.

    aliases: every name of somebody, to its id; concepts: words that mean the same, by concept; members: what a group
    stands for; ordinary: further texts whose words are spelt right (the phrasings of the base).
    """

    def __init__(
        self,
        *,
        aliases: Mapping[str, str],
        concepts: Mapping[str, Collection[str]],
        members: Mapping[str, Collection[str]],
    ) -> None:
        self._stem = Stems()
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        """Names by their first word, and the words of the vocabulary by the stem of theirs."""
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._story_words: set[str] = set()
        self._groups = {f"@{member}": f"@{group}" for group, ids in members.items() for member in ids}
        for name, term in [(name, f"@{id}") for name, id in aliases.items()] + [
            (word, f"#{concept}") for concept, listed in concepts.items() for word in listed
        ]:
            self._learn(name, term)
        for listed_phrases in (*self._names.values(), *self._phrases.values()):
            listed_phrases.sort(key=lambda phrase: -len(phrase[0]))
        self._right = (
            set(listed_words("common_words.txt")) | set(english.SPELLINGS) | english.FUNCTION | english.WH_WORDS
        )
        self._right |= english.NEGATIONS | english.ANAPHORA | english.WHETHER | set(english.NUMBER_WORDS)
        self._right_stems: frozenset[str] = frozenset()
        self._targets: list[str] = []
        self._corrections: dict[str, str | None] = {}
        self.spells(())

    def spells(self, texts: Iterable[str]) -> None:
        """Takes the words of these texts as spelt right, where they occur at least twice."""
        seen: dict[str, int] = {}
        for text in texts:
            for word in set(words(normalise(text))):
                seen[word] = seen.get(word, 0) + 1
        self._right |= {word for word, count in seen.items() if count > 1}
        self._right_stems = listed_words("other_stems.txt") | {self._stem(word) for word in self._right}
        self._targets = sorted(word for word in self._story_words | self._right if len(word) >= MIN_MISSPELT)
        self._corrections.clear()

    def _learn(self, name: str, term: str) -> None:
        spelt = words(normalise(name))
        self._story_words.update(spelt)
        plain = tuple(word for word in spelt if word not in ARTICLES)
        if not plain:
            return
        forms: tuple[tuple[str, ...], ...]
        if term[0] == "@":  # a name as it is spelt, also as in 'trudeaus office'; 'reporters' are not the report
            forms, listed_in = (plain, (*plain[:-1], plain[-1] + "s")), self._names
        else:
            forms, listed_in = (tuple(self._stem(word) for word in plain),), self._phrases
        for known in forms:
            listed = listed_in.setdefault(known[0], [])
            if all(known != other for other, _ in listed):
                listed.append((known, term))

    def correct(self, word: str) -> str | None:
        """The word of the story that `word` is a misspelling of, or None where it is none.

        Short words need the same first letter and one slip (optimal string alignment); longer ones may have two or three.
        """
        if word in self._corrections:
            return self._corrections[word]
        found = self._correct(word)
        if len(self._corrections) < 100_000:
            self._corrections[word] = found
        return found

    def _correct(self, word: str) -> str | None:
        size = len(word)
        if size < MIN_MISSPELT or size > 30 or word in self._right or word in self._story_words or not word.isalpha():
            return None
        stem = self._stem(word)
        if stem in self._phrases or stem in self._right_stems:
            return None
        slips = 1 if size < 6 else 2 if size < 9 else 3
        near = process.extract(word, self._targets, scorer=OSA.distance, score_cutoff=slips, limit=12)
        best: tuple[float, str] | None = None
        for target, distance, _ in near:
            if distance >= len(target) - 2 or (size < 6 and target[0] != word[0]) or abs(len(target) - size) > 2:
                continue
            score = JaroWinkler.similarity(word, target) - 0.1 * distance + 0.03 * (target in self._story_words)
            if best is None or score > best[0]:
                best = (score, target)
        # Closest to an ordinary word: a slip that changes nothing for us.
        return best[1] if best and best[0] > 0.55 and best[1] in self._story_words else None

    def __call__(self, text: str) -> Analysis:
        """The meaning of `text`, however it is typed. Never raises."""
        spelt: list[str] = []
        corrected: list[tuple[str, str]] = []
        for word in words(normalise(text)):
            right = self.correct(word)
            if right is not None:
                corrected.append((word, right))
            spelt.append(right or word)
        return self._understand(tuple(spelt[:400]), tuple(corrected))

    def _understand(self, spelt: tuple[str, ...], corrected: tuple[tuple[str, str], ...]) -> Analysis:
        slots = self._slots(spelt)
        terms: dict[str, None] = {}
        for _, _, term in slots:
            if term is not None:
                terms[term] = None
                if term in self._groups:
                    terms[self._groups[term]] = None
        asks = _asks(spelt)
        named = any(term[0] == "@" for term in terms)
        pronoun = any(word in english.ANAPHORA for word in spelt)
        leaning = bool(spelt) and (len(terms) <= 1 or spelt[0] in english.OPENERS or (pronoun and not named))
        return Analysis(
            plain=" ".join(spelt),
            terms=tuple(terms),
            asks=asks,
            focus=_focus(spelt, slots),
            corrected=corrected,
            leaning=leaning,
            words=spelt,
            said={term: " ".join(spelt[start:end]) for start, end, term in reversed(slots) if term is not None},
        )

    def _slots(self, spelt: tuple[str, ...]) -> list[tuple[int, int, str | None]]:
        """(start, end, term) for each run of words; None for words without meaning of their own."""
        stems = [self._stem(word) for word in spelt]
        slots: list[tuple[int, int, str | None]] = []
        at = 0
        while at < len(spelt):
            end, term = self._phrase_at(spelt, stems, at)
            if term is None:
                word, end = spelt[at], at + 1
                if word in english.NEGATIONS:
                    term = None if at and spelt[at - 1] in ("or", "ou") else NOT
                elif word in english.NUMBER_WORDS:
                    term = f"={english.NUMBER_WORDS[word]}"
                elif word.isdecimal():
                    term = f"={word.lstrip('0') or '0'}"
                elif word in english.FUNCTION or word in english.WH_WORDS or word in english.ANAPHORA:
                    term = None
                else:
                    term = stems[at]
            slots.append((at, end, term))
            at = end
        return slots

    def _phrase_at(self, spelt: tuple[str, ...], stems: list[str], at: int) -> tuple[int, str | None]:
        """The longest name or vocabulary phrase that starts at word `at`, articles inside it skipped."""
        name = self._longest(self._names, spelt, spelt, at)
        word = self._longest(self._phrases, stems, spelt, at)
        return max(name, word, key=lambda found: (found[1] is not None, found[0]))

    @staticmethod
    def _longest(
        known: Mapping[str, list[tuple[tuple[str, ...], str]]], read: Sequence[str], spelt: Sequence[str], at: int
    ) -> tuple[int, str | None]:
        for phrase, term in known.get(read[at], ()):
            end, matched = at + 1, 1
            while matched < len(phrase) and end < len(read):
                if read[end] == phrase[matched]:
                    matched += 1
                elif spelt[end] not in ARTICLES:
                    break
                end += 1
            if matched == len(phrase) and not (len(phrase) == 1 and spelt[at] in english.FUNCTION):
                return end, term
        return at + 1, None


def _asks(spelt: tuple[str, ...]) -> frozenset[str]:
    text = f" {' '.join(spelt)} "
    found: list[str] = []
    for kind, signs in english.ASKS:
        if any(f" {sign} " in text for sign in signs):
            found.append(kind)
            if kind.startswith("how-"):
                text = text.replace(" how ", " ", 1)
            if kind in ("when", "where", "why", "who"):
                for sign in signs:
                    text = text.replace(f" {sign} ", " ")
    if not found and spelt and (spelt[0] in english.WHETHER or any(word in english.WHETHER for word in spelt[:3])):
        found.append("whether")
    return frozenset(found)


def _focus(spelt: tuple[str, ...], slots: list[tuple[int, int, str | None]]) -> tuple[str, ...]:
    """What each word that asks is about.

    Its own concept ('how long', 'why'), the first term at most two words on, and where that is a name, what is said of it
    ('what did Dong eat').
    """
    focus: list[str] = []
    for number, (start, _, own) in enumerate(slots):
        if spelt[start] in ASKING and own is not None:
            focus.append(own)
        if spelt[start] not in POINTING:
            continue
        for later_start, _, term in slots[number + 1 :]:
            if later_start - start > FAR:
                break
            if term is not None and term[0] not in "!=":
                focus.append(term)
                if term[0] != "@":
                    break
    return tuple(dict.fromkeys(focus))
