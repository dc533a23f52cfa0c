"""Entries for an index, without a story around them."""

from bot.matching.document import EntryTexts
from bot.matching.index import Index
from bot.matching.index_builder import build
from bot.matching.vocabulary import Vocabulary

NO_VOCABULARY = Vocabulary.build(aliases={}, concepts={}, members={})


def entry_texts(id: str, *texts: str, answer: str = "She left.") -> EntryTexts:
    """Return an entry with these texts; all such entries rest on one paragraph."""
    return EntryTexts(id, texts, answer, covered=True, cites=frozenset([1]))


def index_of(*entries: EntryTexts) -> Index:
    """Return the index of some entries of a story without a vocabulary."""
    return build(entries, NO_VOCABULARY)
