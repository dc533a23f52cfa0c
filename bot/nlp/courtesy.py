"""Leave out of a question what asks nothing: requests ('please tell me', 'I would like to know'), and runs said twice."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, groupby

from msgspec import Struct

from bot.nlp.lexicon import RequestGrammar, load_lexicon

MAX_RUN = 12
"""Words of the longest run that is noticed where it stands twice in a row."""


class _RequestPatterns(Struct, frozen=True):
    """Requests before and after a question."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    first_words: frozenset[str]
    """Words that a request before a question begins with."""


def strip_courtesies(tokens: Sequence[str]) -> Sequence[str]:
    """Return the tokens of a question without requests before or after it and without repeated runs.

    'how about' becomes 'what about'. A request stays where nothing else would be left that means anything ('tell me more').
    """
    distinct = set(tokens)
    if len(distinct) < len(tokens):
        tokens = _collapse_repeats(tokens)
    for number, markers in _request_markers():
        if not markers.isdisjoint(distinct):
            tokens = _strip_requests(tokens, _request_patterns(number))
    return ("what", *tokens[1:]) if tuple(tokens[:2]) == ("how", "about") else tokens


def _strip_requests(tokens: Sequence[str], patterns: _RequestPatterns) -> Sequence[str]:
    text = " ".join(tokens)
    stripped = patterns.before.sub(r"\1", text, count=1) if tokens[0] in patterns.first_words else text
    stripped = patterns.after.sub("", stripped)
    if stripped == text:
        return tokens
    rest = tuple(stripped.split())
    return rest if any(map(_has_meaning, rest)) else tokens


def _has_meaning(word: str) -> bool:
    lexicon = load_lexicon()
    return word not in lexicon.stop_words or word in lexicon.anaphora


def _collapse_repeats(tokens: Sequence[str]) -> Sequence[str]:
    """Keep each run that follows itself once; a single word only where it stands three times in a row ('had had' is meant)."""
    kept: list[str] = []
    for token, group in groupby(tokens):
        times = len(list(group))
        for _ in range(times if times < 3 else 1):
            kept.append(token)
            for length in range(2, min(MAX_RUN, len(kept) // 2) + 1):
                if kept[-1 - length] == token and kept[-length:] == kept[-2 * length : -length]:
                    del kept[-length:]
                    break
    return kept


@cache
def _request_markers() -> tuple[tuple[int, frozenset[str]], ...]:
    """Return the number of each language in `Lexicon.requests`, with words one of which stands in each request."""
    return tuple((number, frozenset(grammar.markers.split())) for number, grammar in enumerate(load_lexicon().requests))


@cache
def _request_patterns(number: int) -> _RequestPatterns:
    """Return the patterns of a language, compiled when a question first needs them: most have no request."""
    return _compile(load_lexicon().requests[number])


def _compile(grammar: RequestGrammar) -> _RequestPatterns:
    adverbs, speakers = _any_word(grammar.adverbs), _any_word(grammar.speakers)
    politely = rf"(?:{adverbs} )*"
    tell = _any(grammar.tell)
    asking = (
        rf"(?:{_any_word(grammar.modals)} {_any_word(grammar.addressees)} "
        rf"|{speakers} (?:would )?{_any_word(grammar.wishes)} you to )"
    )
    wanting = (
        rf"{speakers} (?:{_any_word(grammar.wanting_adverbs)} )*{_any_word(grammar.wanting)} to {_any(grammar.learn)}"
    )
    closing = _any_word(grammar.closing_adverbs)
    request = (
        rf"{politely}(?:{asking}?{politely}(?:{_any(grammar.courtesies)} )?{tell}|{wanting})(?: {closing})*(?: about)?"
    )
    first_words = " ".join((grammar.adverbs, grammar.modals, grammar.speakers, grammar.conjunctions)).split()
    return _RequestPatterns(
        before=re.compile(rf"((?:{_any_word(grammar.conjunctions)} )?)(?:{request} )+"),
        after=re.compile(rf" (?:{closing} {tell}|{asking}{politely}{tell}|{tell} {closing})$"),
        first_words=frozenset(chain(first_words, (phrase.split()[0] for phrase in grammar.tell))),
    )


def _any_word(words: str) -> str:
    return _any(words.split())


def _any(phrases: Iterable[str]) -> str:
    return f"(?:{'|'.join(phrases)})"
