"""Pictures of figures, drawn with matplotlib, which only they need."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.evaluation.baselines import MissingLibrary, Point
from bot.evaluation.benchmark import Scaled

STYLES = {"Pilcrow": "-", "WRatio": ":", "token_sort_ratio": "--", "BM25": "-."}


def draw_curves(curves: Mapping[str, Sequence[Point]], chosen: float, path: Path) -> None:
    """Right against wrong as the threshold moves, with the chosen threshold marked. Raises MissingLibrary."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(8, 5), dpi=120)
    for name, points in curves.items():
        wrong, right = [100 * point.wrong for point in points], [100 * point.right for point in points]
        axes.plot(wrong, right, STYLES.get(name, "-"), label=name, linewidth=2.5 if name == "Pilcrow" else 1.5)
    points = curves["Pilcrow"]
    point = min(points, key=lambda point: (point.threshold < chosen, point.threshold))
    axes.plot(100 * point.wrong, 100 * point.right, "o", color="black", markersize=8)
    note = f"chosen: {point.right:.0%} right, {point.wrong:.1%} wrong"
    axes.annotate(note, (100 * point.wrong, 100 * point.right), xytext=(12, -16), textcoords="offset points")
    axes.set(xlabel="wrong, % of all questions", ylabel="answered right, % of answerable", xlim=(0, 30), ylim=(0, 100))
    axes.set_title("Right against wrong as the threshold moves (single questions)")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)


def _pyplot() -> Any:
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingLibrary("a chart needs one more library: pip install 'pilcrow-bot[eval]'") from None
    mpl.use("Agg")
    from matplotlib import pyplot

    return pyplot


def draw_growth(found: Sequence[Scaled], path: Path) -> None:
    """Median time of a question as the base grows, both axes logarithmic. Raises MissingLibrary."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(8, 5), dpi=120)
    sizes = [one.phrasings for one in found]
    times = {"Pilcrow": [one.question.median for one in found]}
    times |= {name: [one.baselines[name].median for one in found] for name in found[0].baselines}
    for name, seconds in times.items():
        width = 2.5 if name == "Pilcrow" else 1.5
        style = STYLES.get(name, "-")
        axes.plot(sizes, [1e3 * s for s in seconds], style, marker="o", markersize=4, label=name, linewidth=width)
    axes.set(xscale="log", yscale="log", xlabel="phrasings in the base", ylabel="milliseconds for one question, median")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.set_title("How the time of a question grows with the base")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
