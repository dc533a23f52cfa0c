"""The fitted weights of the matcher's two models, and its thresholds."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

WEIGHTS_FILE = Path(__file__).with_name("weights.json")
Share = Annotated[float, Meta(ge=0, le=1)]


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """The weight of each feature of the ranking and of the decision, and the thresholds of confidence.

    From `answer` on the first candidate is answered with, from `clarify` on two or three are offered.
    Fitted by `bot.evaluation.fit`.
    """

    rank: Mapping[str, float]
    decide: Mapping[str, float]
    answer: Share
    clarify: Share


def load_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """Load the weights that are shipped with the matcher. Raise msgspec.ValidationError where the file is not as it should be."""
    return msgspec.json.decode(path.read_bytes(), type=Weights)
