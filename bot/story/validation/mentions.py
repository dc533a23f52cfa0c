"""What a text mentions (names, numbers, days, quotes) and whether its paragraphs have it.

A paragraph has what its records in `story.yaml` list and, where the article is at hand, what its text says.
"""

import calendar
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from bot.nlp.name_finder import NameFinder
from bot.story.models import Paragraph, Person, Story
from bot.story.validation.attribution import QUOTED
from bot.story.validation.names import (
    base_form,
    capitalised_words,
    is_ordinary,
    name_stem,
    name_words,
    straighten_quotes,
)
from bot.story.validation.numbers import KnownNumbers, find_numbers

Kind = Literal["name", "number", "day", "quote"]
DAY = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
)
_OMISSION = re.compile(r"\s*(?:…|\.\.\.|\[[^\]]*\])\s*")
NO_TEXTS: Mapping[int, str] = {}
"""The article is not at hand."""


class ParagraphMentions(Struct, frozen=True):
    """What the texts that cite a paragraph may mention.

    names: words of names in their base form; name_stems: the stems of these; words: all words, for days;
    group_sizes: how many members its groups have; quotes: what may be quoted, in lower case.
    """

    names: frozenset[str]
    name_stems: frozenset[str]
    words: frozenset[str]
    numbers: KnownNumbers
    group_sizes: frozenset[str]
    quotes: tuple[str, ...]

    def have_name(self, form: str) -> bool:
        """Tell whether a name is there, in this form or another, or every part of a hyphenated one."""
        if form in self.names or name_stem(form) in self.name_stems:
            return True
        parts = [part for part in form.split("-") if part]
        return len(parts) > 1 and all(part in self.names or name_stem(part) in self.name_stems for part in parts)


class StoryMentions(Struct, frozen=True):
    """The mentions of each paragraph, worked out once for all texts.

    names: the words of everybody's main name; headline: what every text may quote.
    """

    by_paragraph: Mapping[int, ParagraphMentions]
    names: frozenset[str]
    headline: str

    @classmethod
    def of(cls, story: Story, texts: Mapping[int, str] = NO_TEXTS) -> "StoryMentions":
        """Return the mentions of a story; texts: those of its paragraphs, as far as they are at hand."""
        names = _PeopleNames.of(story)
        main = (word for person in story.people.values() for word in person.name.split() if word[0].isupper())
        return cls(
            {
                number: _paragraph_mentions(story, paragraph, names, texts.get(number, ""))
                for number, paragraph in story.paragraphs.items()
            },
            frozenset(form for word in main for form in name_words(word)),
            comparable(story.title),
        )

    def unsupported(
        self, text: str, cites: Iterable[int], speakers: Iterable[str] = (), later: Iterable[str] = ()
    ) -> Iterator[tuple[Kind, str]]:
        """Yield (kind, mention) for each name, number and day that no cited paragraph has.

        Quoted text is left out; `speakers`: further words that count as known names; `later`: texts whose numbers and days
        count as known too.
        """
        text = QUOTED.sub(" ", text)
        cited = [self.by_paragraph[number] for number in cites]
        yield from self._unsupported_names(text, cited, frozenset(map(base_form, speakers)))
        yield from _unsupported_numbers(text, cited, later)

    def unsupported_quotes(self, text: str, cites: Iterable[int]) -> Iterator[str]:
        """Yield each quoted phrase that is not part of what a cited paragraph says; what it leaves out is marked by '…'."""
        known = [self.headline, *(quote for number in cites for quote in self.by_paragraph[number].quotes)]
        for match in QUOTED.finditer(text):
            parts = [part.strip(" .,;") for part in _OMISSION.split(comparable(match[1]))]
            if not any(all(part in quote for part in parts) for quote in known):
                yield match[1]

    def paragraphs_with(self, kind: Kind, mention: str) -> list[int]:
        """Return the numbers of the paragraphs that have what another one lacks."""
        text = f'"{mention}"' if kind == "quote" else f"In {mention}"
        return [
            number
            for number in self.by_paragraph
            if not any(self.unsupported(text, [number])) and not any(self.unsupported_quotes(text, [number]))
        ]

    def _unsupported_names(
        self, text: str, cited: Sequence[ParagraphMentions], speakers: Collection[str]
    ) -> Iterator[tuple[Kind, str]]:
        is_complete = all(mentions.numbers.is_complete for mentions in cited)
        for found in capitalised_words(text):
            form = base_form(found.word)
            known = form in speakers or any(mentions.have_name(form) for mentions in cited)
            may_be_none = found.starts_sentence and form not in self.names and (not is_complete or is_ordinary(form))
            if not known and not may_be_none and not DAY.fullmatch(found.word):
                yield "name", found.word


