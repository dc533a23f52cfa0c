"""Benchmarks measure what they say; no test asserts how fast anything is."""

import json
from pathlib import Path

import pytest

from bot.answering.answerer import Answerer
from bot.evaluation import benchmark
from bot.evaluation.intents import ClincError, load_clinc, measure_intents
from bot.evaluation.timing import Timings
from bot.matching.weights import load_weights
from tests.support.small_story import small_story


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """Return what answers from the small story."""
    return Answerer(small_story(), load_weights())


def write_clinc(folder: Path) -> Path:
    """Write two intents and questions out of scope in CLINC150's format."""
    lamp = [[f"where is the {word} lamp", "lamp"] for word in ("red", "green", "old", "big")]
    boat = [[f"when does the {word} boat sail", "boat"] for word in ("red", "green", "old", "big")]
    data = {"train": [*lamp[:3], *boat[:3]], "test": [lamp[3], boat[3]], "val": []}
    data |= {"oos_val": [["what a day", "oos"], ["where is it", "oos"]], "oos_test": [["what a day", "oos"]]}
    path = folder / "clinc.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_timings_have_a_median_and_a_99th_percentile() -> None:
    """Of a hundred calls, the slowest does not count for the percentile."""
    timings = Timings(tuple(float(n) for n in range(1, 101)))
    assert (timings.median, timings.p99) == (50.5, 100.0)
    assert Timings((1.0, 2.0)).p99 == 2.0


def test_synthetic_base_has_as_many_phrasings_as_wanted_and_no_two_alike(answerer: Answerer) -> None:
    """Copies ask for other things than the original."""
    entries, _ = benchmark.synthesize_base(answerer, 100)
    texts = [text for entry in entries for text in entry.texts]
    assert 100 <= len(texts) < 110
    assert len({" ".join(text.split()) for text in texts}) > 0.9 * len(texts)
    assert len({entry.id for entry in entries}) == len(entries)


def test_scaling_measures_all_that_is_compared(answerer: Answerer) -> None:
    """Building, updating, questions, memory, and each baseline."""
    result = benchmark.measure_scaling(answerer, 60, load_weights(), questions=10, baseline_questions=3)
    assert result.phrasings >= 60
    assert 0 < result.update < result.build
    assert len(result.question.seconds) == 10
    assert {name: len(timings.seconds) for name, timings in result.baselines.items()} == {
        "WRatio": 3,
        "token_sort_ratio": 3,
        "BM25": 3,
    }


def test_intents_are_judged_at_the_threshold_that_holds_enough_of_other_questions(tmp_path: Path) -> None:
    """Questions in scope are answered, those out of scope are held back."""
    clinc = load_clinc(write_clinc(tmp_path))
    pilcrow, *others = measure_intents(clinc, load_weights(), max_questions=10, baseline_questions=10)
    assert (pilcrow.name, pilcrow.right, pilcrow.in_scope, pilcrow.out_of_scope) == ("Pilcrow", 1.0, 1.0, 1.0)
    assert [result.name for result in others] == ["WRatio", "token_sort_ratio", "BM25"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"train": [["a"]]}'])
def test_file_that_is_not_clinc_is_refused(tmp_path: Path, text: str) -> None:
    """The error names the file."""
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ClincError, match=r"x\.json: it cannot be read as CLINC150: "):
        load_clinc(path)
