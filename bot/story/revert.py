"""A change of one file of entries taken back, though other entries of it have changed since.

Pure: texts in, text out. The file is put together by a difference of three texts, entry by entry; whether that is what was
meant is then held against the entries themselves, so that nothing comes out that nobody wrote.
"""

from itertools import pairwise

from msgspec import Struct

from bot.errors import EditError
from bot.story import yaml_ast, yaml_edit
from bot.story.line_diff import apply_hunks, diff_lines


class RevertConflict(EditError):
    """What is to be taken back has been changed since; `id` is the entry, nothing where it can't be said."""

    def __init__(self, id: str = "") -> None:
        super().__init__(f"'{id}' has been changed since" if id else "the same lines have been changed since")
        self.id = id


def revert_change(now: str, before: str, after: str) -> str:
    """`now` without the change from `before` to `after`. Raises RevertConflict where later changes touched the same."""
    if now == after:
        return before
    pieces = [yaml_edit.split_entries(text.encode()) for text in (now, before, after)]
    texts = [{id: text for id, text in some if id} for some in pieces]
    wanted = {}
    put_together: dict[str, str] = {}
    for id in dict.fromkeys(id for some in texts for id in some):
        entry = _without(id, *(_entry(some.get(id, "")) for some in texts))
        if entry != GONE:
            wanted[id] = entry
        present, old, new = (some.get(id, "") for some in texts)
        if old and new and present and present != new != old:  # both changed it: its lines are put together first
            put_together[id] = _merged(_lines(new), _lines(old), _lines(present))
    listed = [
        [text for _, text in pieces[0]],
        [put_together.get(id, text) for id, text in pieces[1]],
        [texts[0][id] if id in put_together else text for id, text in pieces[2]],
    ]
    found = _merged(listed[2], listed[1], listed[0])
    if {id: _entry(text) for id, text in yaml_edit.split_entries(found.encode()) if id} != wanted:
        raise RevertConflict
    return found


class _Entry(Struct, frozen=True):
    """One entry: what it says, which is one piece, and its phrasings, each of which comes and goes by itself."""

    says: str
    phrasings: frozenset[str]


GONE = _Entry("", frozenset())


def _without(id: str, now: _Entry, before: _Entry, after: _Entry) -> _Entry:
    """The entry as it is now, less what changed from `before` to `after`. Raises RevertConflict."""
    phrasings = (now.phrasings - (after.phrasings - before.phrasings)) | (before.phrasings - after.phrasings)
    wanted = _Entry(now.says if before.says == after.says else before.says, phrasings)
    if after.says not in (before.says, now.says) or (phrasings and not wanted.says):
        raise RevertConflict(id)
    return wanted


def _entry(block: str) -> _Entry:
    root = yaml_ast.parse(block.encode())
    item = root.items[0] if isinstance(root, yaml_ast.Sequence) else None  # none where the entry is not there
    says, phrasings = [], []
    for key, value in item.pairs if isinstance(item, yaml_ast.Mapping) else ():
        if key.text == "phrasings" and isinstance(value, yaml_ast.Sequence):
            phrasings += [one.text for one in value.items if isinstance(one, yaml_ast.Scalar)]
        else:
            says.append(f"{key.text}={_plain(value)}")
    return _Entry("\n".join(says), frozenset(phrasings))


def _plain(node: yaml_ast.Node) -> str:
    """A value without its lines, so that moving it changes nothing."""
    if isinstance(node, yaml_ast.Scalar):
        return repr(node.text)
    if isinstance(node, yaml_ast.Sequence):
        return repr([_plain(one) for one in node.items])
    return repr([(key.text, _plain(value)) for key, value in node.pairs])


def _merged(common: list[str], one: list[str], other: list[str]) -> str:
    """Both changes of a text in pieces. Raises RevertConflict where they touch the same pieces."""
    both = sorted((*diff_lines(common, one), *diff_lines(common, other)), key=lambda hunk: (hunk.start, hunk.end))
    if any(later.start < hunk.end for hunk, later in pairwise(both)):
        raise RevertConflict
    return "".join(apply_hunks(common, both))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)
