"""The benchmark measures what it says; how fast anything is, no test asserts."""

import json
from pathlib import Path

import pytest

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.evaluation import benchmark
from bot.evaluation.benchmark import NoBenchmark
from tests.support.small_story import small_story


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The small story's."""
    return Answerer(small_story(), bootstrap.weights())


def clinc(folder: Path) -> Path:
    """Two intents and what is neither, in CLINC150's format."""
    lamp = [[f"where is the {word} lamp", "lamp"] for word in ("red", "green", "old", "big")]
    boat = [[f"when does the {word} boat sail", "boat"] for word in ("red", "green", "old", "big")]
    data = {"train": [*lamp[:3], *boat[:3]], "test": [lamp[3], boat[3]]}
    data |= {"oos_val": [["what a day", "oos"], ["where is it", "oos"]], "oos_test": [["what a day", "oos"]]}
    path = folder / "clinc.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_times_tell_the_median_and_what_99_in_100_keep_to() -> None:
    """Of a hundred calls, the slowest does not count."""
    times = benchmark.Times(tuple(float(n) for n in range(1, 101)))
    assert (times.median, times.p99) == (50.5, 100.0)
    assert benchmark.Times((1.0, 2.0)).p99 == 2.0


def test_a_grown_base_has_as_many_phrasings_as_asked_for_and_no_two_alike(answerer: Answerer) -> None:
    """Copies ask for other things than the original."""
    base, _ = benchmark.grown(answerer, 100)
    texts = [text for source in base for text in source.texts]
    assert 100 <= len(texts) < 110
    assert len({" ".join(text.split()) for text in texts}) > 0.9 * len(texts)
    assert len({source.id for source in base}) == len(base)


def test_a_size_is_measured_with_all_that_is_compared(answerer: Answerer) -> None:
    """Building, changes, questions, memory, and each baseline."""
    found = benchmark.scaled(answerer, 60, bootstrap.weights(), questions=10, slow=3)
    assert found.phrasings >= 60
    assert 0 < found.renewed < found.built
    assert len(found.question.each) == 10
    assert {name: len(times.each) for name, times in found.baselines.items()} == {
        "WRatio": 3,
        "token_sort_ratio": 3,
        "BM25": 3,
    }


def test_intents_are_judged_at_the_threshold_that_holds_enough_of_other_questions(
    answerer: Answerer, tmp_path: Path
) -> None:
    """What is in scope is answered, what is not is held back."""
    ours, *others = benchmark.intents(benchmark.read_clinc(clinc(tmp_path)), answerer.matcher.weights, most=10, slow=10)
    assert (ours.name, ours.right, ours.in_scope, ours.out_of_scope) == ("Pilcrow", 1.0, 1.0, 1.0)
    assert [one.name for one in others] == ["WRatio", "token_sort_ratio", "BM25"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"train": [["a"]]}'])
def test_a_file_that_is_no_clinc_is_refused(tmp_path: Path, text: str) -> None:
    """A sentence that names the file."""
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(NoBenchmark, match="can't be read as CLINC150"):
        benchmark.read_clinc(path)
