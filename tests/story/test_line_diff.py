"""Differences are right, and come in time that grows with the texts and not with their square."""

import difflib
import random
import time

from hypothesis import given
from hypothesis import strategies as st

from bot.editing import text_diff
from bot.story import line_diff
from bot.story.line_diff import apply_hunks, diff_lines, unified_diff
from bot.story.revert import revert_change

LINES = st.lists(st.sampled_from("abcdefg"), max_size=30)
SECONDS = 20.0
"""Of processor time, for what takes a second or two here and took minutes before."""


def comments(lines: int, kinds: int, seed: int) -> str:
    """Comment lines of which each kind stands there many times: the worst that `difflib` can be given."""
    chance = random.Random(seed)
    return "".join(f"# {chance.randrange(kinds)}\n" for _ in range(lines))


@given(LINES, LINES)
def test_the_hunks_lead_from_one_text_to_the_other(old: list[str], new: list[str]) -> None:
    """Applied to the old lines they give the new ones, and no longer common run is left in them."""
    found = diff_lines(old, new)
    assert apply_hunks(old, found) == new
    kept = len(old) - sum(one.end - one.start for one in found)
    same = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert kept >= sum(block.size for block in same)


@given(LINES, LINES)
def test_long_texts_are_split_at_lines_that_both_have_once(old: list[str], new: list[str]) -> None:
    """What is too long to be compared exactly comes out right as well, if not with the fewest lines."""
    exact = line_diff.MAX_EXACT_PAIRS
    line_diff.MAX_EXACT_PAIRS = 9
    try:
        assert apply_hunks(old, diff_lines(old, new)) == new
    finally:
        line_diff.MAX_EXACT_PAIRS = exact


def test_a_difference_is_written_as_diff_writes_it() -> None:
    """With a line around each change, and changes that stand close together in one block."""
    old = [f"line {number}" for number in range(30)]
    new = ["first", *old[:3], "changed", *old[4:6], *old[7:20], *old[22:], "last"]
    assert list(unified_diff(old, new)) == list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    assert list(unified_diff(old, [])) == list(difflib.unified_diff(old, [], lineterm="", n=1))[2:]
    assert list(unified_diff([], old)) == list(difflib.unified_diff([], old, lineterm="", n=1))[2:]


def test_files_of_240_000_lines_are_compared_in_seconds() -> None:
    """A preview compares whatever somebody sends; `difflib` took minutes for these."""
    for kinds in (100, 1_000, 200_000):
        old, new = comments(240_000, kinds, 1), comments(240_000, kinds, 2)
        before = time.process_time()
        shown = text_diff.unified_diff({"people.yaml": (old, new)})
        assert time.process_time() - before < SECONDS
        assert len(shown) < text_diff.MAX_DIFF + 100


def test_a_change_in_a_file_of_240_000_lines_is_taken_back_in_seconds() -> None:
    """The three texts are put together by the same differences."""
    head = "- id: a\n  question: Why?\n  answer: {}\n  cites: [1]\n"
    early, late = comments(120_000, 1_000, 1), comments(120_000, 1_000, 2)
    old, new = head.format("x") + early, head.format("y") + early
    begin = time.process_time()
    assert revert_change(head.format("y") + late, old, new) == head.format("x") + late
    assert time.process_time() - begin < SECONDS


def test_a_difference_that_is_cut_still_tells_two_apart() -> None:
    """A button publishes what was seen; what was left out of the difference is part of that."""
    old = "".join(f"{number}\n" for number in range(200_000))
    first, second = (text_diff.unified_diff({"people.yaml": (old, "".join(reversed(f"{old}{end}")))}) for end in "ab")
    shown, last = first.splitlines()[:-1], first.splitlines()[-1]
    assert len(first) < text_diff.MAX_DIFF + 100
    assert last.startswith("… and ")
    assert last.split(" (")[0].endswith(" more lines")
    assert first != second
    assert shown
