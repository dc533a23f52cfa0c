"""How sentences are framed, as far as a rule can hold it: on whose word they stand, beside which denial, in whose time.

They are quoted alone and read years later, so each has to be true by itself. The words are English, like the bases' answers.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from bot.errors import Problem
from bot.story.entry import Entry
from bot.story.models import Point, Story

QUOTED = re.compile(r"[“\"]([^“”\"]+)[”\"]")
_ALLEGING = re.compile(
    r"\b(?:alleg\w+|accus\w+|supposed(?:ly)?|according to the report|the report says)\b", re.IGNORECASE
)
_DENYING = re.compile(r"\b(?:den(?:y|ies|ied|ial)|reject\w*|says that he called)\b", re.IGNORECASE)
_ATTRIBUTING = re.compile(
    r"\b(?:alleg\w+|accus\w+|accord\w+|account|announc\w+|article|assum\w+|believ\w+|call(?:s|ed)|claim\w*|den(?:y|ies|ied|ial)"
    r"|mention\w*|nam(?:es|ed)|reject\w*|report(?:s|ed)?|sa(?:y|ys|id)|sources?|state[sd]?|statement|tells|told|words|writes?|wrote)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ])")
_RELATIVE = re.compile(
    r"\b(?:(?:last|next) (?:night|week|month|year)|(?:an?|one|two|three|\d+) (?:day|week|month|year)s? ago"
    r"|yesterday|today|tomorrow|tonight|now|nowadays|currently|at present)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:about|before|from|of|to)\b|^it (?!(?:is|was) .* that\b)|^(?:\S+ ){1,5}(?:it|so|did|does)[.,:;]",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"(?:yes|no)\b[.,;:]", re.IGNORECASE)


def at(entry: Entry, sentence: str) -> Problem:
    """A finding about one entry."""
    return Problem(entry.file, entry.line, f"{entry.id}: {sentence}")


def points(story: Story) -> Iterator[Point]:
    """Every line of the summaries, the timeline, the sources and of what people say."""
    for summary in story.summaries.values():
        for some in summary.points.values():
            yield from some
    yield from (event.point for event in story.events)
    yield from story.sources
    for person in story.people.values():
        yield from person.statements


def _denied_points(story: Story) -> Iterator[Problem]:
    """Where a summary or the timeline tells of an allegation, it tells of the denial too."""
    listed = [some for summary in story.summaries.values() for some in summary.points.values()]
    listed += [(event.point,) for event in story.events] + [person.statements for person in story.people.values()]
    for some in listed:
        alleging = next((point for point in some if _ALLEGING.search(point.text)), None)
        if alleging and not any(_DENYING.search(point.text) for point in some):
            yield Problem(alleging.file, alleging.line, "it tells of an allegation, and nothing beside it of a denial")


def _denials(story: Story) -> Iterator[Problem]:
    """Whatever is alleged carries its denial and what was found later: an answer that tells of it names the claim."""
    for entry in story.entries.values():
        carried = entry.claim or any("alleg" in waiver.word for waiver in entry.waivers)
        if carried or entry.standing in ("denied", "not_covered") or _DENYING.search(entry.answer):
            continue
        if _ALLEGING.search(entry.answer):
            yield at(entry, "the answer tells of an allegation without its denial; add 'claim:' (or waive 'alleged')")


def _attributed(story: Story) -> Iterator[Problem]:
    """What stands on somebody's word says so from its first sentence on: that sentence is what gets quoted alone."""
    unsaid = "but its first sentence does not say on whose word; say it there"
    for entry in story.entries.values():
        if entry.standing in ("reported", "not_covered"):
            continue
        if not _ATTRIBUTING.search(_SENTENCE_END.split(entry.answer)[0]):
            yield at(entry, f"standing {entry.standing}, {unsaid}")


def _whole(story: Story) -> Iterator[Problem]:
    """No answer begins with yes or no: people ask one thing both ways, 'did he tell?' and 'did he never tell?'."""
    for entry in story.entries.values():
        if _YES_OR_NO.match(entry.answer):
            yield at(entry, "the answer begins with yes or no, which another way of asking turns round; say it whole")


def _relative(story: Story) -> Iterator[Problem]:
    """'Last month' is the article's, not the reader's: such words are quoted, or their sentence speaks of the article."""
    texts = [(entry.answer, entry.file, entry.line, f"{entry.id}: ") for entry in story.entries.values()]
    texts += [(point.text, point.file, point.line, "") for point in points(story)]
    texts += [(p.gist, "story.yaml", 0, f"the gist of paragraph {p.number}: ") for p in story.paragraphs.values()]
    elsewhen = "counts from the article's day, not from the reader's; quote it or give a date"
    for text, file, line, about in texts:
        for sentence in _SENTENCE_END.split(QUOTED.sub(" ", text)):
            when = _RELATIVE.search(sentence)
            if when and not re.search(r"\barticle\b", sentence):
                yield Problem(file, line, f"{about}'{when[0]}' {elsewhen}")


def _leaning(story: Story) -> Iterator[Problem]:
    """What is shown as the nearest stands under another question: it must not need its own to be understood."""
    for id in dict.fromkeys(entry.nearest for entry in story.entries.values() if entry.nearest):
        nearest = story.entries[id]
        if leaning := _LEANING.search(_SENTENCE_END.split(nearest.answer)[0]):
            reason = f"'{leaning[0].strip()}' needs its own question; name who and what in the first sentence"
            yield at(nearest, f"it is shown as the nearest under other questions, where {reason}")


def _missing(story: Story) -> Iterator[Problem]:
    """A `not_covered` answer is one sentence that says what is missing, and nothing else."""
    for entry in story.entries.values():
        if entry.standing != "not_covered":
            continue
        plain = QUOTED.sub(" ", entry.answer)
        if len(re.findall(r"[.!?](?=\s+[A-Z]|\s*$)", re.sub(r"\bMr\.", "Mr", plain))) > 1:
            yield at(
                entry, "an answer that says what is missing is one sentence; put what the article says in 'nearest'"
            )
        if not re.search(r"\b(?:not|no|never|nothing|nobody|none|neither|without|leaves|un\w+ed)\b", plain):
            yield at(entry, "standing not_covered, but the answer does not say what is missing")


RULES: tuple[Callable[[Story], Iterable[Problem]], ...] = (
    _denials,
    _denied_points,
    _attributed,
    _whole,
    _relative,
    _leaning,
    _missing,
)
