"""`pilcrow eval`: how often the bot is right, wrong, or rightly abstains, on labelled questions."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.progress import Progress
from rich.table import Table

from bot.answering.answerer import Answerer
from bot.evaluation import baselines
from bot.evaluation.baselines import Point
from bot.evaluation.metrics import Figures, Guesses, JudgedReply, count_guesses, figures_by_group, judge_replies
from bot.evaluation.questions import Question, Use, load_all
from bot.terminal import user_files
from bot.terminal.console import rich_console, write_json

MAX_WRONG = 0.04
"""Share of wrong answers at which matchers are compared."""


def evaluate(
    files: Sequence[Path],
    answerer: Answerer,
    *,
    use: Use | None,
    as_json: bool,
    with_baselines: bool,
    plot: Path | None,
    list_failures: bool,
) -> int:
    """Ask the questions of `files`, of one use where it is given, and print the figures; return the exit status.

    Raise QuestionsError, MissingLibrary.
    """
    questions = load_all(files, use)
    with Progress(console=rich_console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:

        def add_bar(name: str) -> Callable[[], None]:
            task = progress.add_task(name, total=len(questions))
            return lambda: progress.advance(task)

        judged = judge_replies(questions, answerer, add_bar("asking"))
        curves = _curves(questions, answerer, add_bar) if with_baselines or plot else {}
    if plot:
        from bot.charts.evaluation_plots import plot_threshold_curves

        with user_files.writing(plot):
            plot_threshold_curves(curves, answerer.matcher.weights.answer, plot)
    figures = figures_by_group(judged)
    guesses = count_guesses(judged)
    comparison = _comparison(curves) if with_baselines else {}
    if as_json:
        report = {
            "figures": {name: group.as_json() for name, group in figures.items()},
            "guesses": guesses.as_json(),
            "baselines": comparison,
            "failures": [_failure_json(failure) for failure in _failures(judged)],
        }
        write_json(report, indent=2)
        return 0
    console = rich_console()
    console.print(_figures_table(figures))
    console.print(_guesses_text(guesses), highlight=False)
    if comparison:
        console.print(_comparison_table(comparison))
    for failure in _failures(judged) if list_failures else ():
        console.print(_failure_text(failure), highlight=False, markup=False)
    return 0


def _curves(
    questions: Sequence[Question], answerer: Answerer, add_bar: Callable[[str], Callable[[], None]]
) -> dict[str, list[Point]]:
    """Return the threshold curve of each matcher, on the questions without context."""
    single = [question for question in questions if not question.context]
    curves = {
        "Pilcrow": baselines.threshold_curve(
            baselines.collect_guesses(single, answerer, baselines.pilcrow_guesser(answerer), add_bar("Pilcrow"))
        )
    }
    for name, closest in baselines.over_story(answerer.story).items():

        def first(question: Question, closest: baselines.Closest = closest) -> tuple[str | None, float]:
            return closest(question.text)

        curves[name] = baselines.threshold_curve(baselines.collect_guesses(single, answerer, first, add_bar(name)))
    return curves


def _comparison(curves: dict[str, list[Point]]) -> dict[str, dict[str, float]]:
    """Return the share of right and wrong answers of each matcher, with the keys that programs may rely on."""
    return {
        name: {
            "right_never_silent": round(points[-1].right, 4),
            "wrong_never_silent": round(points[-1].wrong, 4),
            "right_at_4_percent_wrong": round(baselines.best_point(points, MAX_WRONG).right, 4),
        }
        for name, points in curves.items()
    }


def _figures_table(figures: dict[str, Figures]) -> Table:
    """Return the figures as a table; the last column counts the right answers that only say the nearest thing."""
    columns = ("questions", "answered right", "right or offered", "wrong of all", "held back", "by nearest")
    table = Table("", *columns, title="Figures")
    for name, group in figures.items():
        shares = (group.answered_right, group.right_or_offered)
        answerable = [f"{share:.1%}" if group.answerable else "–" for share in shares]
        held = f"{group.held_share:.1%}" if group.not_answerable else "–"
        nearest = str(group.right_by_nearest) if group.answerable else "–"
        table.add_row(name, str(group.total), *answerable, f"{group.wrong_share:.1%}", held, nearest)
    return table


def _guesses_text(guesses: Guesses) -> str:
    counts = guesses.as_json()
    return f"Guesses shown on asking back: {counts['shown']}, right {counts['right']}, wrong {counts['wrong']}"


def _comparison_table(comparison: dict[str, dict[str, float]]) -> Table:
    table = Table(
        "matcher", "right, always answering", "wrong, always answering", "right at 4 % wrong", title="Single questions"
    )
    for name, shares in comparison.items():
        table.add_row(name, *(f"{share:.1%}" for share in shares.values()))
    return table


def _failures(judged: Sequence[JudgedReply]) -> list[JudgedReply]:
    return [outcome for outcome in judged if outcome.verdict not in ("right", "held")]


def _failure_json(failure: JudgedReply) -> dict[str, object]:
    """Return a failure with the keys that programs may rely on."""
    question, reply = failure.question, failure.reply
    return {
        "id": question.id,
        "verdict": failure.verdict,
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


def _failure_text(failure: JudgedReply) -> str:
    question, reply = failure.question, failure.reply
    wanted = f"{question.kind} {', '.join(f'¶{n}' for n in sorted(question.paragraphs))}".strip()
    given = reply.entry or " | ".join(option.entry for option in reply.options) or "nothing"
    before = f" (after: {question.context[-1]})" if question.context else ""
    return (
        f"\n{failure.verdict} {question.id}: {question.text}{before}\n  wanted: {wanted}"
        f"\n  given: {reply.outcome} {given} ({reply.confidence:.2f})\n  why: {reply.reason}"
    )
