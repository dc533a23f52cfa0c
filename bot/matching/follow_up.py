"""A question that leans on the one before: 'when were they released?', 'and what did he say?', 'why?'."""

from collections.abc import Iterable

from msgspec.structs import replace

from bot.matching.query import NOT, Analysis


def lean(question: Analysis, earlier: Analysis, answered: Iterable[str]) -> Analysis:
    """`question` with what it leaves unsaid filled in from the `earlier` one.

    `answered`: the terms that name somebody in the entry that answered the earlier question. A term of the earlier question is
    left out where it is what that question asked for, or where this question puts another number in its place.
    """
    own = set(question.terms)
    numbered = bool(question.numbers)
    about = question.about
    asked_for = set(earlier.focus) - earlier.people if not about else set()
    borrowed = [
        term
        for term in (*earlier.terms, *answered)
        if term not in own
        and term != NOT
        and term not in asked_for
        and not (numbered and term[0] == "=")
        and not (about and question.people and term[0] == "@")
    ]
    return replace(
        question,
        terms=tuple(dict.fromkeys((*question.terms, *borrowed))),
        asks=earlier.asks if about else question.asks or earlier.asks,
        borrowed=frozenset(borrowed),
        resolved=True,
    )
