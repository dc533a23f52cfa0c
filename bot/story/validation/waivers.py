"""Waivers: findings that a person has looked at and that are right nevertheless, with the reason."""

import re
from collections.abc import Iterable, Iterator

from bot.errors import Problem
from bot.story.entry import Waiver
from bot.story.models import Story
from bot.story.validation.attribution import EntryProblem, entry_problem

MIN_PHRASE = 2
"""Words of a waiver that may be any part of the message, and not just the word that it objects to."""


def silences(waiver: Waiver, problem: EntryProblem) -> bool:
    """Tell whether a waiver is about a problem: it has the word that is objected to, or a phrase of the message."""
    waived = waiver.word.casefold()
    mention = problem.mention.casefold()
    if mention and re.search(rf"(?<!\w){re.escape(mention)}(?!\w)", waived):
        return True
    is_phrase = len(waived.split()) >= MIN_PHRASE
    return is_phrase and re.search(rf"(?<!\w){re.escape(waived)}(?!\w)", problem.sentence.casefold()) is not None


def remove_waived(story: Story, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems that no waiver of their entry silences."""
    for problem in problems:
        waivers = story.entries[problem.entry].waivers if isinstance(problem, EntryProblem) else ()
        if not isinstance(problem, EntryProblem) or not any(silences(waiver, problem) for waiver in waivers):
            yield problem


def find_useless_waivers(story: Story, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield a problem for each waiver that silences none of these."""
    by_entry: dict[str, list[EntryProblem]] = {}
    for problem in problems:
        if isinstance(problem, EntryProblem):
            by_entry.setdefault(problem.entry, []).append(problem)
    for entry in story.written_entries:
        for waiver in entry.waivers:
            if not any(silences(waiver, problem) for problem in by_entry.get(entry.id, ())):
                yield entry_problem(
                    entry,
                    f"the waiver of '{waiver.word}' silences nothing; remove it, "
                    "or name the word that a message puts in quotation marks",
                )
