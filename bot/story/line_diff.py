"""Line diffs in time that grows with the texts' length and not with its square.

Lines that occur once in both texts are matched first, as in patience diff; what lies between two matches is compared exactly
if it is short, and counts as replaced if it is not. `difflib` always compares exactly: 240,000 lines take it minutes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

MAX_EXACT_PAIRS = 4_000_000
"""Most pairs of lines that are compared exactly, which takes a bit of memory per pair."""
MAX_DEPTH = 8
"""How often the gaps between matches are searched again for lines that occur once within them."""
Range = tuple[int, int, int, int]
"""Lines `a` to `b` of the old text and `c` to `d` of the new one, as (a, b, c, d); ends are exclusive."""


class Hunk(Struct, frozen=True):
    """Lines `start` to `end` (exclusive) of the old text, and the lines of the new one that replace them."""

    start: int
    end: int
    lines: Sequence[str]


def diff_lines(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """Return the hunks that turn `old` into `new`, from top to bottom."""
    return [Hunk(a, b, new[c:d]) for a, b, c, d in _changed_ranges(old, new)]


def apply_hunks(old: Sequence[str], hunks: Sequence[Hunk]) -> list[str]:
    """Return the lines of the new text."""
    lines: list[str] = []
    position = 0
    for hunk in hunks:
        lines += [*old[position : hunk.start], *hunk.lines]
        position = hunk.end
    return [*lines, *old[position:]]


def unified_diff(old: Sequence[str], new: Sequence[str], context: int = 1) -> Iterator[str]:
    """Yield the lines of a unified diff, without its file headers."""
    group: list[Range] = []
    for changed in _changed_ranges(old, new):
        if group and changed[0] - group[-1][1] > 2 * context:
            yield from _unified_hunk(group, old, new, context)
            group = []
        group.append(changed)
    if group:
        yield from _unified_hunk(group, old, new, context)


def _unified_hunk(group: Sequence[Range], old: Sequence[str], new: Sequence[str], context: int) -> Iterator[str]:
    """Yield neighbouring changes with the context around them."""
    before = min(context, group[0][0])
    a, c = group[0][0] - before, group[0][2] - before
    after = min(context, len(old) - group[-1][1])
    b, d = group[-1][1] + after, group[-1][3] + after
    yield f"@@ -{_span(a, b)} +{_span(c, d)} @@"
    for old_start, old_end, new_start, new_end in group:
        yield from (f" {line}" for line in old[a:old_start])
        yield from (f"-{line}" for line in old[old_start:old_end])
        yield from (f"+{line}" for line in new[new_start:new_end])
        a = old_end
    yield from (f" {line}" for line in old[a:b])


def _span(start: int, end: int) -> str:
    """Return a range of lines in the notation of a hunk header."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + 1 if end > start else start},{end - start}"


def _changed_ranges(old: Sequence[str], new: Sequence[str]) -> list[Range]:
    """Return the ranges of lines that differ, from top to bottom, adjacent ones merged."""
    changed: list[Range] = []
    stack = [((0, len(old), 0, len(new)), 0)]
    while stack:
        whole, depth = stack.pop()
        a, b, c, d = _trim(whole, old, new)
        if a == b or c == d:
            ranges = [(a, b, c, d)] if a < b or c < d else []
        elif (b - a) * (d - c) <= MAX_EXACT_PAIRS:
            ranges = list(_exact_ranges((a, b, c, d), old, new))
        elif depth < MAX_DEPTH and (anchors := _anchors((a, b, c, d), old, new)):
            stack += [(gap, depth + 1) for gap in reversed(list(_gaps((a, b, c, d), anchors)))]
            continue
        else:
            ranges = [(a, b, c, d)]
        for part in ranges:
            if changed and changed[-1][1] == part[0] and changed[-1][3] == part[2]:
                changed[-1] = (changed[-1][0], part[1], changed[-1][2], part[3])
            else:
                changed.append(part)
    return changed


def _trim(whole: Range, old: Sequence[str], new: Sequence[str]) -> Range:
    """Return a range without the equal lines at its start and end."""
    a, b, c, d = whole
    while a < b and c < d and old[a] == new[c]:
        a, c = a + 1, c + 1
    while a < b and c < d and old[b - 1] == new[d - 1]:
        b, d = b - 1, d - 1
    return a, b, c, d


def _exact_ranges(whole: Range, old: Sequence[str], new: Sequence[str]) -> Iterator[Range]:
    """Yield the ranges outside the longest common subsequence."""
    from rapidfuzz.distance import LCSseq

    a, b, c, d = whole
    ids: dict[str, int] = {}
    encoded = [[ids.setdefault(line, len(ids)) for line in lines] for lines in (old[a:b], new[c:d])]
    old_position, new_position = a, c
    for opcode in (*LCSseq.opcodes(*encoded), None):
        if opcode is not None and opcode.tag != "equal":
            continue
        old_end, new_end = (a + opcode.src_start, c + opcode.dest_start) if opcode else (b, d)
        if old_position < old_end or new_position < new_end:
            yield old_position, old_end, new_position, new_end
        if opcode:
            old_position, new_position = a + opcode.src_end, c + opcode.dest_end


def _anchors(whole: Range, old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return (old, new) positions of the lines that occur once in both: the longest increasing subsequence of them."""
    a, b, c, d = whole
    new_positions = {line: position for position, line in enumerate(new[c:d], c)}
    old_counts, new_counts = Counter(old[a:b]), Counter(new[c:d])
    pairs = [
        (position, new_positions[line])
        for position, line in enumerate(old[a:b], a)
        if old_counts[line] == 1 == new_counts[line]
    ]
    last_values: list[int] = []  # for each length, the smallest last new position of a subsequence
    last_pairs: list[int] = []  # the index of that pair
    previous: list[int] = []
    for i, (_, new_position) in enumerate(pairs):
        length = bisect_left(last_values, new_position)
        previous.append(last_pairs[length - 1] if length else -1)
        last_values[length : length + 1] = [new_position]
        last_pairs[length : length + 1] = [i]
    anchors: list[tuple[int, int]] = []
    i = last_pairs[-1] if last_pairs else -1
    while i >= 0:
        anchors.append(pairs[i])
        i = previous[i]
    return anchors[::-1]


def _gaps(whole: Range, anchors: Sequence[tuple[int, int]]) -> Iterator[Range]:
    """Yield the ranges before, between and after matched lines."""
    a, b, c, d = whole
    for old_position, new_position in anchors:
        yield a, old_position, c, new_position
        a, c = old_position + 1, new_position + 1
    yield a, b, c, d
