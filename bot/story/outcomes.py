"""What belongs to a claim follows it everywhere: who denies it and what was found later.

Nothing is attached to an entry by hand. A paragraph says which claims it carries, and a development which paragraphs and
people it bears on; every reply and view derives from that what it has to show.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from bot.nlp.name_finder import NameFinder
from bot.story.entry import Entry, Standing
from bot.story.models import Claim, Development, Person, Story

CONTESTED: tuple[Standing, ...] = ("alleged", "denied")
_WORD = re.compile(r"[^\W_]+")


def claims_carried(story: Story, paragraphs: Iterable[int]) -> tuple[Claim, ...]:
    """Return the claims that any of these paragraphs carries, without repeats."""
    ids = dict.fromkeys(id for number in paragraphs for id in story.paragraphs[number].claims)
    return tuple(story.claims[id] for id in ids)


def claims_of(story: Story, entries: Collection[Entry]) -> tuple[Claim, ...]:
    """Return the claims that a reply showing these entries has to show.

    Those that they name, and those that their paragraphs carry, if the texts allege or deny anything or speak of a party to
    the claim (who makes it or who denies it), and not of those whom the claim is not about. An answer on somebody's jail does
    not bring up what another person is accused of.
    """
    named = [story.claims[entry.claim] for entry in entries if entry.claim]
    carried = claims_carried(story, (number for entry in entries for number in entry.cites))
    if any(entry.standing in CONTESTED for entry in entries):
        return tuple(dict.fromkeys([*named, *carried]))
    text = " ".join(part for entry in entries for part in _texts(entry))
    return tuple(dict.fromkeys([*named, *(claim for claim in carried if concerns(claim, text, story))]))


def _texts(entry: Entry) -> Iterator[str]:
    """Yield what a reply may show of an entry, in any language."""
    yield from (entry.question, entry.answer, entry.closest)
    for translation in entry.translations.values():
        yield from (translation.question, translation.answer)


def concerns(claim: Claim, text: str, story: Story) -> bool:
    """Tell whether a claim concerns a text: it speaks of who makes or denies it, and of nobody whom the claim is not about."""
    return _speaks_of(text, (*claim.by, *claim.denied_by), story) and not _speaks_of(text, claim.not_about, story)


def _speaks_of(text: str, people: Iterable[str], story: Story) -> bool:
    """Tell whether a text uses any name or description of one of these people; unlike `mentions`, all of them count."""
    known = [story.people[id] for id in people]
    finder = NameFinder(name.casefold() for person in known for name in (person.name, *person.aliases))
    return bool(finder.find(text.casefold()))


def developments_of(story: Story, entries: Collection[Entry], claims: Iterable[Claim]) -> tuple[Development, ...]:
    """Return everything known later that a reply showing these entries and claims has to show, oldest first."""
    ids = dict.fromkeys([id for entry in entries for id in entry.developments])
    ids |= dict.fromkeys(id for claim in claims for id in claim.developments)
    found = [story.developments[id] for id in ids]
    found += [
        later
        for later in story.developments.values()
        if any(bears_on(story, later, entry.cites, f"{entry.question} {entry.answer}") for entry in entries)
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda later: later.sort_key))


def denies(entry: Entry, claim: Claim) -> bool:
    """Tell whether an entry gives the denial of a claim itself, so that it need not be said again beside it."""
    if entry.standing != "denied":
        return False
    own_words = not set(entry.cites).isdisjoint(claim.denial_cites) and bool(set(entry.by) & set(claim.denied_by))
    return entry.claim == claim.id or own_words


def bears_on(story: Story, later: Development, cites: Iterable[int], text: str) -> bool:
    """Tell whether a development bears on a text that cites paragraphs: by one of them, and by a person where it names any."""
    if set(later.paragraphs).isdisjoint(cites):
        return False
    return not later.people or any(mentions(text, story.people[id]) for id in later.people)


def mentions(text: str, person: Person) -> bool:
    """Tell whether a text names a person; a description such as 'the MP' may mean somebody else and does not count."""
    words = set(_WORD.findall(text))
    if any(name in words for name in person.aliases if name[:1].isupper()):
        return True
    return re.search(rf"(?<!\w){re.escape(person.name)}(?!\w)", text) is not None


def find_mentioned(texts: Iterable[str], people: Collection[Person]) -> set[str]:
    """Return the ids of the people whom `mentions` finds in any of these texts; the time grows with their sum only."""
    finder = NameFinder(person.name for person in people)
    words: set[str] = set()
    names: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(text))
        names |= finder.find(text)
    return {
        person.id
        for person in people
        if person.name in names or any(name in words for name in person.aliases if name[:1].isupper())
    }
