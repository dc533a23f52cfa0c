"""`pilcrow eval`: how often the bot is right, wrong, or rightly silent, on questions with known replies."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.progress import Progress
from rich.table import Table

from bot.answering.answerer import Answerer
from bot.evaluation import baselines
from bot.evaluation.baselines import Point
from bot.evaluation.metrics import Figures, JudgedReply, figures_by_group, judge_replies
from bot.evaluation.questions import Question, load_all
from bot.terminal.console import console, say_json

ALLOWED_WRONG = 0.04
"""The share of wrong answers at which matchers are compared."""


def evaluate(
    files: Sequence[Path], answerer: Answerer, *, as_json: bool, compare: bool, plot: Path | None, failures: bool
) -> int:
    """Runs the questions of `files` and shows the figures. Raises QuestionsError or MissingLibrary."""
    questions = load_all(files)
    with Progress(console=console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:

        def steps(name: str) -> Callable[[], None]:
            task = progress.add_task(name, total=len(questions))
            return lambda: progress.advance(task)

        judged = judge_replies(questions, answerer, steps("asking"))
        curves = _curves(questions, answerer, steps) if compare or plot else {}
    if plot:
        from bot.charts.evaluation_plots import plot_threshold_curves

        plot_threshold_curves(curves, answerer.matcher.weights.answer, plot)
    found = figures_by_group(judged)
    table = _compared(curves) if compare else {}
    if as_json:
        shown = {"figures": {name: figures.as_json() for name, figures in found.items()}, "baselines": table}
        say_json(shown | {"failures": [_failure(one) for one in _failed(judged)]}, indent=2)
        return 0
    screen = console()
    screen.print(_figures_table(found))
    if table:
        screen.print(_baseline_table(table))
    if failures:
        for one in _failed(judged):
            screen.print(_failure_text(one), highlight=False, markup=False)
    return 0


def _curves(
    questions: Sequence[Question], answerer: Answerer, steps: Callable[[str], Callable[[], None]]
) -> dict[str, list[Point]]:
    single = [question for question in questions if not question.context]
    curves = {
        "Pilcrow": baselines.threshold_curve(
            baselines.collect_guesses(single, answerer, baselines.pilcrow_guesser(answerer), steps("Pilcrow"))
        )
    }
    for name, closest in baselines.over_story(answerer.story).items():

        def first(question: Question, closest: baselines.Closest = closest) -> tuple[str | None, float]:
            return closest(question.text)

        curves[name] = baselines.threshold_curve(baselines.collect_guesses(single, answerer, first, steps(name)))
    return curves


def _compared(curves: dict[str, list[Point]]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "right_never_silent": round(points[-1].right, 4),
            "wrong_never_silent": round(points[-1].wrong, 4),
            "right_at_4_percent_wrong": round(baselines.best_point(points, ALLOWED_WRONG).right, 4),
        }
        for name, points in curves.items()
    }


def _figures_table(found: dict[str, Figures]) -> Table:
    table = Table("", "questions", "answered right", "right or offered", "wrong of all", "held", title="Figures")
    for name, one in found.items():
        answerable = [f"{share:.1%}" if one.answerable else "–" for share in (one.answered_right, one.right_or_offered)]
        held = f"{one.held_share:.1%}" if one.not_answerable else "–"
        table.add_row(name, str(one.total), *answerable, f"{one.wrong_share:.1%}", held)
    return table


def _baseline_table(table: dict[str, dict[str, float]]) -> Table:
    shown = Table(
        "matcher", "right, never silent", "wrong, never silent", "right at 4 % wrong", title="Single questions"
    )
    for name, row in table.items():
        shown.add_row(name, *(f"{share:.1%}" for share in row.values()))
    return shown


def _failed(judged: Sequence[JudgedReply]) -> list[JudgedReply]:
    return [one for one in judged if one.verdict not in ("right", "held")]


def _failure(one: JudgedReply) -> dict[str, object]:
    question, reply = one.question, one.reply
    return {
        "id": question.id,
        "verdict": one.verdict,
        "asked": question.text,
        "context": list(question.context),
        "wanted": {
            "kind": question.kind,
            "paragraphs": sorted(question.paragraphs),
            "must": [must.pattern for must in question.must],
        },
        "given": {
            "outcome": reply.outcome,
            "entry": reply.entry,
            "options": [option.entry for option in reply.options],
            "answer": reply.answer,
            "confidence": reply.confidence,
        },
        "why": reply.reason,
    }


def _failure_text(one: JudgedReply) -> str:
    question, reply = one.question, one.reply
    wanted = f"{question.kind} {', '.join(f'¶{n}' for n in sorted(question.paragraphs))}".strip()
    given = reply.entry or " | ".join(option.entry for option in reply.options) or "nothing"
    before = f" (after: {question.context[-1]})" if question.context else ""
    return (
        f"\n{one.verdict} {question.id}: {question.text}{before}\n  wanted: {wanted}"
        f"\n  given: {reply.outcome} {given} ({reply.confidence:.2f})\n  why: {reply.reason}"
    )
