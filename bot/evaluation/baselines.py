"""Off-the-shelf matchers over the same base, for comparison: what Pilcrow has to be better than.

Each takes a question and gives back the entry whose phrasing it finds closest, with its score; the reply is then judged
as ours is, at every threshold.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from rapidfuzz import fuzz, process, utils

from bot.answering.answerer import Answerer
from bot.errors import PilcrowError
from bot.evaluation.metrics import judge
from bot.evaluation.questions import Question

Closest = Callable[[str], tuple[str, float]]
"""A question to (entry id, score); a higher score is closer."""


class MissingLibrary(PilcrowError):
    """A library that only evaluation needs is not installed."""


class Guess(Struct, frozen=True):
    """The first entry for one question, how sure the matcher is, and whether showing it would be right or would hold."""

    question: Question
    score: float
    good: bool


class Point(Struct, frozen=True):
    """Shares at one threshold: right among answerable, wrong among all."""

    threshold: float
    right: float
    wrong: float


def ours(answerer: Answerer) -> Callable[[Question], tuple[str | None, float]]:
    """Our own first candidate, with the confidence that decides."""

    def first(question: Question) -> tuple[str | None, float]:
        match = answerer.matcher.match(question.text, question.context)
        return (match.candidates[0].entry, match.confidence) if match.candidates else (None, 0.0)

    return first


def baselines(answerer: Answerer) -> dict[str, Closest]:
    """The baselines by name. Raises MissingLibrary where BM25's library is not installed."""
    owner, texts = zip(
        *((e.id, text) for e in answerer.story.entries.values() for text in (e.question, *e.phrasings)), strict=True
    )
    return over(owner, texts)


def over(owner: Sequence[str], texts: Sequence[str]) -> dict[str, Closest]:
    """The baselines over these phrasings, each with the entry it belongs to. Raises MissingLibrary."""
    return {
        "WRatio": _rapidfuzz(fuzz.WRatio, owner, texts),
        "token_sort_ratio": _rapidfuzz(fuzz.token_sort_ratio, owner, texts),
        "BM25": _bm25(owner, texts),
    }


def _rapidfuzz(scorer: Callable[..., float], owner: Sequence[str], texts: Sequence[str]) -> Closest:
    processed = [utils.default_process(text) for text in texts]

    def closest(question: str) -> tuple[str, float]:
        found = process.extractOne(utils.default_process(question), processed, scorer=scorer)
        return (owner[found[2]], found[1] / 100) if found else (owner[0], 0.0)

    return closest


def _bm25(owner: Sequence[str], texts: Sequence[str]) -> Closest:
    try:
        import bm25s
    except ImportError:
        raise MissingLibrary("BM25 needs one more library: pip install 'pilcrow-bot[eval]'") from None
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    model = bm25s.BM25()
    model.index(bm25s.tokenize(list(texts), stemmer=stemmer, show_progress=False), show_progress=False)

    def closest(question: str) -> tuple[str, float]:
        tokens = bm25s.tokenize([question], stemmer=stemmer, show_progress=False, return_ids=False)
        if not tokens[0]:
            return owner[0], 0.0
        found, scores = model.retrieve(tokens, k=1, show_progress=False)
        return owner[int(found[0, 0])], float(scores[0, 0])

    return closest


def guesses(
    questions: Sequence[Question],
    answerer: Answerer,
    first: Callable[[Question], tuple[str | None, float]],
    step: Callable[[], None] = lambda: None,
) -> list[Guess]:
    """Asks every question, and judges what showing the first entry would be."""
    found = []
    for question in questions:
        entry, score = first(question)
        good = entry is None or judge(question, answerer.entry(entry)) in ("right", "held")
        found.append(Guess(question, score if entry else -1.0, good))
        step()
    return found


def curve(found: Sequence[Guess]) -> list[Point]:
    """Right against wrong as the threshold moves, strictest first."""
    answerable = sum(guess.question.kind == "answerable" for guess in found) or 1
    points, right, wrong = [Point(float("inf"), 0.0, 0.0)], 0, 0
    for guess in sorted(found, key=lambda guess: -guess.score):
        if guess.score < 0:
            break
        right += guess.good and guess.question.kind == "answerable"
        wrong += not guess.good
        points.append(Point(guess.score, right / answerable, wrong / len(found)))
    return points


def at_most(points: Sequence[Point], wrong: float) -> Point:
    """The point that answers most right with at most `wrong` wrong."""
    return max((point for point in points if point.wrong <= wrong), key=lambda point: point.right)
