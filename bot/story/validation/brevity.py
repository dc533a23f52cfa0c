"""Rules on length and on answering the question: a reply is read at a glance, on a phone.

They hold for entries with a label, which are written for the short card; longer entries of other bases stay as they are.
"""

import re
from collections.abc import Iterator

from bot.errors import Problem
from bot.nlp.check_words import load_check_words
from bot.story.entry import Entry
from bot.story.models import Story
from bot.story.sentences import first_sentence
from bot.story.validation.attribution import entry_problem
from bot.story.validation.numbers import find_numbers

FIRST_SENTENCE, ANSWER, USUAL_ANSWER, CLOSEST = 18, 45, 30, 20
"""Most words of an answer's first sentence, of any answer, of nine answers in ten, and of the closest text."""
LABEL = 20
"""Most characters of a label."""
_TIME = re.compile(
    r"\d|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b|\b(?:before|after|during|until|since|within|when|days?|weeks?|months?|years?|never|not)\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(r"[A-ZÀ-Þ][\w’'-]+|\b(?:nobody|no one|not|neither)\b")
_WHEN = re.compile(r"^(?:when|on what (?:day|date)|what year)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"^how (?:many|much|long)\b", re.IGNORECASE)
_WHO = re.compile(r"^who(?:m)?\b", re.IGNORECASE)


def word_count(text: str) -> int:
    """Return the number of words of a text."""
    return len(text.split())


def _written_for_cards(story: Story) -> list[Entry]:
    return [entry for entry in story.written_entries if entry.label]


def find_long_texts(story: Story) -> Iterator[Problem]:
    """Yield a problem for each text that is too long to be read at a glance."""
    for entry in _written_for_cards(story):
        first = first_sentence(entry.answer)
        for what, text, most in (
            ("the first sentence of the answer", first, FIRST_SENTENCE),
            ("the answer", entry.answer, ANSWER),
            ("'closest'", entry.closest, CLOSEST),
        ):
            if word_count(text) > most:
                yield entry_problem(
                    entry, f"{what} has {word_count(text)} words; at most {most} are read at a glance; shorten it"
                )
        if len(entry.label) > LABEL:
            yield entry_problem(entry, f"the label has {len(entry.label)} characters; {LABEL} fit a button; shorten it")


def find_too_many_long_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each longer answer if there are too many of them."""
    entries = _written_for_cards(story)
    long = [entry for entry in entries if word_count(entry.answer) > USUAL_ANSWER]
    if len(long) * 10 > len(entries):
        for entry in long:
            yield entry_problem(
                entry, f"more than one answer in ten has over {USUAL_ANSWER} words, and this is one; shorten it"
            )


def find_answers_to_another_question(story: Story) -> Iterator[Problem]:
    """Yield a problem for each 'when' without a time, 'how many' without a number, and 'who' without anybody."""
    for entry in _written_for_cards(story):
        if entry.standing == "not_covered":
            continue
        if _WHEN.search(entry.question) and not _TIME.search(entry.answer):
            yield entry_problem(
                entry,
                "the question asks when, and the answer has no time; give one (a date, a year, 'before …'), or ask otherwise",
            )
        if _HOW_MANY.search(entry.question) and not _has_amount(entry.answer):
            yield entry_problem(
                entry,
                "the question asks how many or how long, and the answer has no number; "
                "give one in figures or words ('twelve', 'half', 'several'), or ask otherwise",
            )
        if _WHO.search(entry.question) and not _SOMEBODY.search(entry.answer):
            yield entry_problem(
                entry,
                "the question asks who, and the answer has nobody; name somebody, or say 'nobody', or ask otherwise",
            )


def _has_amount(text: str) -> bool:
    """Tell whether a text has a number, in figures or words, or another word that says how much."""
    amounts = load_check_words().amounts
    words = re.findall(r"\w+", text.casefold())
    return re.search(r"\d", text) is not None or any(find_numbers(text)) or not amounts.isdisjoint(words)


RULES = (find_long_texts, find_too_many_long_answers, find_answers_to_another_question)
