"""Judging across stories, and intents with few texts."""

import json
from pathlib import Path

import pytest

from bot.evaluation.few_intents import IntentsError, load_intents, measure_few
from bot.evaluation.metrics import has_gold_answer
from bot.evaluation.stories import StoriesError, judge_stories, load_stories
from bot.matching.weights import load_weights
from bot.story import loader
from bot.terminal import cli

STORIES = Path(__file__).parents[1] / "stories"
QUESTIONS = """\
- {id: x1, q: who was the Viking leader, kind: answerable, paragraphs: [1], gold: [Rollo]}
- {id: x2, q: where is Normandy, kind: answerable, paragraphs: [1], gold: [France]}
- {id: x3, q: when did the Normans land on the moon, kind: unanswerable, paragraphs: []}
"""


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in STORIES.glob("*/knowledge")), ids=lambda path: path.name
)
def test_every_base_is_valid(folder: Path) -> None:
    """It loads without an error."""
    assert len(loader.load_story(folder / "knowledge").entries) > 100


@pytest.mark.parametrize(
    ("gold", "text", "right"),
    [
        (["the Charter of 1,500"], "It got a charter, of 1,500.", True),
        (["charter of 1,500"], "It got a charter of 500.", False),
        (["Ada", "Tom Quill"], "Tom’s name is Quill.", True),
        ([], "anything", True),
    ],
)
def test_gold_answer(gold: list[str], text: str, *, right: bool) -> None:
    """Every word of one of them has to be in the reply, articles and punctuation aside."""
    assert has_gold_answer(gold, text) is right


def test_a_story_is_judged_by_its_questions(tmp_path: Path) -> None:
    """Questions in a folder of their own are found; a story without any is passed over."""
    (tmp_path / "normans").mkdir()
    (tmp_path / "normans" / "questions.yaml").write_text(QUESTIONS)
    stories = [story for story in load_stories(STORIES / "manifest.yaml", tmp_path) if not story.listed.judge]
    assert {name: figures.total for name, figures in judge_stories(stories).items()} == {"normans": 3}


def test_a_manifest_without_questions_is_refused(tmp_path: Path) -> None:
    """The error says what to do."""
    (tmp_path / "m.yaml").write_text("stories:\n  - {name: a, knowledge: k, questions: q.yaml}\n")
    with pytest.raises(
        StoriesError, match="no story has its questions there; name the folder they are in with --questions"
    ):
        load_stories(tmp_path / "m.yaml", None)


def write_intents(folder: Path) -> Path:
    """Write two intents."""
    lamp = [[f"where is the {word} lamp", "lamp"] for word in ("red", "green", "old")]
    boat = [[f"when does the {word} boat sail", "boat"] for word in ("red", "green", "old")]
    path = folder / "intents.json"
    path.write_text(json.dumps({"train_2": [*lamp[:2], *boat[:2]], "val": [], "test": [lamp[2], boat[2]]}))
    return path


def test_bench_measures_intents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each training set gets the share given the right intent, and times."""
    assert cli.main(["bench", "--intents", str(write_intents(tmp_path)), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["train_2"].keys() == {"texts", "right", "median_ms", "p99_ms"}
    assert (report["train_2"]["texts"], report["train_2"]["right"]) == (4, 1.0)
    assert cli.main(["bench", "--intents", str(write_intents(tmp_path))]) == 0
    assert "right, never silent" in capsys.readouterr().out
    assert [result.training for result in measure_few(load_intents(write_intents(tmp_path)), load_weights())] == [
        "train_2"
    ]


def test_a_file_without_intents_is_refused(tmp_path: Path) -> None:
    """The error says what it needs."""
    path = tmp_path / "x.json"
    path.write_text('{"test": []}')
    with pytest.raises(IntentsError, match="it needs a list 'test' and a list 'train'"):
        load_intents(path)


def test_eval_needs_questions_or_stories(capsys: pytest.CaptureFixture[str]) -> None:
    """Not both, and not neither."""
    assert cli.main(["eval"]) == 2
    assert "name files of questions, or a manifest of stories with --stories, and not both" in capsys.readouterr().err
