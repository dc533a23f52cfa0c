"""Support rules: whatever an answer or a summary mentions stands in the paragraphs it cites."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from bot.errors import Problem
from bot.story.entry import Entry
from bot.story.models import Point, Story
from bot.story.outcomes import claims_of, developments_of
from bot.story.validation.attribution import all_points, entry_problem
from bot.story.validation.mentions import NO_TEXTS, Kind, StoryMentions, spelled_date

MAX_ELSEWHERE = 3
"""Paragraphs that a message names as those that have what the cited ones lack."""
MAX_LOOKUPS = 100
"""Messages for which these are looked up: that takes time, and nobody reads more at once."""


class Objection(Struct, frozen=True):
    """Something that a text mentions and its paragraphs lack. subject: what mentions it; place: the entry or line."""

    place: Entry | Point
    subject: str
    kind: Kind
    mention: str
    cites: tuple[int, ...]


def find_objections(story: Story, mentions: StoryMentions) -> Iterator[Objection]:
    """Yield each name, number, day and quote of an answer, a closest text or a line that no cited paragraph has."""
    for entry in story.written_entries:
        speakers = [word for id in entry.by for word in story.people[id].name.split()]
        later = _later_facts(story, entry)
        if entry.standing != "not_covered":  # what such an answer says is missing is rightly in no paragraph
            for kind, mention in mentions.unsupported(entry.answer, entry.cites, speakers, later):
                yield Objection(entry, "the answer", kind, mention, entry.cites)
        for quote in mentions.unsupported_quotes(entry.answer, entry.cites):
            yield Objection(entry, "the answer", "quote", quote, entry.cites)
        cites = _closest_cites(story, entry)
        for kind, mention in mentions.unsupported(entry.closest, cites, speakers, later):
            if kind != "number" or not mention.isalpha():  # 'the three never called' counts whom the answer names
                yield Objection(entry, "'closest'", kind, mention, cites)
        for quote in mentions.unsupported_quotes(entry.closest, cites):
            yield Objection(entry, "'closest'", "quote", quote, cites)
    for point in all_points(story):
        for kind, mention in mentions.unsupported(point.text, point.cites):
            yield Objection(point, "this", kind, mention, point.cites)
        for quote in mentions.unsupported_quotes(point.text, point.cites):
            yield Objection(point, "this", "quote", quote, point.cites)


def find_unsupported_texts(story: Story, texts: Mapping[int, str] = NO_TEXTS) -> Iterator[Problem]:
    """Yield a problem for each objection, with what would be accepted.

    texts: those of the paragraphs, as far as the article is at hand.
    """
    mentions = StoryMentions.of(story, texts)
    for i, found in enumerate(find_objections(story, mentions)):
        elsewhere = mentions.paragraphs_with(found.kind, found.mention)[:MAX_ELSEWHERE] if i < MAX_LOOKUPS else []
        sentence = f"{_describe(found)}; {_accepted(found, elsewhere, texts)}"
        if isinstance(found.place, Entry):
            sentence = f"{sentence}, or waive '{found.mention}' with a reason"
            yield entry_problem(found.place, sentence, found.mention)
        else:
            yield Problem(found.place.file, found.place.line, f"{sentence}, or leave it out")


def _describe(found: Objection) -> str:
    where = _citation(found.cites)
    if found.kind == "quote":
        return f"{found.subject} quotes '{found.mention}', which is not among the quotes of {where}"
    return f"{found.subject} mentions the {found.kind} '{found.mention}', which is not in {where}"


def _accepted(found: Objection, elsewhere: Sequence[int], texts: Mapping[int, str]) -> str:
    """Return what would be accepted: a paragraph that has it, or, unless the text is known not to have it, a record."""
    advice = ["write it as in the paragraph"]
    if elsewhere:
        advice.append(f"cite a paragraph that has it ({_citation(elsewhere)})")
    if not texts.keys() >= set(found.cites):
        advice.append(f"add it to '{found.kind}s' of {_citation(found.cites[:1])} in story.yaml")
    return ", ".join(advice)


def _closest_cites(story: Story, entry: Entry) -> tuple[int, ...]:
    """Return the paragraphs that a closest text may rest on: the entry's, those of its nearest, and of its claim and denial."""
    nearest = story.entries[entry.nearest].cites if entry.nearest else ()
    claim = story.claims[entry.claim] if entry.claim else None
    denial = (*claim.cites, *claim.denial_cites) if claim else ()
    return tuple(dict.fromkeys([*entry.cites, *nearest, *denial]))


def _later_facts(story: Story, entry: Entry) -> list[str]:
    """Return what is known later and shown with an entry, and when the article was published: its answer may say so."""
    later = developments_of(story, [entry], claims_of(story, [entry]))
    return [*(f"{spelled_date(development.date)} {development.text}" for development in later), story.published]


def _citation(numbers: Sequence[int]) -> str:
    return ", ".join(f"¶{number}" for number in numbers)


RULES = (find_unsupported_texts,)
"""Rules that take the article's text, as far as it is at hand, for the truth."""
