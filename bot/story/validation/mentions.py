"""What a text mentions (names, numbers, days, quotes) and whether its paragraphs have it."""

import calendar
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache

from msgspec import Struct

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
NO_NAMES = frozenset("i")
"""Capitalised words that are no names."""
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


class ParagraphMentions(Struct, frozen=True):
    """What the texts that cite a paragraph may mention: words of names in their base form, numbers and days, and quotes."""

    names: frozenset[str]
    numbers: frozenset[str]
    group_sizes: frozenset[str]
    quotes: tuple[str, ...]


class StoryMentions(Struct, frozen=True):
    """The mentions of each paragraph, worked out once for all texts; names: the words of everybody's main name."""

    by_paragraph: Mapping[int, ParagraphMentions]
    names: frozenset[str]
    headline: str
    """What every text may quote."""

    @classmethod
    def of(cls, story: Story) -> "StoryMentions":
        """Return the mentions of a story."""
        words = {
            person.id: frozenset(base_form(word) for name in (person.name, *person.aliases) for word in name.split())
            for person in story.people.values()
        }
        main = (word for person in story.people.values() for word in person.name.split() if word[0].isupper())
        return cls(
            {number: _paragraph_mentions(story, paragraph, words) for number, paragraph in story.paragraphs.items()},
            frozenset(map(base_form, main)),
            straighten_quotes(story.title).casefold(),
        )

    def unsupported(
        self, text: str, cites: Iterable[int], speakers: Iterable[str] = (), later: Iterable[str] = ()
    ) -> Iterator[tuple[str, str]]:
        """Yield (kind, mention) for each name, number and day that no cited paragraph has.

        Quoted text is left out; `speakers`: further words that count as known names; `later`: texts whose numbers and days
        count as known too.
        """
        text = QUOTED.sub(" ", text)
        cited = [self.by_paragraph[number] for number in cites]
        yield from self._unsupported_names(text, cited, {base_form(word) for word in speakers})
        known = ParagraphMentions(frozenset(), _numbers_and_days(" ".join(later)), frozenset(), ())
        yield from _unsupported_numbers(text, [*cited, known])

    def unsupported_quotes(self, text: str, cites: Iterable[int]) -> Iterator[str]:
        """Yield each quoted phrase that is not part of a quote of a cited paragraph."""
        known = [self.headline, *(quote for number in cites for quote in self.by_paragraph[number].quotes)]
        for match in QUOTED.finditer(text):
            phrase = straighten_quotes(match[1]).casefold().strip(" .,;")
            if not any(phrase in quote for quote in known):
                yield match[1]

    def _unsupported_names(
        self, text: str, cited: Sequence[ParagraphMentions], speakers: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        for word, starts_sentence in capitalised_words(text):
            form = base_form(word)
            known = form in NO_NAMES or form in speakers or any(form in mentions.names for mentions in cited)
            if not known and not DAY.fullmatch(word) and (not starts_sentence or form in self.names):
                yield "name", word


def _paragraph_mentions(story: Story, paragraph: Paragraph, words: Mapping[str, Set[str]]) -> ParagraphMentions:
    """Return a paragraph's mentions; words: those of each person's names."""
    people = dict.fromkeys((*paragraph.people, *paragraph.implied_people))
    named = dict.fromkeys([*people, *(member for id in people for member in story.people[id].members)])
    names = {base_form(word) for name in paragraph.names for word in name.split()}
    events = (event for event in story.events if event.dated_by and paragraph.number in event.point.cites)
    dates = (spelled_date(event.date) for event in events)  # of relative days, which the timeline knows
    return ParagraphMentions(
        names=frozenset(names.union(*(words[id] for id in named))),
        numbers=_numbers_and_days(" ".join((*paragraph.numbers, *paragraph.days, *dates))),
        group_sizes=frozenset(str(len(story.people[id].members)) for id in people),
        quotes=tuple(straighten_quotes(quote).casefold() for quote in paragraph.quotes),
    )


def _numbers_and_days(text: str) -> frozenset[str]:
    """Return the words and numbers of a text, number words as digits too."""
    numbers = {*re.findall(r"\w+", text.casefold()), *_NUMBER.findall(text)}
    small_numbers = _small_numbers()
    return frozenset(numbers | {small_numbers[word] for word in numbers if word in small_numbers})


def spelled_date(date: str) -> str:
    """Return an ISO date, which may lack day or month, as 22 March 2023, March 2023 or 2023."""
    year, *rest = date.split("-")
    month = [calendar.month_name[int(rest[0])]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


def _unsupported_numbers(text: str, cited: Sequence[ParagraphMentions]) -> Iterator[tuple[str, str]]:
    for match in _NUMBER.finditer(text):
        if not any(match[0] in mentions.numbers for mentions in cited):
            yield "number", match[0]
    small_numbers = _small_numbers()
    for word in tokenize(normalize(text)):
        value = small_numbers.get(word)
        if value and not any(value in mentions.numbers or value in mentions.group_sizes for mentions in cited):
            yield "number", word
    for match in DAY.finditer(text):
        if not any(match[0].casefold() in mentions.numbers for mentions in cited):
            yield "day", match[0]
