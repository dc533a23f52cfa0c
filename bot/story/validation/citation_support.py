"""Support rules: whatever an answer or a summary mentions stands in the paragraphs it cites.

An entry's `waivers` (a word and the reason) silence the problems about that word.
"""

from collections.abc import Iterator

from bot.errors import Problem
from bot.story.entry import Entry
from bot.story.models import Story
from bot.story.outcomes import claims_of, developments_of
from bot.story.validation.attribution import all_points, entry_problem
from bot.story.validation.mentions import StoryMentions, spelled_date

CITE_ANOTHER = "cite a paragraph that has it, or leave it out"


def find_unsupported_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each name, number, day and quote of an answer that no cited paragraph has."""
    mentions = StoryMentions.of(story)
    for entry in story.written_entries:
        where = _citation(entry.cites)
        waived = " ".join(waiver.word for waiver in entry.waivers)
        speakers = [word for id in entry.by for word in story.people[id].name.split()]
        if entry.standing != "not_covered":  # what such an answer says is missing is rightly in no paragraph
            for kind, mention in mentions.unsupported(entry.answer, entry.cites, speakers, _later_facts(story, entry)):
                if mention not in waived:
                    yield entry_problem(
                        entry, f"the answer mentions the {kind} '{mention}', which is not in {where}; {CITE_ANOTHER}"
                    )
        for quote in mentions.unsupported_quotes(entry.answer, entry.cites):
            if quote not in waived:
                yield entry_problem(
                    entry, f"the answer quotes '{quote}', which is not among the quotes of {where}; {CITE_ANOTHER}"
                )


def find_unsupported_points(story: Story) -> Iterator[Problem]:
    """Yield the same for each line of a summary, an event, a source or a statement."""
    mentions = StoryMentions.of(story)
    for point in all_points(story):
        where = _citation(point.cites)
        for kind, mention in mentions.unsupported(point.text, point.cites):
            sentence = f"this mentions the {kind} '{mention}', which is not in {where}; {CITE_ANOTHER}"
            yield Problem(point.file, point.line, sentence)
        for quote in mentions.unsupported_quotes(point.text, point.cites):
            sentence = f"this quotes '{quote}', which is not among the quotes of {where}; {CITE_ANOTHER}"
            yield Problem(point.file, point.line, sentence)


def _later_facts(story: Story, entry: Entry) -> list[str]:
    """Return what is known later and shown with an entry, and when the article was published: its answer may say so."""
    later = developments_of(story, [entry], claims_of(story, [entry]))
    return [*(f"{spelled_date(development.date)} {development.text}" for development in later), story.published]


def _citation(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"¶{number}" for number in numbers)


RULES = (find_unsupported_answers, find_unsupported_points)
