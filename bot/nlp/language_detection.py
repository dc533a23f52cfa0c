"""Tell in which language a question is asked."""

from collections.abc import Sequence
from functools import cache

from bot.nlp.languages import Language
from bot.nlp.lexicon import load_language


def detect_language(tokens: Sequence[str]) -> Language:
    """Return the language of a question: French where more of its small words are French than English.

    A single French word is enough in a question of one or two tokens, or where an interrogative opens it.
    """
    english_markers, french_markers, french_openers = _markers()
    french = sum(token in french_markers and token not in english_markers for token in tokens)
    english = sum(token in english_markers for token in tokens)
    enough = french > 1 or (french == 1 and (len(tokens) <= 2 or tokens[0] in french_openers))
    return "fr" if french > english and enough else "en"


@cache
def _markers() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the markers of English, those of French, and the French words that decide where they open a question."""
    french = load_language("fr")
    lists = (load_language("en").markers, french.markers, french.decisive_openers)
    english_markers, french_markers, french_openers = (frozenset(words.split()) for words in lists)
    return english_markers, french_markers, french_openers
