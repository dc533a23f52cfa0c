"""Analyze text into terms.

Questions and phrasings are analyzed by the same rules, so that a question is compared with a phrasing term by term.
"""

from collections.abc import Collection, Sequence
from functools import cache, cached_property

from bot.matching.analysis import Analysis, fixed_terms
from bot.matching.vocabulary import NEGATION, NUMBER, PERSON, PhraseTable, Vocabulary
from bot.nlp.courtesy import strip_courtesies
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize
from bot.nlp.spelling_correction import SpellingCorrector, dictionary_words

FOCUS_DISTANCE = 3
"""Tokens after an interrogative up to which it may be about them."""
MAX_FOLLOW_UP_TERMS = 20
"""Terms of a question that may rest on an earlier one: with more it says enough, and resolving it would double the time."""
MAX_TOKENS = 100
MAX_LOOKUPS = 18
"""Unknown words of a text that are looked up as misspelt: a text with more is in another language, or noise."""
Slot = tuple[int, int, str | None]
"""(start, end, term) of a run of tokens; the term is None where the run has no meaning of its own."""


class Analyzer:
    """Analyzes text with one story's vocabulary. Immutable.

    base_words: further words that are spelt right, those of the base.
    """

    def __init__(
        self, vocabulary: Vocabulary, base_words: Collection[str] = (), stem: EnglishStemmer | None = None
    ) -> None:
        self.vocabulary = vocabulary
        self._stem = stem or EnglishStemmer()
        self._base_words = base_words
        self._lexicon = load_lexicon()
        self._fixed = fixed_terms()

    @cached_property
    def _corrector(self) -> SpellingCorrector:
        return SpellingCorrector(self.vocabulary.words, dictionary_words().union(self._base_words), self._stem)

    def with_base_words(self, base_words: Collection[str]) -> "Analyzer":
        """Return the analyzer of the same story with other words of the base."""
        return Analyzer(self.vocabulary, base_words, self._stem)

    def warm(self) -> None:
        """Build the tables that the first misspelt word would have to wait for."""
        self._corrector.warm()

    def is_listed(self, word: str) -> bool:
        """Return whether a word is in the story's vocabulary or the dictionary, whatever the texts of the base have."""
        return word in self.vocabulary.words or word in dictionary_words()

    def stem(self, word: str) -> str:
        """Return the stem of a word."""
        return self._stem(word)

    def correct(self, word: str) -> str | None:
        """Return the word of the story that `word` is a misspelling of, or None."""
        return None if self._stem(word) in self.vocabulary.phrases else self._corrector.correct(word)

    def analyze(self, text: str, max_lookups: int = MAX_LOOKUPS) -> Analysis:
        """Return the analysis of a text, however it is typed; look up at most `max_lookups` words as misspelt. Never raise."""
        return self.analyze_tokens(tokenize(normalize(text)), max_lookups)

    def analyze_tokens(self, tokens: Sequence[str], max_lookups: int = MAX_LOOKUPS) -> Analysis:
        """Return the analysis of a text that has been tokenized already."""
        spelt: list[str] = []
        corrections: list[tuple[str, str]] = []
        lookups = 0
        for token in strip_courtesies(tokens[:MAX_TOKENS]):
            correction = None
            if lookups < max_lookups and not self._corrector.knows(token):
                lookups += 1
                correction = self.correct(token)
            if correction is not None:
                corrections.append((token, correction))
            spelt.append(correction or token)
        return self._analyze(tuple(spelt), tuple(corrections))

    def _analyze(self, tokens: tuple[str, ...], corrections: tuple[tuple[str, str], ...]) -> Analysis:
        slots = self._slots(tokens)
        terms: dict[str, None] = {}
        for _, _, term in slots:
            if term is not None:
                terms[term] = None
                if term in self.vocabulary.groups:
                    terms[self.vocabulary.groups[term]] = None
        intents = self._intents(tokens)
        names_person = any(term[0] == PERSON for term in terms)
        has_anaphor = any(token in self._lexicon.anaphora for token in tokens)
        # 'ok thanks' and 'no' ask nothing.
        asks = bool(intents) or has_anaphor or any(term != NEGATION for term in terms)
        is_incomplete = (
            len(terms) <= 1 or tokens[0] in self._lexicon.follow_up_openers or (has_anaphor and not names_person)
        )
        return Analysis(
            text=" ".join(tokens),
            terms=tuple(terms) if asks else (),
            intents=intents,
            focus=self._focus(tokens, slots),
            corrections=corrections,
            is_follow_up=asks and is_incomplete and len(terms) <= MAX_FOLLOW_UP_TERMS,
            tokens=tokens,
            surface_forms={term: " ".join(tokens[i:end]) for i, end, term in reversed(slots) if term is not None},
        )

    def _slots(self, tokens: tuple[str, ...]) -> list[Slot]:
        names, phrases, stems = self.vocabulary.names, self.vocabulary.phrases, list(map(self._stem, tokens))
        slots: list[Slot] = []
        i = 0
        while i < len(tokens):
            token, stem, end, term = tokens[i], stems[i], i + 1, None
            if token in names or stem in phrases:
                end, term = self._phrase_at(tokens, stems, i)
            if term is None:
                if token in self._fixed:
                    term = self._fixed[token]
                    if term == NEGATION and i and tokens[i - 1] in self._lexicon.disjunctions:
                        term = None
                else:
                    term = f"{NUMBER}{token.lstrip('0') or '0'}" if token.isdecimal() else stem
            slots.append((i, end, term))
            i = end
        return slots

    def _phrase_at(self, tokens: tuple[str, ...], stems: list[str], start: int) -> tuple[int, str | None]:
        """Return (end, term) of the longest name or vocabulary phrase that starts at `start`, fillers inside it skipped."""
        names, phrases = self.vocabulary.names, self.vocabulary.phrases
        name = self._longest(names, tokens, tokens, start) if tokens[start] in names else None
        phrase = self._longest(phrases, stems, tokens, start) if stems[start] in phrases else None
        if name is None or phrase is None:
            return name or phrase or (start + 1, None)
        return name if name[0] >= phrase[0] else phrase

    def _longest(
        self, table: PhraseTable, forms: Sequence[str], tokens: Sequence[str], start: int
    ) -> tuple[int, str] | None:
        """Return (end, term) of the longest phrase of a table; `forms`: the tokens as the table has them, or their stems.

        Fillers may stand inside a phrase. The time does not depend on the number of phrases.
        """
        first = table[forms[start]]
        longest, longest_length = None, 0
        if first.term is not None and tokens[start] not in self._lexicon.stop_words:
            longest, longest_length = (start + 1, first.term), 1
        nodes, end = [first], start + 1
        while nodes and end < len(forms):
            form, is_filler = forms[end], tokens[end] in self._lexicon.fillers
            end += 1
            following = [node.following[form] for node in nodes if form in node.following]
            for node in following:
                if node.term is not None and node.length > longest_length:
                    longest, longest_length = (end, node.term), node.length
            nodes = list({id(node): node for node in (*following, *nodes)}.values()) if is_filler else following
        return longest

    def _intents(self, tokens: tuple[str, ...]) -> frozenset[str]:
        text, distinct = f" {' '.join(tokens)} ", set(tokens)
        intents: list[str] = []
        for intent, patterns, first_words in _intent_patterns():
            if not first_words.isdisjoint(distinct) and any(map(text.__contains__, patterns)):
                intents.append(intent)
                if intent.startswith("how-"):
                    text = text.replace(" how ", " ", 1)
                if intent in ("when", "where", "why", "who"):
                    for pattern in patterns:
                        text = text.replace(pattern, " ")
        lexicon = self._lexicon
        if (
            not intents
            and tokens
            and (tokens[0] in lexicon.subordinators or any(token in lexicon.auxiliaries for token in tokens[:3]))
        ):
            intents.append("whether")
        return frozenset(intents)

    def _focus(self, tokens: tuple[str, ...], slots: list[Slot]) -> tuple[str, ...]:
        """Return what each interrogative is about.

        That is its own concept ('how long', 'why'), the first term within `FOCUS_DISTANCE`, and where that is a person, what
        is said of them ('what did Dong eat').
        """
        focus: list[str] = []
        for number, (start, _, own_term) in enumerate(slots):
            if tokens[start] in self._lexicon.interrogatives and own_term is not None:
                focus.append(own_term)
            if tokens[start] not in self._lexicon.focus_interrogatives:
                continue
            for later_start, _, term in slots[number + 1 :]:
                if later_start - start > FOCUS_DISTANCE:
                    break
                if term is not None and term[0] not in "!=":
                    focus.append(term)
                    if term[0] != PERSON:
                        break
        return tuple(dict.fromkeys(focus))


@cache
def _intent_patterns() -> tuple[tuple[str, tuple[str, ...], frozenset[str]], ...]:
    """Return (intent, patterns, first words of these) for each intent, the patterns between blanks."""
    return tuple(
        (
            intent,
            tuple(f" {pattern} " for pattern in patterns),
            frozenset(pattern.split()[0] for pattern in patterns),
        )
        for intent, patterns in load_lexicon().question_patterns.items()
    )
