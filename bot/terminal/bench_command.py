"""`pilcrow bench`: latency, start-up and memory in tables, and a chart of how latency grows with the base."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from rich.table import Table

from bot.answering.answerer import Answerer
from bot.evaluation import benchmark
from bot.evaluation.intents import IntentResult, load_clinc, measure_intents
from bot.evaluation.questions import load_all
from bot.evaluation.startup import measure_startup
from bot.evaluation.timing import Timings
from bot.terminal import user_files
from bot.terminal.console import rich_console

SIZES = (15_000, 30_000, 60_000, 100_000)
SHORT_SIZES = (2_000, 15_000)
PLOT_QUESTIONS = 50
"""Questions put to the slow matchers for the chart."""


def run_benchmarks(
    knowledge: Path,
    answerer: Answerer,
    files: Iterable[Path],
    *,
    clinc: Path | None,
    plot: Path | None,
    short: bool,
) -> int:
    """Run the benchmarks and print the tables; return the exit status. Raise PilcrowError.

    files: labelled questions, as for `pilcrow eval`; short: less of everything.
    """
    console = rich_console()
    texts = [question.text for question in load_all(files)]
    texts = texts or [text for entry in answerer.story.entries.values() for text in (entry.question, *entry.phrasings)]
    texts = texts[: 300 if short else 2_000]
    console.print(
        _story_table(
            benchmark.time_story(answerer, texts, 20 if short else 100), benchmark.time_updates(answerer), len(texts)
        )
    )
    if clinc:
        most, slow = (300, 60) if short else (100_000, 1_200)
        console.print(_intent_table(measure_intents(load_clinc(clinc), answerer.matcher.weights, most, slow)))
    sizes = SHORT_SIZES if short else SIZES
    weights = answerer.matcher.weights
    slow = (20 if short else PLOT_QUESTIONS) if plot else 0
    scaling = [benchmark.measure_scaling(answerer, size, weights, 300 if short else 1_500, slow) for size in sizes]
    console.print(_scaling_table(scaling))
    if plot:
        from bot.charts.evaluation_plots import plot_scaling

        with user_files.writing(plot):
            plot_scaling(scaling, plot)
    console.print(_startup_table(measure_startup(knowledge, 3 if short else 11)))
    return 0


def _story_table(results: dict[str, Timings], edit: Timings, questions: int) -> Table:
    table = Table(
        "matcher", "median", "p99", "× Pilcrow's median", title=f"One question against the story ({questions} asked)"
    )
    for name, times in results.items():
        ratio = times.median / results["Pilcrow"].median
        table.add_row(name, _ms(times.median), _ms(times.p99), f"{ratio:.1f}")
    table.caption = (
        f"adding a phrasing: the index is updated in {_ms(edit.median)} (median), {_ms(edit.seconds[-1])} (maximum)"
    )
    return table


def _intent_table(results: Sequence[IntentResult]) -> Table:
    table = Table(
        "matcher",
        "right, always answering",
        "in scope",
        "out of scope",
        "median",
        title="150 intents, 15,000 phrasings (CLINC150)",
    )
    for result in results:
        shares = (f"{share:.1%}" for share in (result.right, result.in_scope, result.out_of_scope))
        table.add_row(result.name, *shares, _ms(result.question.median))
    table.caption = "in scope: answered right at the threshold chosen on oos_val; out of scope: held back at it"
    return table


def _scaling_table(scaling: Sequence[benchmark.ScalingResult]) -> Table:
    table = Table(
        "phrasings",
        "entries",
        "build",
        "one change",
        "median",
        "p99",
        "× the first p99",
        "memory",
        title="Larger bases",
    )
    for size in scaling:
        ratio = size.question.p99 / scaling[0].question.p99
        times = (f"{size.build:.1f} s", _ms(size.update), _ms(size.question.median), _ms(size.question.p99))
        table.add_row(f"{size.phrasings:,}", str(size.entries), *times, f"{ratio:.1f}", f"{size.memory:.0f} MB")
    table.caption = "build: in one thread; memory: of the whole process, the base included"
    return table


def _startup_table(results: dict[str, list[float]]) -> Table:
    table = Table("", "min", "median", "max", title="Start-up (whole processes, in turn)")
    ratios = [ask / plain for ask, plain in zip(results["ask"], results["import"], strict=True)]
    rows = {
        "pilcrow ask": (results["ask"], "s"),
        "import rapidfuzz, yaml": (results["import"], "s"),
        "ratio": (ratios, ""),
        "bot ready, minus import discord": (results["ready"], "s"),
        "memory then": (results["memory"], "MB"),
    }
    for name, (values, unit) in rows.items():
        digits = 0 if unit == "MB" else 2
        table.add_row(
            name, *(f"{value:.{digits}f} {unit}".strip() for value in (min(values), median(values), max(values)))
        )
    return table


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"
