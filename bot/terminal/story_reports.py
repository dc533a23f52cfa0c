"""`pilcrow eval --stories` and `pilcrow bench --intents`: how the matcher does on bases and intents of any kind."""

from pathlib import Path

from rich.table import Table

from bot.evaluation.few_intents import load_intents, measure_few
from bot.evaluation.stories import judge_stories, load_stories
from bot.matching.weights import load_weights
from bot.terminal.console import rich_console, write_json


def evaluate_stories(manifest: Path, questions: Path | None, *, as_json: bool) -> int:
    """Judge each story of a manifest, and print the figures. Raise PilcrowError."""
    figures = judge_stories(load_stories(manifest, questions))
    if as_json:
        write_json({name: story.as_json() for name, story in figures.items()}, indent=2)
        return 0
    columns = ("questions", "right", "right or offered", "wrong of all", "held", "of the right, does not say, but")
    table = Table("", *columns, title="Each story by its own base and threshold")
    for name, story in figures.items():
        shares = (story.answered_right, story.right_or_offered, story.wrong_share, story.held_share)
        table.add_row(name, str(story.total), *(f"{share:.1%}" for share in shares), str(story.right_by_nearest))
    rich_console().print(table)
    return 0


def measure_intent_file(path: Path, *, as_json: bool) -> int:
    """Measure each training set of a file of labelled intents, and print the figures. Raise IntentsError."""
    results = measure_few(load_intents(path), load_weights())
    if as_json:
        write_json({result.training: result.as_json() for result in results}, indent=2)
        return 0
    table = Table("training set", "texts", "right, never silent", "median", "p99", title=path.name)
    for result in results:
        times = (f"{result.question.median * 1e3:.2f} ms", f"{result.question.p99 * 1e3:.2f} ms")
        table.add_row(result.training, str(result.texts), f"{result.right:.1%}", *times)
    rich_console().print(table)
    return 0
