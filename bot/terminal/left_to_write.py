"""What is left to write in a new base: counted, and in the order in which it is best done."""

import re
from collections.abc import Iterable, Sequence

from bot.errors import Problem

MAX_IDS = 5
"""Ids that a line names."""
STEPS = (
    (
        "people.yaml",
        re.compile(r"the role of (\S+) is still to be written\Z"),
        "who is who: merge what is one and drop what nobody asks about (pilcrow kb people merge, drop), then write {}",
        ("role", "roles"),
    ),
    (
        "story.yaml",
        re.compile(r"the gist of paragraph (\d+) is still to be written\Z"),
        "what each paragraph says, in your own words: {}",
        ("gist", "gists"),
    ),
    (
        "story.yaml",
        re.compile(r"the story's '(?:TODO: )?(.*)' is still to be written\Z"),
        "where the article is from and what the bot answers from: {}",
        ("text", "texts"),
    ),
    (
        "qa/",
        re.compile(r"(\S+): 'answer' is still to be written\Z"),
        "the entries that every base begins with: {}",
        ("answer", "answers"),
    ),
    (
        "story.yaml",
        re.compile(r"no entry answers anything from paragraph (\d+); add one\Z"),
        "entries, one fact each with ten ways of asking it: {} without any",
        ("paragraph", "paragraphs"),
    ),
)
"""For each step: the file, the problems that it is about, what to do, and the nouns for one and several."""


def split_unwritten(problems: Iterable[Problem]) -> tuple[list[str], list[Problem]]:
    """Return a line for each step that is left to do, in order, and the problems that are about something else.

    Only where something is marked as to be written: an uncovered paragraph of a finished base is a problem like others.
    """
    problems = list(problems)
    found: list[list[str]] = [[] for _ in STEPS]
    others = []
    for problem in problems:
        for names, (file, sentence, _, _) in zip(found, STEPS, strict=True):
            match = sentence.match(problem.sentence) if problem.file.startswith(file) else None
            if match:
                names.append(match[1])
                break
        else:
            others.append(problem)
    if not any(found[:-1]):
        return [], problems
    lines = [
        f"{file}: {text.format(_count(names, nouns))}"
        for names, (file, _, text, nouns) in zip(found, STEPS, strict=True)
        if names
    ]
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)], others


def _count(names: Sequence[str], nouns: tuple[str, str]) -> str:
    """Return how many there are, and which: '20 gists (1 to 20)'."""
    noun = nouns[len(names) > 1]
    if names[0].isdigit():
        return f"{len(names)} {noun} ({_ranges(sorted(map(int, names)))})"
    if any(" " in name for name in names):
        return f"{len(names)} {noun}"
    more = f" and {len(names) - MAX_IDS} more" if len(names) > MAX_IDS else ""
    return f"{len(names)} {noun} ({', '.join(names[:MAX_IDS])}{more})"


def _ranges(numbers: Sequence[int]) -> str:
    """Return sorted numbers with runs of them as '2 to 20'."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in runs)
