"""Off-the-shelf matchers over the same phrasings, for comparison.

Each takes a question and returns the entry of the phrasing it finds closest, with its score. Replies with that entry are
judged as Pilcrow's are, at every threshold of the score.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from rapidfuzz import fuzz, process, utils

from bot.answering.answerer import Answerer
from bot.errors import PilcrowError
from bot.evaluation.metrics import judge
from bot.evaluation.questions import Question
from bot.story.models import Story

Closest = Callable[[str], tuple[str, float]]
"""Returns (entry id, score) for a question; a higher score is closer."""
FirstGuess = Callable[[Question], tuple[str | None, float]]
"""Returns (entry id, score) for a labelled question, None where there is no candidate."""


class MissingLibrary(PilcrowError):
    """A library that only evaluation needs is not installed."""


class Guess(Struct, frozen=True):
    """The first entry for a question, by its score. `good`: showing it would be right, or would hold."""

    question: Question
    score: float
    good: bool


class Point(Struct, frozen=True):
    """The shares at one threshold, 0 to 1: right of the answerable questions, wrong of all."""

    threshold: float
    right: float
    wrong: float


def pilcrow_guesser(answerer: Answerer) -> FirstGuess:
    """Return what guesses Pilcrow's first candidate, with the confidence that decides as its score."""

    def guess(question: Question) -> tuple[str | None, float]:
        match = answerer.matcher.match(question.text, question.context)
        return (match.candidates[0].entry, match.confidence) if match.candidates else (None, 0.0)

    return guess


def over_story(story: Story) -> dict[str, Closest]:
    """Return the baselines over the phrasings of a story, by name. Raise MissingLibrary."""
    owners, texts = zip(
        *((entry.id, text) for entry in story.entries.values() for text in (entry.question, *entry.phrasings)),
        strict=True,
    )
    return over_texts(owners, texts)


def over_texts(owners: Sequence[str], texts: Sequence[str]) -> dict[str, Closest]:
    """Return the baselines over some texts, of each of which `owners` has the entry. Raise MissingLibrary."""
    return {
        "WRatio": _rapidfuzz(fuzz.WRatio, owners, texts),
        "token_sort_ratio": _rapidfuzz(fuzz.token_sort_ratio, owners, texts),
        "BM25": _bm25(owners, texts),
    }


def _rapidfuzz(scorer: Callable[..., float], owners: Sequence[str], texts: Sequence[str]) -> Closest:
    processed = [utils.default_process(text) for text in texts]

    def closest(question: str) -> tuple[str, float]:
        best = process.extractOne(utils.default_process(question), processed, scorer=scorer)
        return (owners[best[2]], best[1] / 100) if best else (owners[0], 0.0)

    return closest


def _bm25(owners: Sequence[str], texts: Sequence[str]) -> Closest:
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
            return owners[0], 0.0
        numbers, scores = model.retrieve(tokens, k=1, show_progress=False)
        return owners[int(numbers[0, 0])], float(scores[0, 0])

    return closest


def collect_guesses(
    questions: Sequence[Question],
    answerer: Answerer,
    guess: FirstGuess,
    on_progress: Callable[[], None] = lambda: None,
) -> list[Guess]:
    """Guess the first entry for every question, and judge the reply that shows it."""
    guesses = []
    for question in questions:
        entry, score = guess(question)
        good = entry is None or judge(question, answerer.entry_reply(entry)) in ("right", "held")
        guesses.append(Guess(question, score if entry else -1.0, good))
        on_progress()
    return guesses


def threshold_curve(guesses: Sequence[Guess]) -> list[Point]:
    """Return right against wrong as the threshold moves, strictest first."""
    answerable = sum(guess.question.kind == "answerable" for guess in guesses) or 1
    points, right, wrong = [Point(float("inf"), 0.0, 0.0)], 0, 0
    for guess in sorted(guesses, key=lambda guess: -guess.score):
        if guess.score < 0:
            break
        right += guess.good and guess.question.kind == "answerable"
        wrong += not guess.good
        points.append(Point(guess.score, right / answerable, wrong / len(guesses)))
    return points


def best_point(points: Sequence[Point], max_wrong: float) -> Point:
    """Return the point with the most right answers and at most `max_wrong` wrong ones."""
    return max((point for point in points if point.wrong <= max_wrong), key=lambda point: point.right)
