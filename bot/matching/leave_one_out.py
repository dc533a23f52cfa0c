"""Ask a base its own texts with something left out, which needs no label: what is known is where each text belongs.

A text that is asked with itself left out is what somebody asks in words that nobody has written down. One that is asked with
its whole entry left out is what somebody asks and no entry answers.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from bot.matching.document import Document
from bot.matching.index import Index
from bot.matching.index_builder import leave_out
from bot.matching.matcher import Matcher
from bot.matching.weights import Weights

MAX_WORK = 16_000
"""Texts that may be indexed again, which takes a good part of the time."""
ENTRY_GROUPS = 12
"""Groups in which entries are left out: one by one would change nothing, and take longer."""
SEED = 17
"""Fixed, so that the same base always gives the same trials."""
LeftOut = Literal["text", "entry"]
Verdict = Literal["own", "same_paragraph", "not_covered", "other", "nothing"]
"""The first candidate: the text's own entry, one that rests on the same paragraph, one that says that the article does not say,
or any other; or that there is none."""


class Trial(Struct, frozen=True):
    """A text of an entry, asked with something left out. confidence: 0 where it is not answered at any threshold."""

    entry: str
    asked: str
    left_out: LeftOut
    first: str
    """The id of the first candidate; empty if there is none."""
    verdict: Verdict
    confidence: float


def run_trials(
    index: Index, weights: Weights, ids: Collection[str], most: int, max_work: int = MAX_WORK
) -> list[Trial]:
    """Return the trials of at most `most` texts of the entries with these ids, each with itself and with its entry left out.

    max_work: texts that may be indexed again. Where there are more texts some are drawn, always the same ones of one base.
    """
    draw = random.Random(SEED)  # noqa: S311 (nothing secret is drawn)
    numbers = [n for n, document in enumerate(index.documents) if document is not None and document.entry.id in ids]
    total = max(1, sum(_text_count(index, n) for n in numbers))
    # Each round leaves out one text of each entry, and indexes the others again.
    each = max(1, min(most // max(1, len(numbers)), max_work // total))
    affordable = min(most, len(numbers) * max_work // total)
    if len(numbers) > affordable:
        numbers = sorted(draw.sample(numbers, affordable))
    texts = {n: draw.sample(range(count), min(each, count)) for n in numbers if (count := _text_count(index, n))}
    draw.shuffle(numbers)
    groups = [numbers[start::ENTRY_GROUPS] for start in range(ENTRY_GROUPS)]
    return [*_without_texts(index, weights, texts), *_without_entries(index, weights, texts, groups)]


def _text_count(index: Index, number: int) -> int:
    return len(index.document(number).terms)


def _without_texts(index: Index, weights: Weights, texts: Mapping[int, Sequence[int]]) -> Iterator[Trial]:
    """Yield the trials of texts that are left out themselves: in each round one of each entry that has others."""
    for place in range(max(map(len, texts.values()), default=0)):
        chosen = {n: own[place] for n, own in texts.items() if place < len(own) and _text_count(index, n) > 1}
        changes: dict[int, Document | None] = {n: index.document(n).without_text(text) for n, text in chosen.items()}
        matcher = Matcher(leave_out(index, changes), weights)
        for number, text in chosen.items():
            yield _ask(matcher, index.document(number), text, "text")


def _without_entries(
    index: Index, weights: Weights, texts: Mapping[int, Sequence[int]], groups: Sequence[Sequence[int]]
) -> Iterator[Trial]:
    """Yield the trials of texts whose entries are left out, a group at a time."""
    for group in filter(None, groups):
        matcher = Matcher(leave_out(index, dict.fromkeys(group)), weights)
        for number in group:
            for text in texts.get(number, ()):
                yield _ask(matcher, index.document(number), text, "entry")


def _ask(matcher: Matcher, asked: Document, text: int, left_out: LeftOut) -> Trial:
    match = matcher.match(asked.entry.texts[text])
    entry, words = asked.entry.id, asked.entry.texts[text]
    if not match.candidates:
        return Trial(entry, words, left_out, "", "nothing", 0.0)
    first, says_what = match.candidates[0], not (match.question.is_bare or match.question.is_vague)
    confidence = match.confidence if first.exact or says_what else 0.0
    found = matcher.index.document(first.document)
    return Trial(entry, words, left_out, first.entry, _verdict(asked, found), confidence)


def _verdict(asked: Document, found: Document) -> Verdict:
    if found.entry.id == asked.entry.id:
        return "own"
    if not found.entry.covered:
        return "not_covered"
    return "same_paragraph" if found.is_interchangeable_with(asked) else "other"
