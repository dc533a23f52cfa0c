"""What the article's text has and the records of its paragraphs in `story.yaml` lack: names, numbers, days, quotes.

Where the article is not at hand, as in Discord, answers are held against these records.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.nlp.name_finder import NameFinder
from bot.story import field_lengths
from bot.story.mapping_reader import MAX_LIST_ITEMS
from bot.story.models import Paragraph, Story
from bot.story.validation.attribution import QUOTED
from bot.story.validation.citation_support import find_objections
from bot.story.validation.mentions import DAY, ParagraphMentions, StoryMentions, comparable, proper_names
from bot.story.validation.names import WORD, base_form, find_name_phrases, name_stem, name_words
from bot.story.validation.numbers import find_numbers

RECORD_KEYS = ("people", "names", "numbers", "days", "quotes")
MAX_QUOTE_WORDS = 8
"""Words of a quotation of the article that is worth a record; a longer one is, if an answer quotes it."""
Additions = Mapping[int, Mapping[str, tuple[str, ...]]]
"""What to add: by paragraph, then by key of `RECORD_KEYS`."""


def find_missing_records(story: Story, texts: Mapping[int, str]) -> Additions:
    """Return what the records of each paragraph lack, in the article's own words; texts: those of the paragraphs."""
    known = StoryMentions.of(story)
    found = {number: _missing(known.by_paragraph[number], text) for number, text in texts.items()}
    for number, key, item in _needed(story, known, texts):
        found[number].setdefault(key, []).append(item)
    additions: dict[int, dict[str, tuple[str, ...]]] = {}
    for number, by_key in found.items():
        kept = {key: _addable(story.paragraphs[number], key, by_key.get(key, ())) for key in RECORD_KEYS}
        if any(kept.values()):
            additions[number] = {key: items for key, items in kept.items() if items}
    return additions


def _missing(known: ParagraphMentions, text: str) -> dict[str, list[str]]:
    """Return by key what a paragraph's text has and its records don't."""
    quotes = [match[1] for match in QUOTED.finditer(text) if len(match[1].split()) <= MAX_QUOTE_WORDS]
    return {
        "names": [
            phrase
            for phrase in find_name_phrases(text)
            if not DAY.fullmatch(phrase) and not all(map(known.have_name, map(base_form, phrase.split())))
        ],
        "numbers": [number.mention for number in find_numbers(text) if not known.numbers.have(number)],
        "days": [match[0] for match in DAY.finditer(text) if match[0].casefold() not in known.words],
        "quotes": [quote for quote in quotes if not any(_bare(quote) in one for one in known.quotes)],
    }


def _needed(story: Story, known: StoryMentions, texts: Mapping[int, str]) -> Iterator[tuple[int, str, str]]:
    """Yield (paragraph, key, item) for what answers and lines mention, and their paragraphs have in other words or by alias."""
    words = {
        number: {name_stem(base_form(word)): word for word in WORD.findall(text)} for number, text in texts.items()
    }
    named = {number: _people_named(story, text) for number, text in texts.items()}
    for objection in find_objections(story, known):
        mention = objection.mention
        for number in [number for number in objection.cites if number in texts]:
            if objection.kind == "quote" and _bare(mention) in comparable(texts[number]):
                yield number, "quotes", mention
            elif objection.kind == "name" and (stem := name_stem(base_form(mention))) in words[number]:
                yield number, "names", re.sub(r"['’]s?$", "", words[number][stem])
            elif objection.kind == "name" and (id := named[number].get(base_form(mention))):
                yield number, "people", id


def _people_named(story: Story, text: str) -> dict[str, str]:
    """Return the ids of the people whom a text names, by each word of their names."""
    owners = {name: person for person in story.people.values() for name in proper_names(person)}
    found = [owners[name] for name in NameFinder(owners).find(text)]
    return {form: person.id for person in found for name in (person.name, *person.aliases) for form in name_words(name)}


def _bare(quote: str) -> str:
    return comparable(quote).strip(" .,;")


def _addable(paragraph: Paragraph, key: str, items: Iterable[str]) -> tuple[str, ...]:
    """Return what fits the list of records at a key: without repeats, and no longer than a record may be."""
    there: tuple[str, ...] = getattr(paragraph, key)
    tidy = (re.sub(r"\s+", " ", item).strip() for item in items)
    new = dict.fromkeys(item for item in tidy if item and item not in there and len(item) <= field_lengths.NAME)
    return tuple(new)[: max(0, MAX_LIST_ITEMS - len(there))]
