"""Attribution rules: on whose word a sentence stands, with which denial, and relative to whose time.

Sentences are quoted alone and read years later, so each has to be true by itself. The patterns are English, like the bases'
answers.
"""

import re
from collections.abc import Iterator

from bot.errors import Problem
from bot.story.entry import Entry
from bot.story.models import Point, Story
from bot.story.sentences import SENTENCE_BREAK, first_sentence

QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_ALLEGATION = re.compile(
    r"\b(?:alleg\w+|accus\w+|supposed(?:ly)?|according to the report|the report says)\b", re.IGNORECASE
)
_DENIAL = re.compile(r"\b(?:den(?:y|ies|ied|ial)|reject\w*|says that he called)\b", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    r"\b(?:alleg\w+|accus\w+|accord\w+|account|announc\w+|article|assum\w+|believ\w+|call(?:s|ed)|claim\w*|den(?:y|ies|ied|ial)"
    r"|mention\w*|nam(?:es|ed)|reject\w*|report(?:s|ed)?|sa(?:y|ys|id)|sources?|state[sd]?|statement|tells|told|words|writes?|wrote)\b",
    re.IGNORECASE,
)
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
_NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|none|neither|without|leaves|un\w+ed)\b")


def entry_problem(entry: Entry, sentence: str) -> Problem:
    """Return a problem of one entry."""
    return Problem(entry.file, entry.line, f"{entry.id}: {sentence}")


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
        allegation = next((point for point in points if _ALLEGATION.search(point.text)), None)
        if allegation and not any(_DENIAL.search(point.text) for point in points):
            sentence = "this mentions an allegation, but no line beside it mentions a denial; add one"
            yield Problem(allegation.file, allegation.line, sentence)


def find_answers_without_denial(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer that mentions an allegation without a claim, which carries denial and findings."""
    for entry in story.written_entries:
        is_covered = entry.claim or any("alleg" in waiver.word for waiver in entry.waivers)
        if is_covered or entry.standing in ("denied", "not_covered") or _DENIAL.search(entry.answer):
            continue
        if _ALLEGATION.search(entry.answer):
            yield entry_problem(
                entry, "the answer mentions an allegation without its denial; add 'claim', or waive 'alleged'"
            )


def find_unattributed_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer on somebody's word whose first sentence, which gets quoted alone, does not say so."""
    for entry in story.written_entries:
        if entry.standing in ("reported", "not_covered"):
            continue
        if not _ATTRIBUTION.search(first_sentence(entry.answer)):
            yield entry_problem(
                entry,
                f"the standing is '{entry.standing}', but the first sentence does not say who says so; add it there",
            )


def find_yes_or_no_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each answer that begins with yes or no: people ask both 'did he?' and 'did he never?'."""
    for entry in story.written_entries:
        if _YES_OR_NO.match(entry.answer):
            yield entry_problem(entry, "don't begin with yes or no; write a full sentence")


def find_relative_times(story: Story) -> Iterator[Problem]:
    """Yield a problem for words such as 'last month', unless they are quoted or their sentence speaks of the article."""
    texts = [(entry.answer, entry.file, entry.line, f"{entry.id}: ") for entry in story.written_entries]
    texts += [(point.text, point.file, point.line, "") for point in all_points(story)]
    texts += [(p.gist, "story.yaml", 0, f"the gist of paragraph {p.number}: ") for p in story.paragraphs.values()]
    for text, file, line, subject in texts:
        for sentence in SENTENCE_BREAK.split(QUOTED.sub(" ", text)):
            time = _RELATIVE_TIME.search(sentence)
            if time and not re.search(r"\barticle\b", sentence):
                advice = "is relative to the article's day, not the reader's; give a date or quote it"
                yield Problem(file, line, f"{subject}'{time[0]}' {advice}")


def find_dependent_answers(story: Story) -> Iterator[Problem]:
    """Yield a problem for each 'nearest' answer that can't be understood under another question than its own."""
    for id in dict.fromkeys(entry.nearest for entry in story.written_entries if entry.nearest):
        nearest = story.entries[id]
        if opening := _DEPENDENT_OPENING.search(first_sentence(nearest.answer)):
            yield entry_problem(
                nearest,
                "the answer is also shown under other questions, where nobody would understand "
                f"'{opening[0].strip()}'; name who and what in the first sentence",
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
            yield entry_problem(entry, "the standing is 'not_covered', but the answer does not say what is missing")


RULES = (
    find_answers_without_denial,
    find_points_without_denial,
    find_unattributed_answers,
    find_yes_or_no_answers,
    find_relative_times,
    find_dependent_answers,
    find_unclear_not_covered_answers,
)
