"""Pictures of figures, drawn with matplotlib, which only they need."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.baselines import MissingLibrary, Point

STYLES = {"Pilcrow": "-", "WRatio": ":", "token_sort_ratio": "--", "BM25": "-."}


def draw_curves(curves: Mapping[str, Sequence[Point]], chosen: float, path: Path) -> None:
    """Right against wrong as the threshold moves, with the chosen threshold marked. Raises MissingLibrary."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise MissingLibrary("a chart needs one more library: pip install 'pilcrow-bot[eval]'") from None
    mpl.use("Agg")
    from matplotlib import pyplot as plt

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
