"""What speaks for and against a candidate."""

import math

import pytest

from bot.matching.document import EntryTexts
from bot.matching.features import Candidate, brevity, objections, unknown_words, unmatched_share
from bot.matching.index import Index
from bot.matching.index_builder import build
from bot.matching.matcher import Matcher
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import RANK_FEATURES, load_weights


@pytest.fixture(scope="module")
def index() -> Index:
    """Return the index of two entries about two people."""
    vocabulary = Vocabulary.build(aliases={"Ada": "ada", "Tom": "tom", "Una": "una"}, concepts={}, members={})
    entries = [
        EntryTexts(
            "accuses",
            ("whom does Tom accuse", "did Tom accuse Ada in 2021"),
            "Ada.",
            covered=True,
            cites=frozenset([1]),
        ),
        EntryTexts("quits", ("when did Ada quit",), "In May.", covered=True, cites=frozenset([2])),
    ]
    return build(entries, vocabulary)


def first(index: Index, question: str) -> Candidate:
    """Return the first candidate for a question."""
    return Matcher(index, load_weights()).match(question).candidates[0]


def test_every_feature_is_between_0_and_1(index: Index) -> None:
    """Their weights can be compared."""
    features = first(index, "did Tom accuse Una of quitting in 2022").features
    assert features.keys() == set(RANK_FEATURES)
    assert [name for name, value in features.items() if not 0 <= value <= 1] == []


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("did Tom accuse Ada", "unknown_person", 0.0),
        ("did Tom accuse Una", "unknown_person", 1.0),
        ("whom does Tom accuse", "intent_mismatch", 0.0),
        ("why does Tom accuse", "intent_mismatch", 1.0),
        ("when did Ada quit", "missing_key_terms", 0.0),
    ],
)
def test_feature(index: Index, question: str, name: str, value: float) -> None:
    """A person or intent that no phrasing has speaks against the entry; so does a key term that the question has not got."""
    assert first(index, question).features[name] == value


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("did Tom accuse Ada in 2021", "roles_swapped", 0.0),
        ("did Ada accuse Tom in 2021", "roles_swapped", 1.0),
        ("did Tom accuse Ada in 2021", "unknown_number", 0.0),
        ("did Tom accuse Ada in 2022", "unknown_number", 1.0),
        ("did Tom accuse Ada 2 times", "unknown_number", 0.0),
    ],
)
def test_objection(index: Index, question: str, name: str, value: float) -> None:
    """Two people the other way round, or another number, speak against answering; a small number does not."""
    candidate = first(index, question)
    assert candidate.entry == "accuses"
    assert objections(index.analyzer.analyze(question), candidate, index)[name] == value


def test_features_of_the_question_alone(index: Index) -> None:
    """Brevity falls with the number of terms; unknown words count up to three."""
    analyze = index.analyzer.analyze
    assert brevity(analyze("Ada quit")) == pytest.approx(math.exp(-2 / 4))
    assert unknown_words(analyze("did Ada quit the zebra"), index) == pytest.approx(1 / 3)
    assert unknown_words(analyze("zebra giraffe ostrich walrus"), index) == 1.0


def test_unmatched_share(index: Index) -> None:
    """It is the weight of the terms that nothing in the entry has, of all terms."""
    question = index.analyzer.analyze("when did Ada quit zebra")
    share = unmatched_share(question, first(index, "when did Ada quit zebra"), index)
    weights = {term: index.idf(term) for term in question.terms}
    assert share == pytest.approx(weights["zebra"] / sum(weights.values()))
