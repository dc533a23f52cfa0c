"""What asks nothing by itself: 'please tell me', 'I would like to know', and words said again and again."""

import re
from collections.abc import Sequence
from itertools import groupby

from bot.nlp import lexicon

LONGEST_RUN = 12
"""Words of a run that is noticed where it is said twice."""
_TELLING = r"(?:(?:tell|show|remind|inform|give) (?:me|us)|let (?:me|us) know|explain to (?:me|us))"
_POLITELY = r"(?:(?:please|kindly|possibly|perhaps|maybe|just|quickly) )*"
_SOMEBODY = r"(?:you|anyone|anybody|someone|somebody)"
_ASKED = rf"(?:(?:can|could|would|will|might) {_SOMEBODY} |(?:i|we) (?:would )?(?:want|need|like) you to )"
_KIND = r"(?:be so kind (?:as )?to |be able to )?"
_WANTING = (
    r"(?:i|we) (?:(?:am|are|was|were|would|do|just|really|only) )*(?:want|wanted|need|wish|like|love|curious|trying)"
    r" to (?:know|find out|learn|hear|ask|understand|be told)"
)
_REQUEST = rf"{_POLITELY}(?:{_ASKED}?{_POLITELY}{_KIND}{_TELLING}|{_WANTING})(?: (?:please|kindly))*(?: about)?"
_BEFORE = re.compile(rf"((?:(?:and|but|so|also) )?)(?:{_REQUEST} )+")
_AFTER = re.compile(rf" (?:(?:please|kindly) {_TELLING}|{_ASKED}{_POLITELY}{_TELLING}|{_TELLING} (?:please|kindly))$")
_STARTING = frozenset(
    "please kindly possibly perhaps maybe just quickly can could would will might i we and but so also let".split()
    + "tell show remind inform give explain".split()
)
_TOLD = frozenset("me us know find learn hear ask understand told".split())
"""Words of which every request has one."""


def essence(read: Sequence[str]) -> Sequence[str]:
    """Return the words of a question without requests to be told before or after it, and without runs of them repeated;
    'how about' as 'what about'.

    Where nothing would be left that asks or means anything ('tell me more') the request stays.
    """
    distinct = set(read)
    if len(distinct) < len(read):
        read = _said_once(read)
    if not _TOLD.isdisjoint(distinct):
        read = _without_requests(read)
    return ("what", *read[1:]) if tuple(read[:2]) == ("how", "about") else read


def _without_requests(read: Sequence[str]) -> Sequence[str]:
    text = " ".join(read)
    asked = _AFTER.sub("", _BEFORE.sub(r"\1", text, count=1) if read[0] in _STARTING else text)
    if asked == text:
        return read
    left = tuple(asked.split())
    return left if any(map(_means, left)) else read


def _means(word: str) -> bool:
    return word not in lexicon.FUNCTION or word in lexicon.ANAPHORA


def _said_once(read: Sequence[str]) -> Sequence[str]:
    """Return the words with each run that follows itself kept once; a single word only where it stands there three times."""
    kept: list[str] = []
    for word, again in groupby(read):
        times = len(list(again))
        for _ in range(times if times < 3 else 1):
            kept.append(word)
            for length in range(2, min(LONGEST_RUN, len(kept) // 2) + 1):
                if kept[-1 - length] == word and kept[-length:] == kept[-2 * length : -length]:
                    del kept[-length:]
                    break
    return kept
