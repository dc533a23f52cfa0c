"""The engine knows no story: an invented one works with it unchanged."""

from pathlib import Path

from bot import bootstrap
from bot.evaluation.metrics import compute_figures, judge_replies
from bot.evaluation.questions import load_questions
from bot.story import article
from bot.story.validation.article_match import find_mismatches
from bot.story.validation.rules import find_problems

HERE = Path(__file__).parents[1] / "second_story"


def test_the_second_base_has_no_problems() -> None:
    """The validation finds nothing, and the base agrees with its article."""
    story = bootstrap.story(HERE / "knowledge")
    assert [str(problem) for problem in find_problems(story)] == []
    assert [str(problem) for problem in find_mismatches(story, article.read_lines(HERE / "article.txt"))] == []


def test_questions_by_somebody_who_has_not_seen_its_base() -> None:
    """Answered right at 85 % or more, wrong at 5 % or less, with the weights fitted on the other story."""
    figures = compute_figures(
        judge_replies(load_questions(HERE / "questions.yaml"), bootstrap.answerer(HERE / "knowledge"))
    )
    assert figures.answered_right >= 0.85
    assert figures.wrong_share <= 0.05
