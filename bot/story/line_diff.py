"""The difference of two texts, line by line, in time that grows with their length and not with its square.

Lines that both texts have once are matched first; what lies between two of them is compared exactly if it is short, and
counts as replaced if it is not. `difflib` compares exactly whatever the length: two files of 240,000 lines take minutes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

MAX_EXACT_PAIRS = 4_000_000
"""Most pairs of lines that are compared exactly (their matrix takes a bit for each pair)."""
MAX_DEPTH = 8
"""How often what lies between matched lines is searched for lines that only it has once."""
Range = tuple[int, int, int, int]
"""Lines `a` to `b` of the old text and `c` to `d` of the new one, as (a, b, c, d)."""


class Hunk(Struct, frozen=True):
    """Lines `start` to `end` of the old text, and the lines of the new one that stand in their place."""

    start: int
    end: int
    lines: Sequence[str]


def diff_lines(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """Return what has to be replaced in `old`, from top to bottom, to get `new`."""
    return [Hunk(a, b, new[c:d]) for a, b, c, d in _changed(old, new)]


def apply_hunks(old: Sequence[str], changes: Sequence[Hunk]) -> list[str]:
    """Return the lines of the new text."""
    lines: list[str] = []
    at = 0
    for hunk in changes:
        lines += [*old[at : hunk.start], *hunk.lines]
        at = hunk.end
    return [*lines, *old[at:]]


def unified_diff(old: Sequence[str], new: Sequence[str], context: int = 1) -> Iterator[str]:
    """Yield the difference as `diff -u` would write it, without the lines that name the files."""
    group: list[Range] = []
    for one in _changed(old, new):
        if group and one[0] - group[-1][1] > 2 * context:
            yield from _block(group, old, new, context)
            group = []
        group.append(one)
    if group:
        yield from _block(group, old, new, context)


def _block(group: Sequence[Range], old: Sequence[str], new: Sequence[str], context: int) -> Iterator[str]:
    """Yield changes that stand close together, with the lines around them."""
    before = min(context, group[0][0])
    a, c = group[0][0] - before, group[0][2] - before
    after = min(context, len(old) - group[-1][1])
    b, d = group[-1][1] + after, group[-1][3] + after
    yield f"@@ -{_span(a, b)} +{_span(c, d)} @@"
    for start, end, first, last in group:
        yield from (f" {line}" for line in old[a:start])
        yield from (f"-{line}" for line in old[start:end])
        yield from (f"+{line}" for line in new[first:last])
        a = end
    yield from (f" {line}" for line in old[a:b])


def _span(start: int, end: int) -> str:
    """Return a range of lines as `diff -u` writes it."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + 1 if end > start else start},{end - start}"


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Range]:
    """Return the ranges of lines that differ, from top to bottom."""
    found: list[Range] = []
    waiting = [((0, len(old), 0, len(new)), 0)]
    while waiting:
        whole, depth = waiting.pop()
        a, b, c, d = _trimmed(whole, old, new)
        if a == b or c == d:
            parts = [(a, b, c, d)] if a < b or c < d else []
        elif (b - a) * (d - c) <= MAX_EXACT_PAIRS:
            parts = list(_exactly((a, b, c, d), old, new))
        elif depth < MAX_DEPTH and (anchors := _anchors((a, b, c, d), old, new)):
            waiting += [(part, depth + 1) for part in reversed(list(_between((a, b, c, d), anchors)))]
            continue
        else:
            parts = [(a, b, c, d)]
        for part in parts:
            if found and found[-1][1] == part[0] and found[-1][3] == part[2]:  # they touch
                found[-1] = (found[-1][0], part[1], found[-1][2], part[3])
            else:
                found.append(part)
    return found


def _trimmed(whole: Range, old: Sequence[str], new: Sequence[str]) -> Range:
    """Return a range without the equal lines at its start and end."""
    a, b, c, d = whole
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return a, b, c, d


def _exactly(whole: Range, old: Sequence[str], new: Sequence[str]) -> Iterator[Range]:
    """Yield the ranges that differ, as few lines as can be."""
    from rapidfuzz.distance import LCSseq

    a, b, c, d = whole
    ids: dict[str, int] = {}
    numbers = [[ids.setdefault(line, len(ids)) for line in lines] for lines in (old[a:b], new[c:d])]
    at, to = a, c
    for one in (*LCSseq.opcodes(*numbers), None):
        if one is not None and one.tag != "equal":
            continue
        start, first = (a + one.src_start, c + one.dest_start) if one else (b, d)
        if at < start or to < first:
            yield at, start, to, first
        if one:
            at, to = a + one.src_end, c + one.dest_end


def _anchors(whole: Range, old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the longest run of lines, in the order of both texts, that each of them has exactly once."""
    a, b, c, d = whole
    there = {line: at for at, line in enumerate(new[c:d], c)}
    counts, others = Counter(old[a:b]), Counter(new[c:d])
    pairs = [(at, there[line]) for at, line in enumerate(old[a:b], a) if counts[line] == 1 == others[line]]
    lowest: list[int] = []  # the least last line in the new text of a run of each length
    ends: list[int] = []  # which pair that is
    previous: list[int] = []
    for number, (_, at) in enumerate(pairs):
        length = bisect_left(lowest, at)
        previous.append(ends[length - 1] if length else -1)
        lowest[length : length + 1] = [at]
        ends[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        run.append(pairs[number])
        number = previous[number]
    return run[::-1]


def _between(whole: Range, anchors: Sequence[tuple[int, int]]) -> Iterator[Range]:
    """Yield what lies before, between and after matched lines."""
    a, b, c, d = whole
    for at, to in anchors:
        yield a, at, c, to
        a, c = at + 1, to + 1
    yield a, b, c, d
