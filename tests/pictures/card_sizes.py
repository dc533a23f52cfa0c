"""Prints how much there is of the replies and readings of the whole base: `python -m tests.pictures.card_sizes`.

With `--questions FILE…` also of the replies to labelled questions. Heights are measured in Chromium where there is one.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from bot import bootstrap
from bot.answering.answerer import Answerer
from bot.evaluation.questions import load_all
from tests.pictures.chromium import MISSING, Chromium, find_chromium
from tests.pictures.estimated_height import Shape, estimate
from tests.pictures.reply_sizes import SCREEN, Size, measure, reply_size, view_sizes

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.pictures.card_sizes", description=__doc__)
    parser.add_argument("--knowledge", type=Path, default=ROOT / "knowledge", metavar="FOLDER", help="the base")
    parser.add_argument("--questions", type=Path, nargs="+", default=[], metavar="FILE", help="labelled questions too")
    parser.add_argument(
        "--list", type=int, default=0, metavar="N", help="name the N highest replies, and the N of most words"
    )
    parser.add_argument("--estimate", action="store_true", help="estimate heights, even where Chromium is there")
    options = parser.parse_args(arguments)
    answerer = bootstrap.answerer(options.knowledge)
    entries = [reply_size(id, answerer.entry_reply(id), answerer.story) for id in answerer.story.entries]
    tables = {f"{len(entries)} entries": entries}
    pages = view_sizes(bootstrap.views(answerer.story))
    tables[f"{len(pages)} pages of readings"] = pages
    if options.questions:
        asked = question_sizes(answerer, options.questions)
        tables[f"{len(asked)} questions"] = asked
    program = None if options.estimate else find_chromium()
    if not program:
        print("Heights are estimated." if options.estimate else f"Heights are estimated. {MISSING}")
    for title, sizes in tables.items():
        shapes = [estimate(size.payloads) for size in sizes]
        if program:
            estimated, shapes = shapes, measured(program, sizes)
            print(calibration(estimated, shapes))
        print(f"\n{table(title, sizes, shapes)}\n")
        for line in largest(sizes, shapes, options.list):
            print(line)


def question_sizes(answerer: Answerer, files: Sequence[Path]) -> list[Size]:
    """Return the sizes of the replies to labelled questions."""
    return [
        reply_size(f"{question.id} {question.text}", answerer.reply(question.text, question.context), answerer.story)
        for question in load_all(files)
    ]


def measured(program: str, sizes: Sequence[Size]) -> list[Shape]:
    """Return how the replies stand on a phone, each different one measured once."""
    keys = [repr(size.payloads) for size in sizes]
    different = dict(zip(keys, (size.payloads for size in sizes), strict=True))
    with Chromium(program) as chromium:
        shapes: Mapping[str, Shape] = dict(zip(different, measure(chromium, list(different.values())), strict=True))
    return [shapes[key] for key in keys]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of the values do not exceed."""
    return sorted(values)[max(0, -int(-len(values) * share // 1) - 1)]


def table(title: str, sizes: Sequence[Size], shapes: Sequence[Shape]) -> str:
    """Return the figures as a Markdown table."""
    cut = [size.shortened + shape.cut for size, shape in zip(sizes, shapes, strict=True)]
    rows: Mapping[str, tuple[str, Sequence[float]]] = {
        "words, with buttons": ("{:.0f}", [size.words for size in sizes]),
        "words before the answer": ("{:.0f}", [size.before for size in sizes]),
        "lines on a phone": ("{:.0f}", [shape.lines for shape in shapes]),
        f"phone screens ({SCREEN} px)": ("{:.2f}", [shape.height / SCREEN for shape in shapes]),
        "button labels cut": ("{:.0f}", cut),
        "terminal, 80 columns: lines": ("{:.0f}", [size.terminal for size in sizes]),
    }
    lines = [f"| {title} | p50 | p90 | most |", "|---|---|---|---|"]
    for name, (form, values) in rows.items():
        shown = (percentile(values, 0.5), percentile(values, 0.9), max(values))
        lines.append(f"| {name} | {' | '.join(map(form.format, shown))} |")
    counts = {
        "Higher than a screen": sum(shape.height > SCREEN for shape in shapes),
        "with a label cut": sum(map(bool, cut)),
        "with a row of buttons that takes two lines": sum(bool(shape.wrapped) for shape in shapes),
        "too long for the text of a message": sum(size.is_long for size in sizes),
    }
    return "\n".join([*lines, "", "; ".join(f"{what}: {number}" for what, number in counts.items()) + "."])


def calibration(estimated: Sequence[Shape], exact: Sequence[Shape]) -> str:
    """Return a sentence on how far the estimated heights are from the measured ones."""
    off = [one.height - other.height for one, other in zip(estimated, exact, strict=True)]
    return (
        f"Estimated height against Chromium's: {fmean(off):+.1f} px on average, "
        f"off by {fmean(map(abs, off)):.1f} px, at p90 {percentile([*map(abs, off)], 0.9):.0f} px."
    )


def largest(sizes: Sequence[Size], shapes: Sequence[Shape], number: int) -> list[str]:
    """Return lines that name the highest replies, and those of most words."""
    if not number:
        return []
    both = list(zip(sizes, shapes, strict=True))
    highest = sorted(both, key=lambda pair: -pair[1].height)[:number]
    longest = sorted(both, key=lambda pair: -pair[0].words)[:number]
    lines = ["Highest:", *(f"  {shape.height:4.0f} px  {size.words:3} words  {size.name}" for size, shape in highest)]
    return [
        *lines,
        "Most words:",
        *(f"  {size.words:3} words  {shape.height:4.0f} px  {size.name}" for size, shape in longest),
    ]


if __name__ == "__main__":
    main()
