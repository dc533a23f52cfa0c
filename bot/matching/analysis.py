"""What an analyzed text says: who is named, what happened, what is asked for."""

from collections.abc import Mapping
from functools import cache

from msgspec import Struct

from bot.matching.vocabulary import NEGATION, NUMBER, numbers_in, people_in
from bot.nlp.lexicon import load_lexicon

WHAT_ABOUT = ("what", "about")


class Analysis(Struct, frozen=True):
    """What a text says."""

    text: str
    """The tokens joined by blanks, misspelt ones corrected."""
    terms: tuple[str, ...]
    """In order, without repeats."""
    intents: frozenset[str]
    """What is asked for: who, when, where, why, how-many, … or whether."""
    focus: tuple[str, ...]
    """The terms right after who, what, which or how many: what the reply has to be about."""
    corrections: tuple[tuple[str, str], ...]
    """(typed, corrected) for each misspelt word."""
    is_follow_up: bool
    """Whether it may rest on an earlier question: 'and what did he say?', 'why?'."""
    tokens: tuple[str, ...]
    surface_forms: Mapping[str, str]
    """The tokens that each term was read from, joined by blanks."""
    context_terms: frozenset[str] = frozenset()
    """Terms that come from an earlier question."""
    resolved: bool = False
    """Whether what it leaves unsaid has been filled in from an earlier question."""

    @property
    def own_terms(self) -> tuple[str, ...]:
        """The terms that do not come from an earlier question."""
        context_terms = self.context_terms
        return tuple([term for term in self.terms if term not in context_terms]) if context_terms else self.terms

    def surface_tokens(self, term: str) -> list[str]:
        """Return the tokens that a term was read from: none for the group of a person who is named, or a context term."""
        return self.surface_forms.get(term, "").split()

    @property
    def is_bare(self) -> bool:
        """Whether it asks, and does not say about what: 'how many?', 'why not?'."""
        return not self.context_terms and all(map(self._only_asks, self.terms))

    @property
    def is_what_about(self) -> bool:
        """Whether it begins with 'what about', or with 'how about', which is read as that."""
        return self.tokens[:2] == WHAT_ABOUT

    @property
    def is_vague(self) -> bool:
        """Whether it only names something, and nothing says what is asked about it: 'what about China?'."""
        skipped = int(bool(self.tokens) and self.tokens[0] in load_lexicon().leading_conjunctions)
        opening = self.tokens[skipped : skipped + 2]
        return opening == WHAT_ABOUT and not self.resolved and len(self.surface_forms) <= 1

    def _only_asks(self, term: str) -> bool:
        """Return whether a term is a negation, or an interrogative with no word of a meaning of its own beside it."""
        tokens, fixed = self.surface_tokens(term), fixed_terms()
        asks = not load_lexicon().interrogatives.isdisjoint(tokens)
        return term == NEGATION or (asks and all(token in fixed for token in tokens))

    @property
    def people(self) -> frozenset[str]:
        """The terms that name a person."""
        return people_in(self.terms)

    @property
    def numbers(self) -> frozenset[str]:
        """The terms that are numbers."""
        return numbers_in(self.terms)


@cache
def fixed_terms() -> Mapping[str, str | None]:
    """Return the term of each word that means the same whatever the story; None for one without a meaning of its own."""
    lexicon = load_lexicon()
    return (
        dict.fromkeys(lexicon.stop_words | lexicon.interrogatives | lexicon.anaphora)
        | {word: f"{NUMBER}{digits}" for word, digits in lexicon.number_words.items()}
        | dict.fromkeys(lexicon.negations, NEGATION)
    )
