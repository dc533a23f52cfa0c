"""`pilcrow eval`."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.evaluation.questions import Use
from bot.terminal import cli
from bot.terminal.base_commands import QUESTION_USES

QUESTIONS = """\
- {id: x1, q: what day did the keeper quit, kind: answerable, paragraphs: [1], must: ['(?i)friday']}
- {id: x2, q: where is the lighthouse, kind: answerable, paragraphs: [2], must: []}
- {id: x3, q: napoli pizza, kind: offtopic, paragraphs: []}
"""
MANIFEST = """\
files:
  - {file: x.yaml, writer: x, style: plain, use: unseen}
  - {file: y.yaml, writer: y, style: plain, use: fitting}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of three questions of which one is answered wrongly; beside it a manifest."""
    path = tmp_path / "x.yaml"
    path.write_text(QUESTIONS)
    path.with_name("y.yaml").write_text("- {id: y1, q: napoli pizza, kind: offtopic, paragraphs: []}\n")
    path.with_name("manifest.yaml").write_text(MANIFEST)
    return path


def test_eval_prints_figures_failures_and_baselines(
    file: Path, small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It prints the figures, every failure with the reason, and the baselines, and draws the chart."""
    chart = tmp_path / "chart.png"
    arguments = ["eval", str(file), "--knowledge", str(small), "--baseline", "--plot", str(chart)]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "wrong x2: where is the lighthouse\n  wanted: answerable ¶2\n  given: answer keeper-place" in printed
    assert "\nGuesses shown on asking back: 0, right 0, wrong 0\n" in printed
    assert "BM25" in printed
    assert "nearest" in printed.partition("x.yaml")[0]
    assert chart.read_bytes().startswith(b"\x89PNG")


def eval_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return what `pilcrow eval --json` prints."""
    assert cli.main(["eval", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_eval_prints_json(file: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Shares are rounded to four digits, and failures named by the ids of their questions."""
    report = eval_json(capsys, str(file), "--knowledge", str(small))
    assert report["figures"]["all"]["answered_right"] == 0.5
    assert report["guesses"] == {"shown": 0, "right": 0, "wrong": 0}
    assert report["figures"]["all"]["right_by_nearest"] == 0
    assert [failure["id"] for failure in report["failures"]] == ["x2"]


def test_eval_takes_a_manifest(file: Path, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its files are asked, or those of one use; a question named twice is asked once."""
    manifest = str(file.with_name("manifest.yaml"))
    figures = eval_json(capsys, manifest, str(file), "--knowledge", str(small))["figures"]
    assert {name: figures[name]["questions"] for name in ("all", "use unseen", "use fitting", "file x.yaml")} == {
        "all": 4,
        "use unseen": 3,
        "use fitting": 1,
        "file x.yaml": 3,
    }
    figures = eval_json(capsys, manifest, "--use", "fitting", "--knowledge", str(small))["figures"]
    assert figures["all"]["questions"] == 1


def test_uses_are_those_of_the_evaluation() -> None:
    """The command repeats them."""
    assert get_args(Use) == QUESTION_USES
