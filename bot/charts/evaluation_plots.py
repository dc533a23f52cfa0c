"""Plots of the evaluation and of benchmarks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.evaluation.baselines import MissingLibrary, Point
from bot.evaluation.benchmark import ScalingResult

LINE_STYLES = {"Pilcrow": "-", "WRatio": ":", "token_sort_ratio": "--", "BM25": "-."}


def plot_threshold_curves(curves: Mapping[str, Sequence[Point]], threshold: float, path: Path) -> None:
    """Plot right against wrong replies as the threshold moves, and mark the threshold in use. Raises MissingLibrary."""
    pyplot = _import_pyplot()
    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=120)
    for name, points in curves.items():
        wrong, right = [100 * point.wrong for point in points], [100 * point.right for point in points]
        axes.plot(wrong, right, LINE_STYLES.get(name, "-"), label=name, linewidth=2.5 if name == "Pilcrow" else 1.5)
    point = min(curves["Pilcrow"], key=lambda point: (point.threshold < threshold, point.threshold))
    axes.plot(100 * point.wrong, 100 * point.right, "o", color="black", markersize=8)
    note = f"chosen: {point.right:.0%} right, {point.wrong:.1%} wrong"
    axes.annotate(note, (100 * point.wrong, 100 * point.right), xytext=(12, -16), textcoords="offset points")
    axes.set(xlabel="wrong, % of all questions", ylabel="answered right, % of answerable", xlim=(0, 30), ylim=(0, 100))
    axes.set_title("Right against wrong as the threshold moves (single questions)")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, format="png")
    pyplot.close(figure)


def plot_scaling(results: Sequence[ScalingResult], path: Path) -> None:
    """Plot the median time of a question as the base grows, both axes logarithmic. Raises MissingLibrary."""
    pyplot = _import_pyplot()
    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=120)
    sizes = [result.phrasings for result in results]
    times = {"Pilcrow": [result.question.median for result in results]}
    times |= {name: [result.baselines[name].median for result in results] for name in results[0].baselines}
    for name, seconds in times.items():
        width = 2.5 if name == "Pilcrow" else 1.5
        style = LINE_STYLES.get(name, "-")
        axes.plot(sizes, [1e3 * s for s in seconds], style, marker="o", markersize=4, label=name, linewidth=width)
    axes.set(xscale="log", yscale="log", xlabel="phrasings in the base", ylabel="milliseconds for one question, median")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_title("How the time of a question grows with the base")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, format="png")
    pyplot.close(figure)


def _import_pyplot() -> Any:
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingLibrary("a chart needs one more library: pip install 'pilcrow-bot[eval]'") from None
    mpl.use("Agg")
    from matplotlib import pyplot

    return pyplot
