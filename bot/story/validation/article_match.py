"""Whether `story.yaml` agrees with the article's text: hashes, mentions, and the words that links point to."""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.errors import Problem
from bot.story.article import match_paragraphs, visible_text
from bot.story.models import Paragraph, Story
from bot.story.validation.names import straighten_quotes


def find_mismatches(story: Story, lines: Sequence[str]) -> list[Problem]:
    """Return a problem for each thing that the paragraphs' records say and the article's lines don't."""
    texts = match_paragraphs(story, lines)
    problems = []
    for number, paragraph in story.paragraphs.items():
        text = texts.get(number)
        if text is None:
            sentences: Iterable[str] = [
                "no paragraph of the article has this hash; its text has changed, or this is another article"
            ]
        else:
            sentences = _mismatches(story, paragraph, text)
        problems += [Problem("story.yaml", 0, f"paragraph {number}: {sentence}") for sentence in sentences]
    return problems


def _mismatches(story: Story, paragraph: Paragraph, text: str) -> Iterator[str]:
    plain = straighten_quotes(visible_text(text))
    if not plain.lstrip('"').startswith(straighten_quotes(paragraph.first_words).lstrip('"')):
        yield f"it does not start with '{paragraph.first_words}'; write its first words under 'first'"
    if not plain.endswith(straighten_quotes(paragraph.last_words)):
        yield f"it does not end with '{paragraph.last_words}'; write its last words under 'last'"
    for key in ("names", "numbers", "days", "quotes"):
        for mention in getattr(paragraph, key):
            if not _occurs(mention, plain):
                yield f"'{mention}' does not occur in it; take it out of '{key}', or write it as in the paragraph"
    for id in paragraph.people:
        person = story.people[id]
        if not any(_occurs(name, plain) for name in (person.name, *person.aliases)):
            yield f"it does not name {person.name}; if it means them by another word, list {id} under 'meant'"


def _occurs(mention: str, plain: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(straighten_quotes(mention))}", plain, re.IGNORECASE) is not None
