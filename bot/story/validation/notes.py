"""What is worth a look in a base that is sound: no problem, and nothing that has to be done."""

from collections.abc import Iterator, Mapping, Sequence

from bot.nlp.name_finder import NameFinder
from bot.story.models import Story
from bot.story.validation.missing_records import find_missing_records

MAX_SHOWN = 12
"""Names or paragraphs that one note lists."""


def find_notes(story: Story, texts: Mapping[int, str]) -> Iterator[str]:
    """Yield the notes on a base as sentences; texts: those of the paragraphs, as far as the article is at hand."""
    untold = find_untold_people(story)
    if 0 < len(untold) <= len(story.people) / 2:  # a base that is not written yet tells of nobody
        yield (
            f"people.yaml: no entry tells of {_listed(untold)}; write one for whom readers may ask about, "
            "or take out whom nobody will"
        )
    if missing := find_missing_records(story, texts):
        yield (
            f"story.yaml: the records lack names, numbers, days or quotes that the article has, in "
            f"{_listed([f'¶{number}' for number in missing])}; 'pilcrow check --article FILE --update' adds them"
        )


def find_untold_people(story: Story) -> list[str]:
    """Return the names of those in people.yaml whom no entry names, by any of their names, in question, answer or phrasing."""
    people = [person for person in story.people.values() if not person.outside_article]
    finder = NameFinder(name.casefold() for person in people for name in (person.name, *person.aliases))
    named: set[str] = set()
    for entry in story.written_entries:
        text = " \n ".join((entry.question, entry.answer, entry.closest, *entry.phrasings))
        named |= finder.find(text.casefold())
    return [
        person.name for person in people if named.isdisjoint(name.casefold() for name in (person.name, *person.aliases))
    ]


def _listed(items: Sequence[str]) -> str:
    """Return items as a list in words, the first few of many."""
    shown = items[:MAX_SHOWN]
    if more := len(items) - len(shown):
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
