"""The names of the features, and the fitted weights of the two models that rest on them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from bot.errors import PilcrowError

WEIGHTS_FILE = Path(__file__).with_name("weights.json")

DOCUMENT_FEATURES = (
    "term_coverage",
    "bigram_coverage",
    "char_ngram_coverage",
    "intent_share",
    "unknown_person",
    "missing_focus",
    "missing_key_terms",
    "phrasing_count",
)
"""Features of a document as a whole."""
PHRASING_FEATURES = ("phrasing_similarity", "term_order_ratio", "token_sort_ratio", "intent_mismatch")
"""Features that compare the question with a document's texts one by one, which takes longest."""
RANK_FEATURES = (*DOCUMENT_FEATURES, *PHRASING_FEATURES)
OPPOSING = ("unknown_person", "missing_focus", "intent_mismatch", "missing_key_terms", "phrasing_count")
"""Features that can only lower the score of a candidate."""
SUPPORTING = tuple(name for name in RANK_FEATURES if name not in OPPOSING)
"""Features that can only raise it."""
DECISION_SUPPORTING = ("score", "log_probability")
"""What speaks for answering: the first candidate's score, and the logarithm of its probability among all candidates."""
CANDIDATE_OBJECTIONS = (
    "unknown_number",
    "unknown_person",
    "roles_swapped",
    "missing_focus",
    "unmatched",
    "intent_mismatch",
    "missing_key_terms",
)
"""What speaks against answering with a candidate."""
DECISION_OPPOSING = (*CANDIDATE_OBJECTIONS, "brevity", "unknown_words")
"""What speaks against answering; the last two depend on the question alone."""
DECISION_FEATURES = (*DECISION_SUPPORTING, *DECISION_OPPOSING)
BIAS = "bias"

Share = Annotated[float, Meta(ge=0, le=1)]


class WeightsError(PilcrowError):
    """The file of weights is not what the matcher needs."""


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """The weight of each feature of the ranking and of the decision, and the three thresholds of confidence.

    At a confidence of `answer` or more the first candidate is the answer, at `clarify` or more two or three are offered, and at
    `guess` or more the first of them may be shown as a guess (see `bot.matching.guess`).
    Signs are fixed by the lists above, so the weights of features are positive. Fitted by `bot.evaluation.fit`.
    """

    rank: Mapping[str, float]
    decide: Mapping[str, float]
    answer: Share
    guess: Share
    clarify: Share


def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Load and validate fitted weights, those shipped with the matcher by default. Raise WeightsError."""
    try:
        weights = msgspec.json.decode(path.read_bytes(), type=Weights)
    except (OSError, msgspec.MsgspecError) as error:
        raise WeightsError(f"{path}: the weights cannot be read: {error}") from error
    for model, given, expected in (
        ("rank", weights.rank, RANK_FEATURES),
        ("decide", weights.decide, (BIAS, *DECISION_FEATURES)),
    ):
        if given.keys() != set(expected):
            names = ", ".join(sorted(given.keys() ^ set(expected)))
            raise WeightsError(f"{path}: '{model}' has to have a weight for each feature and no other; see {names}")
        negative = [name for name, weight in given.items() if weight < 0 and name != BIAS]
        if negative:
            raise WeightsError(f"{path}: '{model}' has a negative weight for {', '.join(negative)}")
    return weights
