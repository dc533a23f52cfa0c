"""What a score changes by without one text."""

import pytest
from msgspec.structs import replace

from bot.answering.answerer import Answerer
from bot.evaluation.leaving_out import Pieces, score_changes
from bot.matching.query import Query
from bot.matching.weights import load_weights
from bot.story.models import Story
from tests.support.small_story import small_story

PHRASINGS = tuple(
    f"{start}{text}{end}"
    for start, end in (("", ""), ("", " please"), ("tell me ", ""))
    for text in (
        "what day did the keeper quit",
        "on what day did the keeper quit the lighthouse",
        "when did the keeper quit",
        "so when was it that the keeper quit the lighthouse",
        "the keeper quit the lighthouse when",
        "the day the keeper quit",
        "when was it the keeper of the lighthouse quit",
        "say on what day the keeper quit",
    )
)
WEIGHTS = {**dict.fromkeys(load_weights().rank, 1.0), "phrasing_count": 0.0, "missing_key_terms": 0.0}


def with_phrasings(phrasings: tuple[str, ...]) -> Story:
    """Return the small story with these phrasings of the entry about the day; another one keeps its words in the base."""
    story = small_story()
    changed = {"keeper-left": phrasings, "lamp-taken": PHRASINGS}
    entries = {id: replace(story.entries[id], phrasings=texts) for id, texts in changed.items()}
    return replace(story, entries={**story.entries, **entries})


def score(story: Story, question: str) -> float:
    """Return the entry's score for a question."""
    matcher = Answerer(story, replace(load_weights(), rank=WEIGHTS)).matcher
    candidates = matcher.rank(matcher.index.analyzer.analyze(question), include_all=True)
    return next(candidate.score for candidate in candidates if candidate.entry == "keeper-left")


@pytest.mark.parametrize("question", ["what day did the keeper of the lighthouse quit", "when was it the keeper quit"])
def test_changes_are_those_of_the_matcher_without_the_text(question: str) -> None:
    """The score changes by just what is said, for every phrasing: each of their bigrams is in three or more."""
    story = with_phrasings(PHRASINGS)
    matcher = Answerer(story, load_weights()).matcher
    number = next(n for n in range(9) if matcher.index.document(n).entry.id == "keeper-left")
    query = Query.build(matcher.index.analyzer.analyze(question), matcher.index)
    changes = score_changes(query, number, Pieces.build(matcher.index.document(number)), matcher.index, WEIGHTS)
    whole = score(story, question)
    for place, change in enumerate(changes[1:].tolist()):
        rest = with_phrasings((*PHRASINGS[:place], *PHRASINGS[place + 1 :]))
        assert score(rest, question) - whole == pytest.approx(change, abs=1e-9), PHRASINGS[place]
