"""When the first of the entries that are offered is shown as a guess: it is clearly ahead, and nothing speaks against it."""

import math

from bot.matching.features import Candidate
from bot.matching.matcher import Match
from bot.matching.vocabulary import CONCEPT, NEGATION, NUMBER, PERSON, people_in
from bot.matching.weights import Weights

MIN_LEAD = math.log(2)
"""How far the first candidate's score is ahead of the second's: it is twice as probable."""
MIN_SHARED_TERMS = 2
"""Terms of a question that the entry has; one is enough if it names somebody. 'Morning all' shares one with a time of day."""
OBJECTIONS = ("unknown_person", "unknown_number", "roles_swapped")
"""Features that rule out a guess: somebody or a number that the entry has not got, or two people the other way round."""
DECISIVE = (PERSON, NUMBER, CONCEPT, NEGATION)
"""How the terms begin that the entry has to have; any other word that it has not got only lowers the confidence."""


def is_guess(match: Match, weights: Weights) -> bool:
    """Return whether the first of the offered candidates is so likely meant that its answer may be shown, marked as a guess.

    It is not where the confidence is that of an answer: the question does not say what it asks then ('and him?').
    """
    if match.decision != "clarify" or not weights.guess <= match.confidence < weights.answer:
        return False
    first, second = match.candidates[:2]
    return first.score - second.score >= MIN_LEAD and _shares_enough(match, first) and not _has_objection(match, first)


def _shares_enough(match: Match, first: Candidate) -> bool:
    shared = [term for term in match.question.own_terms if term not in first.unmatched]
    return len(shared) >= MIN_SHARED_TERMS or bool(people_in(shared))


def _has_objection(match: Match, first: Candidate) -> bool:
    return any(term.startswith(DECISIVE) for term in first.unmatched) or any(
        match.features[name] for name in OBJECTIONS
    )
