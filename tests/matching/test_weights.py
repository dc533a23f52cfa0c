"""Loading the fitted weights."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.matching.weights import WEIGHTS_FILE, WeightsError, load_weights


def test_shipped_weights_are_valid() -> None:
    """There is a weight for every feature, and the thresholds are in order."""
    weights = load_weights()
    assert 0 < weights.clarify < weights.guess < weights.answer < 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"answer": 2}, "cannot be read: Expected `float` <= 1.0 - at `$.answer`"),
        ({"extra": 1}, "cannot be read: Object contains unknown field `extra`"),
        ({"rank": {}}, "'rank' has to have a weight for each feature and no other; see bigram_coverage, char"),
        ({"decide": {"biass": 1.0}}, "'decide' has to have a weight for each feature and no other; see biass"),
        ({"rank": {"term_coverage": -1.0}}, "'rank' has a negative weight for term_coverage"),
    ],
)
def test_invalid_weights_are_refused(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    """The error names the file and what is wrong in it."""
    weights = json.loads(WEIGHTS_FILE.read_text("utf-8"))
    for key, value in change.items():
        weights[key] = {**weights[key], **value} if isinstance(value, dict) and value else value
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(weights))
    with pytest.raises(WeightsError) as caught:
        load_weights(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)
