"""The inbox's questions in groups that mean the same, most frequent first. Pure.

Two questions mean the same if the matcher's analysis finds the same people, numbers, negation and intents in them, and their
terms mostly overlap or one is a spelling of the other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import Indel

from bot.answering.answerer import Answerer
from bot.i18n.messages import messages
from bot.journal.records import InboxQuestion, Reason
from bot.matching.analysis import Analysis
from bot.matching.features import unmatched_share
from bot.matching.index import Index
from bot.matching.matcher import Matcher
from bot.matching.vocabulary import NEGATION

MIN_TERM_OVERLAP = 0.7
"""Dice coefficient of two questions' terms, weighted by inverse document frequency, from which they mean the same."""
MIN_SPELLING_SIMILARITY = 0.9
"""Indel similarity from which two questions are spellings of one."""
MAX_QUESTIONS = 2_000
"""Questions that are grouped, the most frequent ones: grouping takes a moment."""
MAX_SPELLINGS = 4
"""Questions of a group that others are compared with."""
MAX_POSTINGS = 100
"""Groups that are listed under one key, the oldest; a key of more says little."""
MAX_CANDIDATES = 10
"""Groups that a question is compared with: those that share the most and the rarest keys with it."""
SAME_INTENT = frozenset(("what", "which"))
"""Intents that ask for the same: 'what school', 'which school'."""
MAX_GUESSES = 3
MAX_UNMATCHED_SHARE = 0.6
"""Share of a question that a guess may leave unmatched: pizza in Toronto is not about somebody's riding there."""


class QuestionGroup(Struct, frozen=True):
    """Questions that mean the same and want an answer."""

    id: int
    """The id of its oldest question."""
    text: str
    """The most frequent wording."""
    texts: tuple[str, ...]
    """All wordings, most frequent first."""
    count: int
    last_seen: date
    entry: str
    """The entry that answered it and did not help; empty where there was no answer."""
    ids: tuple[int, ...]
    """The ids of its questions in the inbox."""
    guesses: tuple[tuple[str, str], ...] = ()
    """(entry's id, its question) of the closest entries, best first."""
    reasons: tuple[tuple[Reason, int], ...] = ()
    """What was said to be wrong with the answer that did not help, and how often; the most frequent first."""

    @property
    def reason(self) -> str:
        """Why it is in the inbox."""
        if not self.entry:
            return "unanswered"
        return f"not helpful: {self.entry}{f' ({self.complaints})' if self.reasons else ''}"

    @property
    def complaints(self) -> str:
        """What was said to be wrong with the answer, in words: 'out of date (2), not what I asked'."""
        labels = messages("en").reply.reasons  # the only language that moderators are spoken to in
        texts = [(f"{labels[reason][0].lower()}{labels[reason][1:]}", count) for reason, count in self.reasons]
        return ", ".join(f"{text} ({count})" if count > 1 else text for text, count in texts)

    @classmethod
    def of(cls, questions: Sequence[InboxQuestion]) -> "QuestionGroup":
        """Return the group of these questions."""
        by_count = sorted(questions, key=lambda question: (-question.count, question.id))
        return cls(
            id=min(question.id for question in questions),
            text=by_count[0].text,
            texts=tuple(question.text for question in by_count),
            count=sum(question.count for question in questions),
            last_seen=max(question.last_seen for question in questions),
            entry=questions[0].entry,
            ids=tuple(question.id for question in by_count),
            reasons=_reasons(questions),
        )


def _reasons(questions: Sequence[InboxQuestion]) -> tuple[tuple[Reason, int], ...]:
    totals: Counter[Reason] = Counter()
    for question in questions:
        totals.update(question.reasons)
    return tuple((reason, count) for reason, count in totals.most_common() if count)


@dataclass(slots=True)
class _Group:
    """A group in the making, with the analyses of its first few questions."""

    questions: list[InboxQuestion] = field(default_factory=list)
    analyses: list[Analysis] = field(default_factory=list)

    def similarity(self, analysis: Analysis, index: Index) -> float:
        """Return the similarity to the first question, or to the spelling of another: comparing terms with all would drift."""
        spellings = (_spelling_similarity(analysis, other) for other in self.analyses)
        return max(_term_overlap(analysis, self.analyses[0], index), *spellings)


