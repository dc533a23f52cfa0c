"""Comparing matchers as the threshold moves."""

from bot.evaluation import baselines
from bot.evaluation.questions import Question


def test_threshold_curve_runs_from_silent_to_never_silent() -> None:
    """With a falling threshold more is answered, right and wrong."""
    asked = Question("x1", "q", "answerable", frozenset({1}), (), (), "x.yaml")
    points = baselines.threshold_curve(
        [
            baselines.Guess(asked, 0.9, good=True),
            baselines.Guess(asked, 0.5, good=False),
            baselines.Guess(asked, 0.4, good=True),
        ]
    )
    assert [(point.right, point.wrong) for point in points] == [(0, 0), (1 / 3, 0), (1 / 3, 1 / 3), (2 / 3, 1 / 3)]
    assert baselines.best_point(points, 0.1).right == 1 / 3
