"""`pilcrow bench`: how fast the bot is, in a table with ratios, and how time grows as a picture."""

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
from bot.terminal.console import console

SIZES = (15_000, 30_000, 60_000, 100_000)
SHORT_SIZES = (2_000, 15_000)
PLOTTED = 50
"""Questions that the slow matchers are asked for the picture."""


def run(
    knowledge: Path,
    answerer: Answerer,
    questions: Iterable[Path],
    clinc: Path | None,
    plot: Path | None,
    *,
    short: bool,
) -> int:
    """Measures and shows; `questions`: files as for `pilcrow eval`; `short`: less of everything. Raises PilcrowError."""
    screen = console()
    typed = [question.text for question in load_all(questions)]
    typed = typed or [text for entry in answerer.story.entries.values() for text in (entry.question, *entry.phrasings)]
    typed = typed[: 300 if short else 2_000]
    screen.print(
        _story(
            benchmark.time_story(answerer, typed, 20 if short else 100), benchmark.time_updates(answerer), len(typed)
        )
    )
    if clinc:
        most, slow = (300, 60) if short else (100_000, 1_200)
        screen.print(_intents(measure_intents(load_clinc(clinc), answerer.matcher.weights, most, slow)))
    sizes = SHORT_SIZES if short else SIZES
    weights = answerer.matcher.weights
    slow = (20 if short else PLOTTED) if plot else 0
    grown = [benchmark.measure_scaling(answerer, size, weights, 300 if short else 1_500, slow) for size in sizes]
    screen.print(_grown(grown))
    if plot:
        from bot.charts.evaluation_plots import plot_scaling

        plot_scaling(grown, plot)
    screen.print(_starts(measure_startup(knowledge, 3 if short else 11)))
    return 0


def _story(found: dict[str, Timings], edit: Timings, questions: int) -> Table:
    table = Table(
        "matcher", "median", "p99", "× Pilcrow's median", title=f"One question against the story ({questions} asked)"
    )
    for name, times in found.items():
        ratio = times.median / found["Pilcrow"].median
        table.add_row(name, _ms(times.median), _ms(times.p99), f"{ratio:.1f}")
    table.caption = (
        f"one phrasing more: indexed again in {_ms(edit.median)} at the median, {_ms(edit.seconds[-1])} at most"
    )
    return table


def _intents(found: Sequence[IntentResult]) -> Table:
    table = Table(
        "matcher",
        "right, never silent",
        "in scope",
        "out of scope",
        "median",
        title="150 intents, 15,000 phrasings (CLINC150)",
    )
    for one in found:
        shares = (f"{share:.1%}" for share in (one.right, one.in_scope, one.out_of_scope))
        table.add_row(one.name, *shares, _ms(one.question.median))
    table.caption = "in scope: answered right at the threshold chosen on oos_val; out of scope: held back there"
    return table


def _grown(found: Sequence[benchmark.ScalingResult]) -> Table:
    table = Table(
        "phrasings",
        "entries",
        "built",
        "one change",
        "median",
        "p99",
        "× the first p99",
        "memory",
        title="Larger bases",
    )
    for one in found:
        ratio = one.question.p99 / found[0].question.p99
        times = (f"{one.build:.1f} s", _ms(one.update), _ms(one.question.median), _ms(one.question.p99))
        table.add_row(f"{one.phrasings:,}", str(one.entries), *times, f"{ratio:.1f}", f"{one.memory:.0f} MB")
    table.caption = "built: by one thread; memory: of the whole process, base and all"
    return table


def _starts(found: dict[str, list[float]]) -> Table:
    table = Table("", "min", "median", "max", title="Starting, whole processes in turn")
    ratios = [ask / plain for ask, plain in zip(found["ask"], found["import"], strict=True)]
    rows = {
        "pilcrow ask": (found["ask"], "s"),
        "import rapidfuzz, yaml": (found["import"], "s"),
        "ratio of the two": (ratios, ""),
        "the bot ready, beyond import discord": (found["ready"], "s"),
        "memory of it then": (found["memory"], "MB"),
    }
    for name, (values, unit) in rows.items():
        digits = 0 if unit == "MB" else 2
        table.add_row(
            name, *(f"{value:.{digits}f} {unit}".strip() for value in (min(values), median(values), max(values)))
        )
    return table


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"
