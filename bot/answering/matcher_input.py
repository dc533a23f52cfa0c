"""A story as the matcher takes it: the texts of its entries, and its vocabulary."""

from bot.matching.document import EntryTexts
from bot.matching.index import Index
from bot.matching.vocabulary import Vocabulary
from bot.story.entry import Entry
from bot.story.models import Story


def entry_texts(entry: Entry) -> EntryTexts:
    """Return an entry's texts: its question and phrasings, its answer, and what it cites."""
    texts = (entry.question, *entry.phrasings)
    return EntryTexts(entry.id, texts, entry.answer, entry.standing != "not_covered", frozenset(entry.cites))


def story_texts(story: Story) -> list[EntryTexts]:
    """Return the texts of all entries, in order."""
    return [entry_texts(entry) for entry in story.entries.values()]


def story_vocabulary(story: Story) -> Vocabulary:
    """Return the names and concepts of a story. Where two people share a name, it is the first one's."""
    aliases: dict[str, str] = {}
    for person in story.people.values():
        for name in (person.name, *person.aliases):
            aliases.setdefault(name, person.id)
    members = {person.id: person.members for person in story.people.values() if person.members}
    return Vocabulary.build(aliases=aliases, concepts=story.concepts, members=members)


def build_index(story: Story) -> Index:
    """Return the index of a story, built from scratch."""
    from bot.matching.index_builder import build  # starting from a cached index does without

    return build(story_texts(story), story_vocabulary(story))


def update_index(index: Index, story: Story) -> Index:
    """Return the index of a changed story: only changed entries are analyzed again, unless the vocabulary has changed."""
    from bot.matching.index_builder import update

    if story_vocabulary(story) != index.analyzer.vocabulary:
        return build_index(story)
    return update(index, story_texts(story))
