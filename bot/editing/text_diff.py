"""Unified diffs of files, limited in size."""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import islice

from bot.journal.records import FileVersions
from bot.story import line_diff

MAX_DIFF = 1_000_000
"""Characters of a diff; of a longer one, the number of lines that are left out is given."""


def unified_diff(files: Mapping[str, FileVersions]) -> str:
    """Return a unified diff of texts before and after, by file name; None stands for no file."""
    lines: list[str] = []
    space, omitted, digest = MAX_DIFF, 0, hashlib.sha256()
    for line in _diff_lines(files):
        space -= len(line) + 1
        if space >= 0:
            lines.append(line)
        else:  # the digest makes two diffs differ that are cut at the same line
            omitted += 1
            digest.update(f"{line}\n".encode())
    if omitted:
        lines.append(f"… and {omitted:,} more lines ({digest.hexdigest()[:16]})")
    return "\n".join(lines)


def _diff_lines(files: Mapping[str, FileVersions]) -> Iterator[str]:
    for name in sorted(files):
        old, new = ((text or "").splitlines() for text in files[name])
        changed = line_diff.unified_diff(old, new)
        for first in islice(changed, 1):
            yield from (f"--- {name} (before)", f"+++ {name}", first)
        yield from changed
