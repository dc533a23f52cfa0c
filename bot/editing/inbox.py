"""The inbox: what people asked and did not get, alike questions gathered, most frequent first. Pure.

The journal holds each text once; here those that mean the same come together, by the matcher's own reading of them: the same
people, numbers and negation, the same thing asked for, and terms that mostly agree, or letters that nearly do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import Indel

from bot.answering.answerer import Answerer
from bot.journal.records import InboxQuestion
from bot.matching.analysis import Analysis
from bot.matching.index import Index
from bot.matching.vocabulary import NEGATION

ALIKE = 0.7
"""Share of their terms, by weight, from which two questions mean the same."""
SPELT = 0.9
"""Share of their letters from which two questions are spellings of one."""
MOST = 2_000
"""Questions looked at, the most frequent ones: gathering them takes a moment."""
READ = 4
"""Questions of a group of which another may be a spelling."""
NEAR = 100
"""Groups that a question is held against, those that share something rare with it."""
OPEN = frozenset(("what", "which"))
"""What asks for the same thing: 'what school', 'which school'."""
GUESSES = 3


class Waiting(Struct, frozen=True):
    """Questions that mean the same and want an answer: texts and counts, and no people."""

    id: int
    """That of the oldest question in it; it is found again by the id of any of them."""
    text: str
    """As it was asked most often."""
    texts: tuple[str, ...]
    """Every wording, the most frequent first."""
    count: int
    last_seen: date
    entry: str
    """The entry that it was answered with and that did not help; nothing where there was no answer."""
    ids: tuple[int, ...]
    """Of the questions, as the journal has them."""
    guesses: tuple[tuple[str, str], ...] = ()
    """(entry, its question) of what comes closest, best first."""

    @property
    def why(self) -> str:
        """Why it is here."""
        return f"not helpful: {self.entry}" if self.entry else "unanswered"


@dataclass(slots=True)
class _Group:
    """Questions gathered so far, with the readings of the first few, by which others are held against it."""

    held: list[InboxQuestion] = field(default_factory=list)
    read: list[Analysis] = field(default_factory=list)

    def likeness(self, read: Analysis, index: Index) -> float:
        """How alike a question is to the first of them, or to another spelling: else one thing would lead to another."""
        return max(_likeness(read, self.read[0], index), *(_spelt(read, one) for one in self.read))


def gather(questions: Iterable[InboxQuestion], answerer: Answerer) -> list[Waiting]:
    """The questions that mean the same together, most frequent first, then the latest."""
    index = answerer.matcher.index
    groups: list[_Group] = []
    having: dict[tuple[str, str], dict[int, _Group]] = {}
    """By what it is about and each key of it: the groups, by their first question."""
    # The oldest first, so that a group keeps its id as long as its first question is there.
    for one in sorted(questions, key=lambda one: one.id):
        read = index.analyzer.analyze(one.text)
        looked = sorted((having[one.entry, key] for key in _keys(read) if (one.entry, key) in having), key=len)
        near: dict[int, _Group] = {}
        for some in looked:  # the rarest first; what everybody has tells nothing apart
            if near and len(near) + len(some) > NEAR:
                break
            near |= some
        alike = [(group.likeness(read, index), -first, group) for first, group in near.items()]
        likeness, _, group = max(alike, default=(0.0, 0, None), key=lambda found: found[:2])
        if group is None or not likeness:
            group = _Group()
            groups.append(group)
        group.held.append(one)
        if len(group.read) < READ and read not in group.read:
            group.read.append(read)
            for key in _keys(read):
                having.setdefault((one.entry, key), {})[group.held[0].id] = group
    return sorted((_waiting(group.held) for group in groups), key=lambda w: (-w.count, -w.last_seen.toordinal(), w.id))


def guessed(waiting: Waiting, answerer: Answerer) -> Waiting:
    """The same with the bot's best guesses."""
    entries, matcher = answerer.story.entries, answerer.matcher
    ranked = matcher.rank(matcher.index.analyzer.analyze(waiting.text), include_all=True)
    found = [one.entry for one in ranked if one.entry != waiting.entry]
    return replace(waiting, guesses=tuple((id, entries[id].question) for id in found[:GUESSES]))


def find(waiting: Sequence[Waiting], id: int) -> Waiting | None:
    """The group that the question with this id is in."""
    return next((one for one in waiting if id in one.ids), None)


def _waiting(held: Sequence[InboxQuestion]) -> Waiting:
    listed = sorted(held, key=lambda one: (-one.count, one.id))
    return Waiting(
        id=min(one.id for one in held),
        text=listed[0].text,
        texts=tuple(one.text for one in listed),
        count=sum(one.count for one in held),
        last_seen=max(one.last_seen for one in held),
        entry=held[0].entry,
        ids=tuple(one.id for one in listed),
    )


def _keys(read: Analysis) -> frozenset[str]:
    """By what alike questions are found: their terms, and their first letters, which spellings of one nearly always share."""
    return frozenset((*read.terms, "".join(word[0] for word in read.tokens)))


def _likeness(one: Analysis, other: Analysis, index: Index) -> float:
    """How alike two questions are by their terms, 0 where they do not mean the same."""
    if not _comparable(one, other):
        return 0.0
    both = sum(index.idf(term) for term in set(one.terms) & set(other.terms))
    size = sum(index.idf(term) for term in (*one.terms, *other.terms))
    share = 2 * both / size if size else 0.0
    return share if share >= ALIKE else 0.0


def _spelt(one: Analysis, other: Analysis) -> float:
    """How alike two questions are by their letters, 0 where they are no spellings of one."""
    return Indel.normalized_similarity(one.text, other.text, score_cutoff=SPELT) if _comparable(one, other) else 0.0


def _comparable(one: Analysis, other: Analysis) -> bool:
    """Whether both name the same people and numbers, both or neither deny, and nothing else is asked for."""
    if (
        one.people != other.people
        or one.numbers != other.numbers
        or (NEGATION in one.terms) != (NEGATION in other.terms)
    ):
        return False
    asks = [frozenset("what" if kind in OPEN else kind for kind in read.intents) for read in (one, other)]
    return not asks[0] or not asks[1] or not asks[0].isdisjoint(asks[1])
