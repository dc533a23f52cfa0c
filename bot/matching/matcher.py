"""Match a question against the entries of a base: ranked candidates, and the decision to answer, clarify or abstain."""

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.matching.analysis import Analysis
from bot.matching.features import (
    Candidate,
    DocumentFeatures,
    brevity,
    document_features,
    objections,
    phrasing_features,
    unknown_words,
    unmatched_share,
)
from bot.matching.follow_up import resolve
from bot.matching.index import Index
from bot.matching.query import MIN_RETRIEVED, Query, closest_texts, retrieve
from bot.matching.splitting import split_questions
from bot.matching.weights import (
    BIAS,
    CANDIDATE_OBJECTIONS,
    DECISION_OPPOSING,
    DECISION_SUPPORTING,
    DOCUMENT_FEATURES,
    PHRASING_FEATURES,
    RANK_FEATURES,
    SUPPORTING,
    Weights,
)

Decision = Literal["answer", "clarify", "abstain"]
MAX_RETRIEVED = 8
"""Documents that are retrieved and compared as a whole."""
MAX_RERANKED = 4
"""Of these, how many are compared text by text, which takes longest: the best so far, and any as good as the last."""
MAX_SCORE_GAP = 2.5
"""How far behind the best score so far they may be: their texts do not make up for more. The two best are always compared."""
MAX_OPTIONS = 3
EXACT_CONFIDENCE = 0.99
"""Confidence in an entry one of whose phrasings is the question; `pilcrow check` sees to it that there is only one."""
MAX_UNMATCHED_SHARE = 0.8
"""Unmatched share of a question from which it is about something else, and nothing is worth offering."""
MAX_CONTEXT = 3
"""Earlier questions that are read."""
MAX_CONTEXT_CHARACTERS = 600
"""Characters of an earlier question that are read: longer ones would cost more than the question that follows them up."""
MAX_RECENT = 16
"""Earlier questions whose match is remembered."""
MIN_ODDS_RATIO = 2.0
"""How many times the odds that the question is answered right have to be those of the question by itself for it to be
resolved by the one before: half of those that look like a follow-up ('and who is …') say all there is to say."""
SINGLE_QUESTION_SIMILARITY = 0.75
"""Similarity to a phrasing from which a message that looks like two questions is one."""
MIN_PERSON_SHARE = 0.6
"""Term share from which an entry is about a person; see `Index.term_share`."""
MIN_PROBABILITY = 1e-6
MAX_LOGIT = 30.0


class Match(Struct, frozen=True):
    """What a question was matched with. `confidence`: the probability, 0 to 1, that the first candidate is right."""

    decision: Decision
    candidates: tuple[Candidate, ...]
    confidence: float
    question: Analysis
    features: Mapping[str, float]
    """What the decision rests on: `DECISION_FEATURES`."""

    @property
    def odds(self) -> float:
        """The confidence as odds: 9 for nine in ten."""
        return self.confidence / max(MIN_PROBABILITY, 1 - self.confidence)


