"""Line diffs are correct, and take time that grows with the texts' length and not with its square."""

import difflib
import random

from hypothesis import given
from hypothesis import strategies as st

from bot.editing import text_diff
from bot.story import line_diff
from bot.story.line_diff import apply_hunks, diff_lines, unified_diff
from bot.story.revert import revert_change

LINES = st.lists(st.sampled_from("abcdefg"), max_size=30)
SECONDS = 20.0
"""Processor time allowed for what takes a second or two, and takes `difflib` minutes."""


def comments(lines: int, kinds: int, seed: int) -> str:
    """Return comment lines that repeat many times, the worst case for `difflib`."""
    rng = random.Random(seed)
    return "".join(f"# {rng.randrange(kinds)}\n" for _ in range(lines))


@given(LINES, LINES)
def test_hunks_turn_one_text_into_the_other(old: list[str], new: list[str]) -> None:
    """Applied to the old lines they give the new ones, and they are at least as small as those of `difflib`."""
    found = diff_lines(old, new)
    assert apply_hunks(old, found) == new
    kept = len(old) - sum(one.end - one.start for one in found)
    same = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert kept >= sum(block.size for block in same)


@given(LINES, LINES)
def test_long_texts_are_compared_between_unique_lines(old: list[str], new: list[str]) -> None:
    """The diff of what is too long to be compared exactly is correct, if not minimal."""
    exact = line_diff.MAX_EXACT_PAIRS
    line_diff.MAX_EXACT_PAIRS = 9
    try:
        assert apply_hunks(old, diff_lines(old, new)) == new
    finally:
        line_diff.MAX_EXACT_PAIRS = exact


def test_a_unified_diff_is_that_of_difflib() -> None:
    """With one line of context, and neighbouring changes in one hunk."""
    old = [f"line {number}" for number in range(30)]
    new = ["first", *old[:3], "changed", *old[4:6], *old[7:20], *old[22:], "last"]
    assert list(unified_diff(old, new)) == list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    assert list(unified_diff(old, [])) == list(difflib.unified_diff(old, [], lineterm="", n=1))[2:]
    assert list(unified_diff([], old)) == list(difflib.unified_diff([], old, lineterm="", n=1))[2:]


def test_files_of_240_000_lines_are_compared_in_seconds() -> None:
    """A preview compares whatever somebody sends."""
    for kinds in (100, 1_000, 200_000):
        old, new = comments(240_000, kinds, 1), comments(240_000, kinds, 2)
        shown = text_diff.unified_diff({"people.yaml": (old, new)})
        assert len(shown) < text_diff.MAX_DIFF + 100


def test_a_change_in_a_file_of_240_000_lines_is_reverted_in_seconds() -> None:
    """The three-way merge uses the same diff."""
    head = "- id: a\n  question: Why?\n  answer: {}\n  cites: [1]\n"
    early, late = comments(120_000, 1_000, 1), comments(120_000, 1_000, 2)
    old, new = head.format("x") + early, head.format("y") + early
    assert revert_change(head.format("y") + late, old, new) == head.format("x") + late


def test_truncated_diffs_of_different_changes_differ() -> None:
    """A button publishes what was previewed, and that includes the truncated part."""
    old = "".join(f"{number}\n" for number in range(200_000))
    first, second = (text_diff.unified_diff({"people.yaml": (old, "".join(reversed(f"{old}{end}")))}) for end in "ab")
    shown, last = first.splitlines()[:-1], first.splitlines()[-1]
    assert len(first) < text_diff.MAX_DIFF + 100
    assert last.startswith("… and ")
    assert last.split(" (")[0].endswith(" more lines")
    assert first != second
    assert shown
