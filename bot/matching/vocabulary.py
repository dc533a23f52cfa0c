"""The names and words of one story, ready to be looked up in a text.

A term is one unit of meaning: `@id` a person of the story, `#concept` a word of its vocabulary, `=2021` a number, `!not` a
negation, anything else the stem of an ordinary word.
"""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize

PERSON, CONCEPT, NUMBER = "@", "#", "="
"""The first character of a term of each kind."""
NEGATION = "!not"


class PhraseNode(Struct, array_like=True):
    """A node of a trie of phrases.

    length: tokens from the start; term: of the phrase that ends here; following: the nodes by the next token.
    """

    length: int
    term: str | None
    following: dict[str, "PhraseNode"]


PhraseTable = Mapping[str, PhraseNode]
"""A trie of phrases: its first nodes, by the phrases' first tokens."""


class Vocabulary(Struct, frozen=True):
    """The names and words of one story.

    names: by their tokens; phrases: of the vocabulary, by their stems; words: the tokens of both; groups: the term of the
    group that a person belongs to, by that of the person.
    """

    names: PhraseTable
    phrases: PhraseTable
    words: frozenset[str]
    groups: Mapping[str, str]

    @classmethod
    def build(
        cls,
        *,
        aliases: Mapping[str, str],
        concepts: Mapping[str, Collection[str]],
        members: Mapping[str, Collection[str]],
    ) -> "Vocabulary":
        """Build a vocabulary.

        aliases: person ids by name; concepts: phrases that mean the same, by concept; members: person ids by the group's id.
        """
        fillers = load_lexicon().fillers
        stem = EnglishStemmer()
        names: dict[tuple[str, ...], str] = {}
        phrases: dict[tuple[str, ...], str] = {}
        words: set[str] = set()
        for name, id in aliases.items():
            tokens = tokenize(normalize(name))
            words.update(tokens)
            form = tuple(token for token in tokens if token not in fillers)
            if form:  # as it is spelt, also as in 'trudeaus office'; not by stems: 'reporters' are not the report
                for variant in (form, (*form[:-1], form[-1] + "s")):
                    names.setdefault(variant, f"{PERSON}{id}")
        for concept, synonyms in concepts.items():
            for phrase in synonyms:
                tokens = tokenize(normalize(phrase))
                words.update(tokens)
                form = tuple(stem(token) for token in tokens if token not in fillers)
                if form:
                    phrases.setdefault(form, f"{CONCEPT}{concept}")
        groups = {f"{PERSON}{member}": f"{PERSON}{group}" for group, ids in members.items() for member in ids}
        return cls(_phrase_table(names), _phrase_table(phrases), frozenset(words), groups)


def people_in(terms: Iterable[str]) -> frozenset[str]:
    """Return the terms that name a person."""
    return frozenset(term for term in terms if term[0] == PERSON)


def numbers_in(terms: Iterable[str]) -> frozenset[str]:
    """Return the terms that are numbers."""
    return frozenset(term for term in terms if term[0] == NUMBER)


def _phrase_table(terms: Mapping[tuple[str, ...], str]) -> PhraseTable:
    table: dict[str, PhraseNode] = {}
    for phrase, term in terms.items():
        following = table
        for length, token in enumerate(phrase, 1):
            node = following.setdefault(token, PhraseNode(length, None, {}))
            following = node.following
        node.term = term
    return table
