"""Resolve a follow-up question by the question before it: 'when were they released?', 'and what did he say?', 'why?'."""

from collections.abc import Iterable

from msgspec.structs import replace

from bot.matching.analysis import Analysis
from bot.matching.vocabulary import NEGATION, NUMBER, PERSON


def resolve(question: Analysis, previous: Analysis, answered_people: Iterable[str]) -> Analysis:
    """Return `question` with what it leaves unsaid filled in from the `previous` one.

    `answered_people`: the terms that name somebody in the entry that answered the previous question. A term of the previous
    question is left out where it is what that question asked for, or where this question puts another number in its place.
    """
    own_terms = set(question.terms)
    has_number = bool(question.numbers)
    is_what_about = question.is_what_about
    asked_for = set(previous.focus) - previous.people if not is_what_about else set()
    context_terms = [
        term
        for term in (*previous.terms, *answered_people)
        if term not in own_terms
        and term != NEGATION
        and term not in asked_for
        and not (has_number and term[0] == NUMBER)
        and not (is_what_about and question.people and term[0] == PERSON)
    ]
    return replace(
        question,
        terms=tuple(dict.fromkeys((*question.terms, *context_terms))),
        intents=previous.intents if is_what_about else question.intents or previous.intents,
        context_terms=frozenset(context_terms),
        resolved=True,
    )
