"""What a text mentions (names, numbers, days, quotes) and whether its paragraphs have it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import normalize, tokenize
from bot.story.models import Paragraph, Story
from bot.story.validation.attribution import QUOTED

DAY = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_CAPITALISED = re.compile(r"(?<![\w-])[A-ZÀ-Þ][\w’'&-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+|[“\"(]\s*)$")


@cache
def _small_numbers() -> Mapping[str, str]:
    """Return the digits for each number word that always counts something, as 'one' and 'once' do not."""
    words = load_lexicon().number_words
    return {word: value for word, value in words.items() if word not in ("one", "once", "zero")}


def straighten_quotes(text: str) -> str:
    """Return the text with straight quotation marks and apostrophes."""
    return text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def base_form(word: str) -> str:
    """Return a name in lower case without a possessive ending."""
    return re.sub(r"'s?$", "", straighten_quotes(word)).casefold()


def capitalised_words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each capitalised word, and whether it starts a sentence."""
    for match in _CAPITALISED.finditer(text):
        yield match[0], bool(_SENTENCE_START.search(text[: match.start()]))


def name_words(story: Story, paragraphs: Iterable[Paragraph]) -> set[str]:
    """Return the base form of every word that names somebody or something in these paragraphs."""
    known = {"i"}
    for paragraph in paragraphs:
        people = [story.people[id] for id in (*paragraph.people, *paragraph.implied_people)]
        people += [story.people[member] for person in people for member in person.members]
        names = [name for person in people for name in (person.name, *person.aliases)]
        known |= {base_form(word) for name in (*names, *paragraph.names) for word in name.split()}
    return known


def unsupported_mentions(
    story: Story, text: str, cited: Sequence[Paragraph], speakers: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Yield (kind, mention) for each name, number and day that no cited paragraph has.

    Quoted text is left out; `speakers`: further words that count as known names.
    """
    text = QUOTED.sub(" ", text)
    yield from _unsupported_names(story, text, cited, speakers)
    yield from _unsupported_numbers(story, text, cited)


def unsupported_quotes(text: str, cited: Iterable[Paragraph]) -> Iterator[str]:
    """Yield each quoted phrase that is not part of a quote of a cited paragraph."""
    known = [straighten_quotes(quote).casefold() for paragraph in cited for quote in paragraph.quotes]
    for match in QUOTED.finditer(text):
        phrase = straighten_quotes(match[1]).casefold().strip(" .,;")
        if not any(phrase in quote for quote in known):
            yield match[1]


def _unsupported_names(
    story: Story, text: str, cited: Sequence[Paragraph], speakers: Iterable[str]
) -> Iterator[tuple[str, str]]:
    known = name_words(story, cited) | {base_form(word) for word in speakers}
    names = {base_form(word) for person in story.people.values() for word in person.name.split() if word[0].isupper()}
    for word, starts_sentence in capitalised_words(text):
        if base_form(word) in known or DAY.fullmatch(word):
            continue
        if not starts_sentence or base_form(word) in names:
            yield "name", word


def _unsupported_numbers(story: Story, text: str, cited: Sequence[Paragraph]) -> Iterator[tuple[str, str]]:
    listed = " ".join([text for paragraph in cited for text in (*paragraph.numbers, *paragraph.days)])
    known = {*re.findall(r"\w+", listed.casefold()), *_NUMBER.findall(listed)}
    small_numbers = _small_numbers()
    known |= {small_numbers[word] for word in known if word in small_numbers}
    group_sizes = {
        str(len(story.people[id].members))
        for paragraph in cited
        for id in (*paragraph.people, *paragraph.implied_people)
    }
    for match in _NUMBER.finditer(text):
        if match[0] not in known:
            yield "number", match[0]
    for word in tokenize(normalize(text)):
        if word in small_numbers and small_numbers[word] not in known | group_sizes:
            yield "number", word
    for match in DAY.finditer(text):
        if match[0].casefold() not in known:
            yield "day", match[0]
