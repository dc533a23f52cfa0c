"""Attribution rules: on whose word a sentence stands, with which denial, and relative to whose time.

Sentences are quoted alone and read years later, so each has to be true by itself. The patterns are English, like the bases'
answers.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from bot.errors import Problem
from bot.nlp.check_words import load_check_words
from bot.story.entry import Entry
from bot.story.models import Point, Story
from bot.story.sentences import SENTENCE_BREAK, first_sentence

QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_RELATIVE_TIME = re.compile(
    r"\b(?:(?:last|next) (?:night|week|month|year)|(?:an?|one|two|three|\d+) (?:day|week|month|year)s? ago"
    r"|yesterday|today|tomorrow|tonight|now|nowadays|currently|at present)\b",
    re.IGNORECASE,
)
_DEPENDENT_OPENING = re.compile(
    r"^(?:about|before|from|of|to)\b|^it (?!(?:is|was) .* that\b)|^(?:\S+ ){1,5}(?:it|so|did|does)[.,:;]",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"(?:yes|no)\b[.,;:]", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?=\s+[A-Z]|\s*$)")
_NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|only|without|leaves|un\w+ed)\b")


class EntryProblem(Problem, frozen=True, order=True):
    """A problem of one entry, which a waiver of the entry can silence. mention: the word that is objected to, if any."""

    entry: str
    mention: str = ""


def entry_problem(entry: Entry, sentence: str, mention: str = "") -> EntryProblem:
    """Return a problem of one entry; mention: the word that is objected to, if any."""
    return EntryProblem(entry.file, entry.line, f"{entry.id}: {sentence}", entry.id, mention)


@cache
def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of any of these words and phrases."""
    longest_first = sorted(map(re.escape, phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)


def _find_allegation(text: str) -> str:
    """Return the word of a text that alleges or accuses, nothing if there is none."""
    found = _any_of(load_check_words().allegation).search(text)
    return found[0] if found else ""


def _has_denial(text: str) -> bool:
    return _any_of(load_check_words().denial).search(text) is not None


def all_points(story: Story) -> Iterator[Point]:
    """Yield every line of the summaries, the timeline, the sources and of what people say."""
    for summary in story.summaries.values():
        for points in summary.points.values():
            yield from points
    yield from (event.point for event in story.events)
    yield from story.sources
    for person in story.people.values():
        yield from person.statements


def find_points_without_denial(story: Story) -> Iterator[Problem]:
    """Yield a problem for each summary, event or person whose lines mention an allegation but no denial."""
    groups = [points for summary in story.summaries.values() for points in summary.points.values()]
    groups += [(event.point,) for event in story.events] + [person.statements for person in story.people.values()]
    for points in groups:
        allegation = next((point for point in points if _find_allegation(point.text)), None)
        if allegation and not any(_has_denial(point.text) for point in points):
            sentence = "this mentions an allegation, but no line beside it mentions a denial; add one"
            yield Problem(allegation.file, allegation.line, sentence)


def find_answers_without_denial(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer that mentions an allegation without a claim, which carries denial and findings."""
    for entry in story.written_entries:
        if entry.claim or entry.standing in ("denied", "not_covered") or _has_denial(entry.answer):
            continue
        if word := _find_allegation(entry.answer):
            yield entry_problem(
                entry,
                f"the answer mentions an allegation ('{word}') without its denial; "
                "add 'claim', say who denies it, or waive 'alleged' with a reason",
                "alleged",
            )


def find_unattributed_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer on somebody's word whose first sentence, which gets quoted alone, does not say so."""
    verbs = _any_of((*load_check_words().attribution, *story.concepts.get("say", ())))
    for entry in story.written_entries:
        if entry.standing in ("reported", "not_covered"):
            continue
        if not verbs.search(first_sentence(entry.answer)):
            yield entry_problem(
                entry,
                f"the standing is '{entry.standing}', but the first sentence does not say who says so; "
                "add it there, with 'says', 'argues', 'denies' or the like (a further verb: under 'say' in vocabulary.yaml)",
            )


def find_yes_or_no_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer that begins with yes or no: people ask both 'did he?' and 'did he never?'."""
    for entry in story.written_entries:
        if _YES_OR_NO.match(entry.answer):
            yield entry_problem(entry, "don't begin with yes or no; write a full sentence")


def find_relative_times(story: Story) -> Iterator[Problem]:
    """Yield a problem for words such as 'last month', unless they are quoted or their sentence speaks of the article."""
    advice = "is relative to the article's day, not the reader's; give a date or quote it"
    for entry in story.written_entries:
        for time in _relative_times(entry.answer):
            yield entry_problem(entry, f"'{time}' {advice}, or waive '{time}' with a reason", time)
    texts = [(point.text, point.file, point.line, "") for point in all_points(story)]
    texts += [(p.gist, "story.yaml", 0, f"the gist of paragraph {p.number}: ") for p in story.paragraphs.values()]
    for text, file, line, subject in texts:
        for time in _relative_times(text):
            yield Problem(file, line, f"{subject}'{time}' {advice}")


def _relative_times(text: str) -> Iterator[str]:
    """Yield the first relative time of each sentence that does not speak of the article."""
    for sentence in SENTENCE_BREAK.split(QUOTED.sub(" ", text)):
        time = _RELATIVE_TIME.search(sentence)
        if time and not re.search(r"\barticle\b", sentence):
            yield time[0]


def find_dependent_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer shown whole under another question, as its nearest, where it can't be understood.

    An entry with a 'closest' of its own shows that instead.
    """
    shown_by: dict[str, list[str]] = {}
    for entry in story.written_entries:
        if entry.nearest and not entry.closest:
            shown_by.setdefault(entry.nearest, []).append(entry.id)
    for id, others in shown_by.items():
        nearest = story.entries[id]
        if opening := _DEPENDENT_OPENING.search(first_sentence(nearest.answer)):
            yield entry_problem(
                nearest,
                f"the answer is also shown under the question of {' and '.join(others)}, where nobody would understand "
                f"'{opening[0].strip()}'; name who and what in the first sentence, or give {' and '.join(others)} a 'closest'",
                opening[0].strip(),
            )


def find_unclear_not_covered_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each `not_covered` answer that is not a single sentence saying what is missing."""
    for entry in story.written_entries:
        if entry.standing != "not_covered":
            continue
        text = QUOTED.sub(" ", entry.answer)
        if entry.developments or entry.claim:
            continue  # the outcome stands first, and needs no 'not'
        most = 2 if entry.label else 1  # beside a short card there is room for what the article does have
        if len(_SENTENCE_END.findall(re.sub(r"\bMr\.", "Mr", text))) > most:
            yield entry_problem(
                entry, "a 'not_covered' answer must be one sentence; leave what the article does say to 'nearest'"
            )
        if not _NEGATION.search(text):
            yield entry_problem(
                entry,
                "the standing is 'not_covered', but the answer does not say what is missing; say it with 'not', 'no', 'only' or the like",
            )


RULES = (
    find_answers_without_denial,
    find_points_without_denial,
    find_unattributed_answers,
    find_yes_or_no_answers,
    find_relative_times,
    find_dependent_answers,
    find_unclear_not_covered_answers,
)