def proper_names(person: Person) -> Iterator[str]:
    """Yield the names of a person that stand for nobody else: descriptions such as 'the mayor' may."""
    yield from (name for name in (person.name, *person.aliases) if name[:1].isupper() or name == person.name)


class _PeopleNames(Struct, frozen=True):
    """The names of everybody. words: each one's, in their base form; owners: whose a proper name is; finder: finds these."""

    words: Mapping[str, frozenset[str]]
    owners: Mapping[str, str]
    finder: NameFinder

    @classmethod
    def of(cls, story: Story) -> "_PeopleNames":
        people = story.people.values()
        owners = {name: person.id for person in people for name in proper_names(person)}
        words = {
            person.id: frozenset(form for name in (person.name, *person.aliases) for form in name_words(name))
            for person in people
        }
        return cls(words, owners, NameFinder(owners))

    def find(self, text: str) -> list[str]:
        """Return the ids of those whom a text names."""
        return sorted(self.owners[name] for name in self.finder.find(text))


def _paragraph_mentions(story: Story, paragraph: Paragraph, people: _PeopleNames, text: str) -> ParagraphMentions:
    """Return a paragraph's mentions; text: its own, if it is at hand."""
    ids = dict.fromkeys((*paragraph.people, *paragraph.implied_people, *people.find(text)))
    named = dict.fromkeys([*ids, *(member for id in ids for member in story.people[id].members)])
    names = {form for name in (*paragraph.names, text) for form in name_words(name)}.union(
        *(people.words[id] for id in named)
    )
    events = (event for event in story.events if event.dated_by and paragraph.number in event.point.cites)
    dates = (spelled_date(event.date) for event in events)  # of relative days, which the timeline knows
    written = (*paragraph.numbers, *paragraph.days, *dates, text)
    return ParagraphMentions(
        names=frozenset(names),
        name_stems=frozenset(map(name_stem, names)),
        words=frozenset(re.findall(r"\w+", " ".join(written).casefold())),
        numbers=KnownNumbers.of(*written, is_complete=bool(text)),
        group_sizes=frozenset(str(len(story.people[id].members)) for id in ids),
        quotes=tuple(comparable(quote) for quote in (*paragraph.quotes, text)),
    )


def comparable(text: str) -> str:
    """Return a text as quotations are compared: in lower case, with straight quotation marks and none within."""
    return " ".join(straighten_quotes(text).replace('"', "").casefold().split())


def spelled_date(date: str) -> str:
    """Return an ISO date, which may lack day or month, as 22 March 2023, March 2023 or 2023."""
    year, *rest = date.split("-")
    month = [calendar.month_name[int(rest[0])]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


def _unsupported_numbers(
    text: str, cited: Sequence[ParagraphMentions], later: Iterable[str]
) -> Iterator[tuple[Kind, str]]:
    known = [*(mentions.numbers for mentions in cited), KnownNumbers.of(*later, is_complete=True)]
    later_words = frozenset(re.findall(r"\w+", " ".join(later).casefold()))
    for number in find_numbers(text):
        is_group = number.mention.isalpha() and any(number.value in mentions.group_sizes for mentions in cited)
        if not is_group and not any(numbers.have(number) for numbers in known):
            yield "number", number.mention
    for match in DAY.finditer(text):
        day = match[0].casefold()
        if day not in later_words and not any(day in mentions.words for mentions in cited):
            yield "day", match[0]
