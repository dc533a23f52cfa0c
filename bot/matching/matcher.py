"""The matcher: a question becomes ranked candidates with reasons, and one of three decisions."""

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Literal

from msgspec import Struct

from bot.matching.features import (
    BY_TEXTS,
    FEATURES,
    FOR,
    LEAST,
    OVERALL,
    Asked,
    Candidate,
    Overall,
    by_texts,
    nominated,
    objections,
    overall,
    similar,
    thinness,
    unaccounted,
    unknown,
)
from bot.matching.follow_up import lean
from bot.matching.index import Index
from bot.matching.query import Analysis
from bot.matching.splitting import split
from bot.matching.weights import Weights

Decision = Literal["answer", "clarify", "abstain"]
SHORTLIST = 8
"""Entries that are nominated, at most, and compared as a whole."""
CLOSELY = 4
"""Of these, how many are looked at text by text, which takes longest: those best `OVERALL`, and any as good as the last."""
APART = 2.5
"""How far behind the best of them in that score they may be: what their texts say for them does not make up for so much. The
two best are always looked at.
"""
OPTIONS = 3
SURE = 0.99
"""Confidence in an entry whose phrasing was asked word for word; `pilcrow check` sees to it that there is only one."""
DECIDING = ("score", "chance")
"""What speaks for answering: the first candidate's score, and the chance by score that it or one like it is right."""
DECIDING_AGAINST = ("number", "stranger", "turned", "focus", "leftover", "unlike", "absent")
"""What speaks against answering, besides how little the question says (`thin`) and how much of it is `unknown`."""
ELSEWHERE = 0.8
"""Share of a question unaccounted for from which it is about something else, and nothing is worth offering."""
CONTEXT = 3
"""Earlier questions that are looked at."""
EARLIER = 600
"""Characters of an earlier question that are read: longer ones would cost more than the question that leans on them."""
RECENT = 16
"""Earlier questions whose match is remembered."""
SURER = 2.0
"""How many times the odds of being answered right have to be those of the question by itself, for it to be read as one that
leans on the question before: half of those that look so ('and who is …', 'what did he say when …') say all there is to say.
"""
CLOSE = 0.75
"""Similarity to a phrasing from which a message is taken whole."""
FIRM = 0.6
"""How firmly somebody has to belong to an entry for it to be about them."""
ALONE = 1e-6
"""Smallest chance told apart from none."""


