"""Words in, meaning out: who is named, what happened, what is asked for.

A term is one unit of meaning: `@id` somebody in the story, `#concept` a word of its vocabulary, `=2021` a number, `!not` a
negation, anything else the stem of an ordinary word. Questions and phrasings are analysed by the same rules, so that a
question is held against a phrasing term by term.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from bot.nlp import lexicon
from bot.nlp.courtesy import essence
from bot.nlp.normalize import Stems, normalise, words
from bot.nlp.spelling import Speller, listed

NOT = "!not"
ARTICLES = frozenset("the a an this that these those le la les l un une des du de of to".split())
ASKING = lexicon.WH_WORDS
POINTING = frozenset("who whom whose what which how quel quelle quels quelles qui".split())
"""Words that ask about the word after them: 'who chairs', 'which committee'."""
_JOINING = frozenset(("and", "but", "so"))
FAR = 3
"""Words after a word that asks, up to which it may be about them."""
MOST_LEANING = 20
"""Terms of a question that may lean on an earlier one: more say enough, and reading them both ways would take twice as long."""
MOST_WORDS = 100
MOST_STRANGE = 18
"""Words of one text that are looked up as misspelt ones: a text with more is in another language, or noise."""


_FIXED: Mapping[str, str | None] = (
    dict.fromkeys(lexicon.FUNCTION | lexicon.WH_WORDS | lexicon.ANAPHORA)
    | {word: f"={number}" for word, number in lexicon.NUMBER_WORDS.items()}
    | dict.fromkeys(lexicon.NEGATIONS, NOT)
)
"""The term of each word that the engine knows whatever the story; None for one without meaning of its own."""


class Analysis(Struct, frozen=True):
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
    resolved: bool = False
    """Whether what it leaves unsaid has been filled in from an earlier question."""

    @property
    def own(self) -> tuple[str, ...]:
        """The terms that do not come from an earlier question."""
        return tuple([term for term in self.terms if term not in self.borrowed]) if self.borrowed else self.terms

    def read(self, term: str) -> list[str]:
        """The words that a term was read from: none for a group that is meant with one of its members, or a borrowed one."""
        return self.said.get(term, "").split()

    @property
    def bare(self) -> bool:
        """Whether it asks and says nothing of what: 'how many?', 'why not?'."""
        return not self.borrowed and all(map(self._asking, self.terms))

    @property
    def about(self) -> bool:
        """Whether it begins with 'what about', or with 'how about', which is read as that."""
        return self.words[:2] == ("what", "about")

    @property
    def vague(self) -> bool:
        """Whether it only names something, and neither it nor a question before says what is asked of it: 'what about China?'."""
        opened = self.words[1:3] if self.words[:1] and self.words[0] in _JOINING else self.words[:2]
        return opened == ("what", "about") and not self.resolved and len(self.said) <= 1

    def _asking(self, term: str) -> bool:
        """Whether a term was read from a word that asks, with none beside it that has a meaning of its own, or denies."""
        read = self.read(term)
        return term == NOT or (not ASKING.isdisjoint(read) and all(word in _FIXED for word in read))

    @property
    def people(self) -> frozenset[str]:
        """The terms that name somebody."""
        return frozenset(term for term in self.terms if term[0] == "@")

    @property
    def numbers(self) -> frozenset[str]:
        """The terms that are numbers."""
        return frozenset(term for term in self.terms if term[0] == "=")


_SIGNS = tuple(
    (kind, tuple(f" {sign} " for sign in signs), frozenset(sign.split()[0] for sign in signs))
    for kind, signs in lexicon.ASKS
)
"""For each kind of question its signs, as they stand between other words, and the words that these begin with."""
Phrases = Mapping[str, Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]]
"""Known runs of words with their term, by their first word, then by their second ('' where there is none), the longest first."""


class Vocabulary(Struct, frozen=True):
    """One story's names and words, ready to be looked up.

    names: as they are spelt; phrases: words of the vocabulary, by their stems; words: all words of both; groups: the term
    of the group that somebody belongs to.
    """

    names: Phrases
    phrases: Phrases
    words: frozenset[str]
    groups: Mapping[str, str]

    @classmethod
    def of(
        cls,
        *,
        aliases: Mapping[str, str],
        concepts: Mapping[str, Collection[str]],
        members: Mapping[str, Collection[str]],
    ) -> "Vocabulary":
        """aliases: every name of somebody, to its id; concepts: words that mean the same, by concept; members: what a
        group stands for.
        """
        stem = Stems()
        names: dict[tuple[str, ...], str] = {}
        phrases: dict[tuple[str, ...], str] = {}
        known: set[str] = set()
        for name, id in aliases.items():
            spelt = words(normalise(name))
            known.update(spelt)
            plain = tuple(word for word in spelt if word not in ARTICLES)
            if plain:  # as it is spelt, also as in 'trudeaus office'; 'reporters' are not the report
                for form in (plain, (*plain[:-1], plain[-1] + "s")):
                    names.setdefault(form, f"@{id}")
        for concept, alike in concepts.items():
            for name in alike:
                spelt = words(normalise(name))
                known.update(spelt)
                form = tuple(stem(word) for word in spelt if word not in ARTICLES)
                if form:
                    phrases.setdefault(form, f"#{concept}")
        groups = {f"@{member}": f"@{group}" for group, ids in members.items() for member in ids}
        return cls(_by_words(names), _by_words(phrases), frozenset(known), groups)


def _by_words(known: Mapping[tuple[str, ...], str]) -> Phrases:
    found: dict[str, dict[str, tuple[tuple[tuple[str, ...], str], ...]]] = {}
    for form, term in sorted(known.items(), key=lambda one: -len(one[0])):
        alike = found.setdefault(form[0], {})
        second = form[1] if len(form) > 1 else ""
        alike[second] = (*alike.get(second, ()), (form, term))
    return found


class Analyser:
    """Turns text into an Analysis with one story's vocabulary. Immutable: `knowing` gives another one.

    base_words: further words that are spelt right, those of the base; stems: those that are known already.
    """

    def __init__(self, vocabulary: Vocabulary, base_words: Collection[str] = (), stems: Stems | None = None) -> None:
        self.vocabulary = vocabulary
        self._stem = stems or Stems()
        self._speller = Speller(vocabulary.words, listed().union(base_words), self._stem)

    def knowing(self, base_words: Collection[str]) -> "Analyser":
        """The same with other words of the base."""
        return Analyser(self.vocabulary, base_words, self._stem)

    def warm(self) -> None:
        """Works out beforehand what the first misspelt word would need."""
        self._speller.warm()

    def lists(self, word: str) -> bool:
        """Whether a word is one of the story's or of the lists shipped with the bot, whatever the base's texts hold."""
        return word in self.vocabulary.words or word in listed()

    def stem(self, word: str) -> str:
        """The stem of a word."""
        return self._stem(word)

    def correct(self, word: str) -> str | None:
        """The word of the story that `word` is a misspelling of, or None where it is none."""
        return None if self._stem(word) in self.vocabulary.phrases else self._speller.correct(word)

    def __call__(self, text: str, most_strange: int = MOST_STRANGE) -> Analysis:
        """Return the meaning of `text`, however it is typed, with at most so many words looked up as misspelt. Never raise."""
        return self.understand(words(normalise(text)), most_strange)

    def understand(self, read: Sequence[str], most_strange: int = MOST_STRANGE) -> Analysis:
        """Return the same for words that have been read already (see `language.text.words`)."""
        spelt: list[str] = []
        corrected: list[tuple[str, str]] = []
        strange = 0
        for word in essence(read[:MOST_WORDS]):
            right = None
            if strange < most_strange and not self._speller.knows(word):
                strange += 1
                right = self.correct(word)
            if right is not None:
                corrected.append((word, right))
            spelt.append(right or word)
        return self._understand(tuple(spelt), tuple(corrected))

    def _understand(self, spelt: tuple[str, ...], corrected: tuple[tuple[str, str], ...]) -> Analysis:
        slots = self._slots(spelt)
        terms: dict[str, None] = {}
        for _, _, term in slots:
            if term is not None:
                terms[term] = None
                if term in self.vocabulary.groups:
                    terms[self.vocabulary.groups[term]] = None
        asks = _asks(spelt)
        named = any(term[0] == "@" for term in terms)
        pronoun = any(word in lexicon.ANAPHORA for word in spelt)
        asking = bool(asks) or pronoun or any(term != NOT for term in terms)  # 'ok thanks' and 'no' ask nothing
        follows = len(terms) <= 1 or spelt[0] in lexicon.OPENERS or (pronoun and not named)
        leaning = asking and follows and len(terms) <= MOST_LEANING
        return Analysis(
            plain=" ".join(spelt),
            terms=tuple(terms) if asking else (),
            asks=asks,
            focus=_focus(spelt, slots),
            corrected=corrected,
            leaning=leaning,
            words=spelt,
            said={term: " ".join(spelt[start:end]) for start, end, term in reversed(slots) if term is not None},
        )

    def _slots(self, spelt: tuple[str, ...]) -> list[tuple[int, int, str | None]]:
        """(start, end, term) for each run of words; None for words without meaning of their own."""
        names, phrases, stems = self.vocabulary.names, self.vocabulary.phrases, list(map(self._stem, spelt))
        slots: list[tuple[int, int, str | None]] = []
        at = 0
        while at < len(spelt):
            word, stem, end, term = spelt[at], stems[at], at + 1, None
            if word in names or stem in phrases:
                end, term = self._phrase_at(spelt, stems, at)
            if term is None:
                if word in _FIXED:
                    term = _FIXED[word]
                    if term == NOT and at and spelt[at - 1] in ("or", "ou"):
                        term = None
                else:
                    term = f"={word.lstrip('0') or '0'}" if word.isdecimal() else stem
            slots.append((at, end, term))
            at = end
        return slots

    def _phrase_at(self, spelt: tuple[str, ...], stems: list[str], at: int) -> tuple[int, str | None]:
        """The longest name or vocabulary phrase that starts at word `at`, articles inside it skipped."""
        names, phrases = self.vocabulary.names, self.vocabulary.phrases
        name = self._longest(names, spelt, spelt, at) if spelt[at] in names else None
        word = self._longest(phrases, stems, spelt, at) if stems[at] in phrases else None
        if name is None or word is None:
            return name or word or (at + 1, None)
        return name if name[0] >= word[0] else word

    @staticmethod
    def _longest(known: Phrases, read: Sequence[str], spelt: Sequence[str], at: int) -> tuple[int, str] | None:
        forms, after = known[read[at]], at + 1
        while after < len(read) and spelt[after] in ARTICLES:
            after += 1
        second = read[after] if after < len(read) else ""
        for phrase, term in (*(forms.get(second, ()) if second else ()), *forms.get("", ())):
            end, matched = at + 1, 1
            while matched < len(phrase) and end < len(read):
                if read[end] == phrase[matched]:
                    matched += 1
                elif spelt[end] not in ARTICLES:
                    break
                end += 1
            if matched == len(phrase) and not (len(phrase) == 1 and spelt[at] in lexicon.FUNCTION):
                return end, term
        return None


def _asks(spelt: tuple[str, ...]) -> frozenset[str]:
    text, read = f" {' '.join(spelt)} ", set(spelt)
    found: list[str] = []
    for kind, signs, openings in _SIGNS:
        if not openings.isdisjoint(read) and any(map(text.__contains__, signs)):
            found.append(kind)
            if kind.startswith("how-"):
                text = text.replace(" how ", " ", 1)
            if kind in ("when", "where", "why", "who"):
                for sign in signs:
                    text = text.replace(sign, " ")
    if not found and spelt and (spelt[0] in ("if", "whether") or any(word in lexicon.WHETHER for word in spelt[:3])):
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