class Matcher:
    """Matches questions against one base. Pure: the same question gives the same match."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self.index = index
        self.weights = weights
        self._recent: dict[tuple[str, ...], Match] = {}
        self._signed_weights = {name: weights.rank[name] * (1 if name in SUPPORTING else -1) for name in RANK_FEATURES}

    def match(self, question: str, context: Sequence[str] = ()) -> Match:
        """Return the match for `question`; `context`: the questions asked before it, the latest last."""
        analysis = self.index.analyzer.analyze(question)
        if not context or not analysis.is_follow_up or self.index.exact_match(analysis):
            return self.decide(analysis)
        previous = self._match_previous(context)
        follow_up = self.decide(resolve(analysis, previous.question, self._people_answered(previous)))
        if follow_up.decision == "answer" and not analysis.terms and not analysis.intents:
            return replace(follow_up, decision="clarify")  # 'and him?' may ask anything about him
        if analysis.is_bare or analysis.is_vague:
            return follow_up
        standalone = self.decide(analysis)
        # What shares with its answer only what was asked before ('thanks, bye') is no question about that.
        related = follow_up.candidates and follow_up.candidates[0].unmatched != analysis.terms
        return follow_up if related and follow_up.odds >= MIN_ODDS_RATIO * standalone.odds else standalone

    def match_all(self, questions: Sequence[str], context: Sequence[str]) -> list[Match]:
        """Return the matches of the questions of one message, each asked after those before it."""
        matches = []
        for question in questions:
            match, context = self.match(question, context), (*context, question)
            matches.append(self._remember(_truncate(context), match))  # the next one may follow it up
        return matches

    def _match_previous(self, context: Sequence[str]) -> Match:
        """Return the match of the question before; all questions of one message follow up the same one."""
        truncated = _truncate(context)
        match = self._recent.get(truncated)
        return self._remember(truncated, self.match(truncated[-1], truncated[:-1])) if match is None else match

    def _remember(self, context: tuple[str, ...], match: Match) -> Match:
        if len(self._recent) >= MAX_RECENT:
            self._recent.clear()
        self._recent[context] = match
        return match

    def _people_answered(self, match: Match) -> tuple[str, ...]:
        """Return the terms of the people that the entry which answered is about: those named in most of its phrasings."""
        if match.decision == "abstain" or not match.candidates:
            return ()
        number = match.candidates[0].document
        people = self.index.profile(number).people
        return tuple(sorted(term for term in people if self.index.term_share(number, term) > MIN_PERSON_SHARE))

    def is_single_question(self, message: str) -> bool:
        """Return whether a message that looks like two questions is one.

        It is where a phrasing that looks so too is very similar to it, in an entry that has every term of it.
        """
        query = Query.build(self.index.analyzer.analyze(message), self.index)
        return any(
            similarity >= SINGLE_QUESTION_SIMILARITY and split_questions(self.index.document(number).entry.texts[text])
            for number in retrieve(query, MIN_RETRIEVED)
            if all(number in posting for _, _, posting in query.postings)
            for similarity, text in closest_texts(query, number, self.index)
        )

    def rank(self, question: Analysis, *, include_all: bool = False) -> tuple[Candidate, ...]:
        """Return the candidates for a question, best first; one with the question word for word before all others.

        Those that cannot come first any more are left out, unless `include_all`.
        """
        query = Query.build(question, self.index)
        exact = query.exact[0] if query.exact else None
        documents = document_features(query, retrieve(query, MAX_RETRIEVED), self.index)
        scores = [self._score(document.features, DOCUMENT_FEATURES) for document in documents]
        cutoff = -math.inf if include_all else _rerank_cutoff(scores)
        candidates = [
            self._candidate(query, document, score, exact=document.document == exact)
            for document, score in zip(documents, scores, strict=True)
            if score >= cutoff or document.document == exact
        ]
        return tuple(sorted(candidates, key=lambda candidate: (not candidate.exact, -candidate.score, candidate.entry)))

    def _candidate(self, query: Query, scored: DocumentFeatures, score: float, *, exact: bool) -> Candidate:
        number = scored.document
        entry, closest = self.index.document(number).entry, closest_texts(query, number, self.index)
        features = phrasing_features(query, number, closest, self.index)
        similarity, text = closest[0]
        return Candidate(
            entry=entry.id,
            document=number,
            text=text,
            phrasing=entry.texts[text],
            similarity=similarity,
            features={**scored.features, **features},
            score=score + self._score(features, PHRASING_FEATURES),
            unmatched=tuple([term for term in query.own_terms if term in scored.unmatched]),
            exact=exact,
        )

    def _score(self, features: Mapping[str, float], names: Sequence[str]) -> float:
        return float(sum(map(mul, map(self._signed_weights.__getitem__, names), map(features.__getitem__, names))))

    def decide(self, question: Analysis) -> Match:
        """Rank the candidates, and decide by a logistic model: confidence = 1 / (1 + exp(-(bias + Σ ± weight · feature)))."""
        candidates = self.rank(question)
        if not candidates:
            return Match("abstain", (), 0.0, question, {})
        features = self.decision_features(question, candidates)
        weights = self.weights.decide
        logit = weights[BIAS] + sum(weights[name] * features[name] for name in DECISION_SUPPORTING)
        logit -= sum(weights[name] * features[name] for name in DECISION_OPPOSING)
        confidence = 1 / (1 + math.exp(-max(-MAX_LOGIT, min(MAX_LOGIT, logit))))
        if candidates[0].exact:
            confidence = max(confidence, EXACT_CONFIDENCE)
        return Match(self._decision(question, candidates, confidence), candidates, confidence, question, features)

    def _decision(self, question: Analysis, candidates: Sequence[Candidate], confidence: float) -> Decision:
        first = candidates[0]
        if confidence >= self.weights.answer and (first.exact or not (question.is_bare or question.is_vague)):
            return "answer"
        if confidence < self.weights.clarify or len(candidates) == 1:
            return "abstain"
        return "clarify" if unmatched_share(question, first, self.index) < MAX_UNMATCHED_SHARE else "abstain"

    def decision_features(self, question: Analysis, candidates: Sequence[Candidate]) -> dict[str, float]:
        """Return the `DECISION_FEATURES` for the first of `candidates`."""
        first = candidates[0]
        return {
            "score": first.score,
            "log_probability": math.log(max(MIN_PROBABILITY, self._probability(candidates))),
            "brevity": brevity(question),
            "unknown_words": unknown_words(question, self.index),
            **self.candidate_objections(question, first),
        }

    def candidate_objections(self, question: Analysis, candidate: Candidate) -> dict[str, float]:
        """Return what speaks against answering with a candidate: `CANDIDATE_OBJECTIONS`."""
        features = {**candidate.features, **objections(question, candidate, self.index)}
        return {name: features[name] for name in CANDIDATE_OBJECTIONS}

    def _probability(self, candidates: Sequence[Candidate]) -> float:
        """Return the softmax of the scores for the first candidate, together with those interchangeable with it."""
        first, *others = (self.index.document(candidate.document) for candidate in candidates)
        odds = [math.exp(candidate.score - candidates[0].score) for candidate in candidates]
        interchangeable = [
            1.0,
            *(odd for other, odd in zip(others, odds[1:], strict=True) if first.is_interchangeable_with(other)),
        ]
        return sum(interchangeable) / sum(odds)


def _truncate(context: Sequence[str]) -> tuple[str, ...]:
    """Return what is read of the questions asked before."""
    return tuple([question[:MAX_CONTEXT_CHARACTERS] for question in context[-MAX_CONTEXT:]])


def _rerank_cutoff(scores: Sequence[float]) -> float:
    """Return the score from which a document is compared text by text; see `MAX_RERANKED` and `MAX_SCORE_GAP`."""
    best = sorted(scores, reverse=True)[:MAX_RERANKED] or [0.0]
    return max(best[-1], min(best[0] - MAX_SCORE_GAP, best[:2][-1]))