class Match(Struct, frozen=True):
    """What the matcher makes of a question. `confidence` is the chance, 0 to 1, that the first candidate is right."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    confidence: float
    question: Analysis
    deciding: Mapping[str, float]

    @property
    def odds(self) -> float:
        """Confidence as odds: 9 for nine in ten."""
        return self.confidence / max(ALONE, 1 - self.confidence)


def _read(context: Sequence[str]) -> tuple[str, ...]:
    """What is read of the questions asked before."""
    return tuple([earlier[:EARLIER] for earlier in context[-CONTEXT:]])


class Matcher:
    """Matches questions against one base. Pure: same question, same match."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self.index = index
        self.weights = weights
        self._recent: dict[tuple[str, ...], Match] = {}
        self._signed = {name: weights.rank[name] * (1 if name in FOR else -1) for name in FEATURES}

    def match(self, question: str, context: Sequence[str] = ()) -> Match:
        """The match for `question`; `context` are the questions asked before it, the latest last."""
        alone = self.index.analyser(question)
        if not context or not alone.leaning or self.index.exact(alone):
            return self.decide(alone)
        before = self._before(context)
        leaning = self.decide(lean(alone, before.question, self._named(before)))
        if alone.bare or alone.vague:
            return leaning
        by_itself = self.decide(alone)
        # What an answer has nothing of but what was asked before ('thanks, bye') is no question about that.
        related = leaning.candidates and leaning.candidates[0].leftover != alone.terms
        return leaning if related and leaning.odds >= SURER * by_itself.odds else by_itself

    def _before(self, context: Sequence[str]) -> Match:
        """The match of the question before; several questions of one message lean on the same."""
        read = _read(context)
        match = self._recent.get(read)
        return self._remembered(read, self.match(read[-1], read[:-1])) if match is None else match

    def _remembered(self, read: tuple[str, ...], match: Match) -> Match:
        if len(self._recent) >= RECENT:
            self._recent.clear()
        self._recent[read] = match
        return match

    def several(self, parts: Sequence[str], context: Sequence[str]) -> list[Match]:
        """The matches of the questions of one message, each asked after those before it."""
        found = []
        for part in parts:
            match, context = self.match(part, context), (*context, part)
            found.append(self._remembered(_read(context), match))  # the next one may lean on it
        return found

    def _named(self, match: Match) -> tuple[str, ...]:
        """Who the entry that answered is about: those named in most of its phrasings."""
        if match.decision == "abstain" or not match.candidates:
            return ()
        number = match.candidates[0].document
        people = self.index.profile(number).people
        return tuple(sorted(term for term in people if self.index.share(number, term) > FIRM))

    def whole(self, question: str) -> bool:
        """Whether a message that looks like two questions is one: some phrasing looks so too and is much like it, and its
        entry has every term of it.
        """
        asked = Asked.of(self.index.analyser(question), self.index)
        return any(
            likeness >= CLOSE and split(self.index.document(number).source.texts[text])
            for number in nominated(asked, LEAST)
            if all(number in documents for _, _, documents in asked.held)
            for likeness, text in similar(asked, number, self.index)
        )

    def rank(self, question: Analysis, *, every: bool = False) -> tuple[Candidate, ...]:
        """The entries that share most with the question, best first; one asked word for word before all others.

        Those that can't win any more are left out, but for `every`.
        """
        asked = Asked.of(question, self.index)
        exact = asked.exact[0] if asked.exact else None
        listed = overall(asked, nominated(asked, SHORTLIST), self.index)
        scores = [self._score(one.features, OVERALL) for one in listed]
        least = -math.inf if every else _least(scores)
        candidates = [
            self._candidate(asked, one, score, exact=one.number == exact)
            for one, score in zip(listed, scores, strict=True)
            if score >= least or one.number == exact
        ]
        return tuple(sorted(candidates, key=lambda one: (not one.exact, -one.score, one.entry)))

    def _candidate(self, asked: Asked, one: Overall, score: float, *, exact: bool) -> Candidate:
        document, closest = self.index.document(one.number), similar(asked, one.number, self.index)
        found = by_texts(asked, one.number, closest, self.index)
        closeness, text = closest[0]
        return Candidate(
            entry=document.source.id,
            document=one.number,
            text=text,
            phrasing=document.source.texts[text],
            similarity=closeness,
            features={**one.features, **found},
            score=score + self._score(found, BY_TEXTS),
            leftover=tuple([term for term in asked.own if term in one.lacking]),
            exact=exact,
        )

    def _score(self, found: Mapping[str, float], names: Sequence[str]) -> float:
        return float(sum(map(mul, map(self._signed.__getitem__, names), map(found.__getitem__, names))))

    def decide(self, question: Analysis) -> Match:
        """Ranks the entries and decides whether to answer, to offer two or three, or to keep quiet."""
        candidates = self.rank(question)
        if not candidates:
            return Match("abstain", (), 0.0, question, {})
        deciding = self.deciding(question, candidates)
        weights = self.weights.decide
        logit = weights["bias"] + sum(weights[name] * deciding[name] for name in DECIDING)
        logit -= sum(weights[name] * deciding[name] for name in (*DECIDING_AGAINST, "thin", "unknown"))
        confidence = 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
        if candidates[0].exact:
            confidence = max(confidence, SURE)
        if confidence >= self.weights.answer and (candidates[0].exact or not (question.bare or question.vague)):
            decision: Decision = "answer"
        elif confidence < self.weights.clarify or len(candidates) == 1:
            decision = "abstain"
        elif unaccounted(question, candidates[0], self.index) < ELSEWHERE:
            decision = "clarify"
        else:
            decision = "abstain"
        return Match(decision, candidates, confidence, question, deciding)

    def deciding(self, question: Analysis, candidates: Sequence[Candidate]) -> dict[str, float]:
        """What the decision rests on, for the first of `candidates`."""
        first = candidates[0]
        found = {"score": first.score, "chance": math.log(max(ALONE, self._chance(candidates)))}
        found |= {"thin": thinness(question), "unknown": unknown(question, self.index)}
        return found | self.against(question, first)

    def against(self, question: Analysis, candidate: Candidate) -> dict[str, float]:
        """What speaks against answering with a candidate (`DECIDING_AGAINST`)."""
        found = {**candidate.features, **objections(question, candidate, self.index)}
        return {name: found[name] for name in DECIDING_AGAINST}

    def _chance(self, candidates: Sequence[Candidate]) -> float:
        """The first candidate's share of the odds (softmax of the scores), together with those that are alike."""
        first, *others = (self.index.document(candidate.document) for candidate in candidates)
        odds = [math.exp(candidate.score - candidates[0].score) for candidate in candidates]
        alike = [1.0, *(one for other, one in zip(others, odds[1:], strict=True) if first.alike(other))]
        return sum(alike) / sum(odds)


def _least(scores: Sequence[float]) -> float:
    """The score from which an entry is looked at text by text; see `CLOSELY` and `APART`."""
    best = sorted(scores, reverse=True)[:CLOSELY] or [0.0]
    return max(best[-1], min(best[0] - APART, best[:2][-1]))
