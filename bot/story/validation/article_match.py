"""Whether `story.yaml` agrees with the article's text: hashes, mentions, and the words that links point to."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from bot.errors import Problem
from bot.story.article import match_paragraphs, visible_text
from bot.story.models import Paragraph, Story
from bot.story.validation.mentions import DAY, NO_NAMES, StoryMentions, base_form, capitalised_words, straighten_quotes


def find_mismatches(story: Story, lines: Sequence[str]) -> list[Problem]:
    """Return a problem for each difference between the paragraphs' records and the article's lines."""
    texts = match_paragraphs(story, lines)
    mentions = StoryMentions.of(story).by_paragraph
    problems = []
    for number, paragraph in story.paragraphs.items():
        text = texts.get(number)
        if text is None:
            sentences: Iterable[str] = ["no paragraph of the article has this hash; its text has changed"]
        else:
            sentences = _mismatches(story, paragraph, mentions[number].names | NO_NAMES, text)
        problems += [Problem("story.yaml", 0, f"paragraph {number}: {sentence}") for sentence in sentences]
    return problems


def _mismatches(story: Story, paragraph: Paragraph, known: Set[str], text: str) -> Iterator[str]:
    """known: the words of names that the paragraph may have."""
    text = visible_text(text)
    plain = straighten_quotes(text)
    if not plain.lstrip('"').startswith(straighten_quotes(paragraph.first_words).lstrip('"')):
        yield f"it does not start with '{paragraph.first_words}'"
    if not plain.endswith(straighten_quotes(paragraph.last_words)):
        yield f"it does not end with '{paragraph.last_words}'"
    for mention in (*paragraph.names, *paragraph.numbers, *paragraph.days, *paragraph.quotes):
        if not _occurs(mention, plain):
            yield f"'{mention}' does not occur in it"
    for id in paragraph.people:
        person = story.people[id]
        if not any(_occurs(name, plain) for name in (person.name, *person.aliases)):
            yield f"it does not name {person.name}; if it means them by another word, list {id} under 'meant'"
    for word, starts_sentence in capitalised_words(text):
        if not starts_sentence and base_form(word) not in known and not DAY.fullmatch(word):
            yield f"it mentions '{word}', which is listed neither under 'people' nor under 'names'"


def _occurs(mention: str, plain: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(straighten_quotes(mention))}", plain, re.IGNORECASE) is not None
