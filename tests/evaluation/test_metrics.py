"""Measuring: verdicts, figures, baselines."""

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot import bootstrap
from bot.answering.answerer import Answerer, Citation, Option, Reply
from bot.evaluation import baselines
from bot.evaluation.metrics import figures, groups, judge, run
from bot.evaluation.questions import Question, load_questions
from bot.terminal import cli
from tests.support.small_story import small_story

QUESTIONS = """\
- {id: x1, q: what day did the keeper quit, kind: answerable, paragraphs: [1], must: ['(?i)friday']}
- {id: x2, q: where is the lighthouse, kind: answerable, paragraphs: [2], must: []}
- {id: x3, q: how old is the keeper, kind: unanswerable, paragraphs: []}
- {id: x4, q: napoli pizza, kind: offtopic, paragraphs: []}
- {id: x5, q: and where was she working, context: who is the keeper, kind: answerable, paragraphs: [1]}
"""


def question(kind: str, paragraphs: set[int], *must: str) -> Question:
    patterns = tuple(re.compile(pattern) for pattern in must)
    return Question("x1", "q", kind, frozenset(paragraphs), patterns, (), "x.yaml")  # type: ignore[arg-type]


def cites(*numbers: int) -> tuple[Citation, ...]:
    return tuple(Citation(number, "gist", "https://x.example") for number in numbers)


ANSWER = Reply("answer", "In May.", "", 1.0, entry="e", question="When?", status="reported", citations=cites(2))
OFFER = Reply("clarify", "?", "", 0.3, options=(Option("e", "When?", "In May.", cites(2)),))
SILENT = Reply("abstain", "no", "", 0.0)


@pytest.mark.parametrize(
    ("asked", "reply", "verdict"),
    [
        (question("answerable", {2}, "May"), ANSWER, "right"),
        (question("answerable", {2}, "June"), ANSWER, "wrong"),
        (question("answerable", {3}), ANSWER, "wrong"),
        (question("answerable", {9}), replace(ANSWER, citations=cites(1, 2, 3, 4, 5, 9)), "wrong"),
        (question("answerable", {2}), OFFER, "offered"),
        (question("answerable", {3}), OFFER, "missed"),
        (question("answerable", {2}), SILENT, "missed"),
        (question("unanswerable", set()), ANSWER, "wrong"),
        (question("unanswerable", set()), replace(ANSWER, status="not_covered"), "held"),
        (question("unanswerable", set()), SILENT, "held"),
        (question("offtopic", set()), OFFER, "held"),
        (question("false_premise", {2}), ANSWER, "held"),
        (question("false_premise", {3}), ANSWER, "wrong"),
    ],
)
def test_verdicts(asked: Question, reply: Reply, verdict: str) -> None:
    """Each verdict is given exactly when the rules say so; only the first five citations count."""
    assert judge(asked, reply) == verdict


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(QUESTIONS)
    return path


def test_figures_count_each_kind_against_its_own(file: Path) -> None:
    """Right and offered are shares of answerable, wrong of all, held of those where keeping quiet was due."""
    judged = run(load_questions(file), Answerer(small_story(), bootstrap.weights()))
    assert [one.verdict for one in judged] == ["right", "wrong", "held", "held", "right"]
    found = figures(judged)
    assert (found.answered_right, found.right_or_offered) == (2 / 3, 2 / 3)
    assert (found.wrong_share, found.held_share) == (1 / 5, 1.0)
    assert {"all", "kind answerable", "file x.yaml", "follow-ups", "single questions", "¶1", "¶2"} <= set(
        groups(judged)
    )


def test_the_curve_runs_from_silent_to_never_silent() -> None:
    """With a falling threshold more is answered, right and wrong."""
    asked = question("answerable", {1})
    points = baselines.curve(
        [
            baselines.Guess(asked, 0.9, good=True),
            baselines.Guess(asked, 0.5, good=False),
            baselines.Guess(asked, 0.4, good=True),
        ]
    )
    assert [(point.right, point.wrong) for point in points] == [(0, 0), (1 / 3, 0), (1 / 3, 1 / 3), (2 / 3, 1 / 3)]
    assert baselines.at_most(points, 0.1).right == 1 / 3


def test_eval_prints_figures_failures_and_baselines(
    file: Path, small: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`pilcrow eval` shows the figures, every failure with why, the baselines, and draws the chart."""
    chart = tmp_path / "chart.png"
    words = ["eval", str(file), "--knowledge", str(small), "--baseline", "--plot", str(chart)]
    assert cli.main(words) == 0
    shown = capsys.readouterr().out
    assert "wrong x2: where is the lighthouse\n  wanted: answerable ¶2\n  given: answer keeper-place" in shown
    assert "BM25" in shown
    assert chart.read_bytes().startswith(b"\x89PNG")
    cli.main([*words[:4], "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["figures"]["all"]["answered_right"] == 0.6667
    assert [one["id"] for one in found["failures"]] == ["x2"]