def group_questions(questions: Iterable[InboxQuestion], answerer: Answerer) -> list[QuestionGroup]:
    """Return the groups, most frequent first, then latest first."""
    index = answerer.matcher.index
    groups: list[_Group] = []
    by_key: dict[tuple[str, str], dict[int, _Group]] = {}
    """By entry and key, the groups by the id of their first question."""
    for question in sorted(questions, key=lambda question: question.id):  # oldest first, so that a group's id is stable
        analysis = index.analyzer.analyze(question.text)
        keys = [(question.entry, key) for key in _keys(analysis)]
        candidates = _candidates([by_key[key] for key in keys if key in by_key])
        scored = [(group.similarity(analysis, index), -group.questions[0].id, group) for group in candidates]
        similarity, _, group = max(scored, default=(0.0, 0, None), key=lambda scores: scores[:2])
        if group is None or not similarity:
            group = _Group()
            groups.append(group)
        group.questions.append(question)
        if len(group.analyses) < MAX_SPELLINGS and analysis not in group.analyses:
            group.analyses.append(analysis)
            for key in keys:
                postings = by_key.setdefault(key, {})
                if len(postings) < MAX_POSTINGS:
                    postings[group.questions[0].id] = group
    grouped = [QuestionGroup.of(group.questions) for group in groups]
    return sorted(grouped, key=lambda group: (-group.count, -group.last_seen.toordinal(), group.id))


def with_guesses(
    group: QuestionGroup, answerer: Answerer, limit: int = MAX_GUESSES, first: Sequence[str] = ()
) -> QuestionGroup:
    """Return the group with at most `limit` entries that match it best; `first`: entries that are known to be likelier.

    None but these for a question that has nothing to do with the story.
    """
    entries = answerer.story.entries
    close = closest_entries(group.text, answerer.matcher, other_than=group.entry, max_unmatched=MAX_UNMATCHED_SHARE)
    ids = [id for id in first if id in entries] + close
    return replace(group, guesses=tuple((id, entries[id].question) for id in list(dict.fromkeys(ids))[:limit]))


def closest_entries(question: str, matcher: Matcher, other_than: str = "", max_unmatched: float = 1.0) -> list[str]:
    """Return the ids of the entries that come close to a question, best first, without `other_than`.

    max_unmatched: the share of the question that an entry may leave unmatched.
    """
    analysis = matcher.index.analyzer.analyze(question)
    return [
        candidate.entry
        for candidate in matcher.rank(analysis, include_all=True)
        if candidate.entry != other_than and unmatched_share(analysis, candidate, matcher.index) <= max_unmatched
    ]


def find_group(groups: Sequence[QuestionGroup], id: int) -> QuestionGroup | None:
    """Return the group that has the question with this id."""
    return next((group for group in groups if id in group.ids), None)


def _candidates(postings: Iterable[Mapping[int, _Group]]) -> list[_Group]:
    """Return at most MAX_CANDIDATES groups of these postings, the likeliest first: rare keys count for more."""
    groups: dict[int, _Group] = {}
    weights: dict[int, float] = {}
    for posting in postings:
        weight = 1 / len(posting)
        for id in posting:
            weights[id] = weights.get(id, 0.0) + weight
        groups |= posting
    return [groups[id] for id in nlargest(MAX_CANDIDATES, weights, key=lambda each: (weights[each], -each))]


def _keys(analysis: Analysis) -> frozenset[str]:
    """Return the keys by which similar questions are found: terms, and the tokens' initials, which misspellings seldom change."""
    return frozenset((*analysis.terms, "".join(token[0] for token in analysis.tokens)))


def _term_overlap(a: Analysis, b: Analysis, index: Index) -> float:
    """Return the weighted Dice coefficient of two questions' terms; 0 where they do not mean the same."""
    if not _is_comparable(a, b):
        return 0.0
    shared = sum(index.idf(term) for term in set(a.terms) & set(b.terms))
    total = sum(index.idf(term) for term in (*a.terms, *b.terms))
    overlap = 2 * shared / total if total else 0.0
    return overlap if overlap >= MIN_TERM_OVERLAP else 0.0


def _spelling_similarity(a: Analysis, b: Analysis) -> float:
    """Return the Indel similarity of two questions; 0 where they are not spellings of one."""
    if not _is_comparable(a, b):
        return 0.0
    return Indel.normalized_similarity(a.text, b.text, score_cutoff=MIN_SPELLING_SIMILARITY)


def _is_comparable(a: Analysis, b: Analysis) -> bool:
    """Return whether both have the same people, numbers and negation, and no different intents."""
    if a.people != b.people or a.numbers != b.numbers or (NEGATION in a.terms) != (NEGATION in b.terms):
        return False
    intents = [frozenset("what" if intent in SAME_INTENT else intent for intent in each.intents) for each in (a, b)]
    return not intents[0] or not intents[1] or not intents[0].isdisjoint(intents[1])
