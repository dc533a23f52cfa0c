"""Reverting a change to a file of entries although other entries of the file have changed since.

Pure: texts in, text out. The file is put together by a three-way merge, entry by entry; the result is then checked against
the entries themselves, so that it never contains anything that nobody wrote.
"""

from itertools import pairwise

from msgspec import Struct

from bot.errors import EditError
from bot.story import yaml_ast, yaml_edit
from bot.story.line_diff import apply_hunks, diff_lines


class RevertConflict(EditError):
    """Later changes touched what is to be reverted; `id`: the entry, empty if it can't be told."""

    def __init__(self, id: str = "") -> None:
        super().__init__(f"'{id}' has been changed since" if id else "the same lines have been changed since")
        self.id = id


class _EntryContent(Struct, frozen=True):
    """An entry's fields, which change as a whole, and its phrasings, each of which comes and goes by itself."""

    fields: str
    phrasings: frozenset[str]


_ABSENT = _EntryContent("", frozenset())


def revert_change(current: str, before: str, after: str) -> str:
    """Return `current` without the change from `before` to `after`. Raise RevertConflict if later changes overlap it."""
    if current == after:
        return before
    blocks = [yaml_edit.split_entries(text.encode()) for text in (current, before, after)]
    entries = [{id: text for id, text in version if id} for version in blocks]
    expected = {}
    merged_blocks: dict[str, str] = {}
    for id in dict.fromkeys(id for version in entries for id in version):
        content = _revert_content(id, *(_parse_entry(version.get(id, "")) for version in entries))
        if content != _ABSENT:
            expected[id] = content
        now, old, new = (version.get(id, "") for version in entries)
        if old and new and now and now != new != old:  # both changes touched the entry: merge its lines first
            merged_blocks[id] = _merge(_lines(new), _lines(old), _lines(now))
    current_blocks = [text for _, text in blocks[0]]
    before_blocks = [merged_blocks.get(id, text) for id, text in blocks[1]]
    after_blocks = [entries[0][id] if id in merged_blocks else text for id, text in blocks[2]]
    merged = _merge(after_blocks, before_blocks, current_blocks)
    if {id: _parse_entry(text) for id, text in yaml_edit.split_entries(merged.encode()) if id} != expected:
        raise RevertConflict
    return merged


def _revert_content(id: str, current: _EntryContent, before: _EntryContent, after: _EntryContent) -> _EntryContent:
    """Return an entry's current content less what changed from `before` to `after`. Raise RevertConflict."""
    added, removed = after.phrasings - before.phrasings, before.phrasings - after.phrasings
    fields = current.fields if before.fields == after.fields else before.fields
    phrasings = (current.phrasings - added) | removed
    if after.fields not in (before.fields, current.fields) or (phrasings and not fields):
        raise RevertConflict(id)
    return _EntryContent(fields, phrasings)


def _parse_entry(block: str) -> _EntryContent:
    root = yaml_ast.parse(block.encode())
    entry = root.items[0] if isinstance(root, yaml_ast.Sequence) else None  # an empty block has none
    fields, phrasings = [], []
    for key, value in entry.pairs if isinstance(entry, yaml_ast.Mapping) else ():
        if key.text == "phrasings" and isinstance(value, yaml_ast.Sequence):
            phrasings += [item.text for item in value.items if isinstance(item, yaml_ast.Scalar)]
        else:
            fields.append(f"{key.text}={_without_lines(value)}")
    return _EntryContent("\n".join(fields), frozenset(phrasings))


def _without_lines(node: yaml_ast.Node) -> str:
    """Return a value as text without its line numbers, so that moving it is no change."""
    if isinstance(node, yaml_ast.Scalar):
        return repr(node.text)
    if isinstance(node, yaml_ast.Sequence):
        return repr([_without_lines(item) for item in node.items])
    return repr([(key.text, _without_lines(value)) for key, value in node.pairs])


def _merge(base: list[str], left: list[str], right: list[str]) -> str:
    """Return the three-way merge of texts in pieces. Raise RevertConflict if both changes touch the same pieces."""
    hunks = sorted((*diff_lines(base, left), *diff_lines(base, right)), key=lambda hunk: (hunk.start, hunk.end))
    if any(later.start < hunk.end for hunk, later in pairwise(hunks)):
        raise RevertConflict
    return "".join(apply_hunks(base, hunks))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
