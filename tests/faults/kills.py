"""Kill a process that changes the base at random moments, and check what it leaves.

    python -m tests.faults.kills [--kills 500] [--seed 1]

A child publishes changes without end, back and forth between two bases that differ in several files; after a random time it
is killed (SIGKILL). The next process has to find one of the two bases, complete; a history in which each change begins at
the revision where the one before it ended, and the last one ends at what is on disk; every text that was to be published;
and a last change that can be undone. The last line says how many kills there were, how many hit a change of the files, after
how many the history did not know whether a change was made, and how many lost something.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bot import bootstrap
from bot.editing import archive
from bot.editing.change_request import ImportBase, UndoChange
from bot.editing.editor import Editor
from bot.editing.proposal import Proposal
from bot.errors import PilcrowError
from bot.journal.journal import Journal
from bot.journal.records import Change
from bot.story.repository import STATE_FOLDER, FileSnapshot, Repository
from tests.support.story_files import NEW, OLD, write

MAX_DELAY = 2.5
"""A child is killed after at most this many times the duration of one change."""
CHANGES_CHECKED = 100
"""Changes of the history that are checked after a kill, the latest ones."""


def open_editor(folder: Path) -> tuple[Editor, Journal]:
    """Return an editor of the base, and its journal."""
    journal = Journal(f"sqlite:///{folder.parent}/journal.sqlite3")
    return Editor(bootstrap.knowledge_base(folder), journal, lambda: datetime.now(UTC)), journal


def make_proposals(folder: Path) -> tuple[Proposal, Proposal]:
    """Return proposals from the old base to the new one and back, so that a child only publishes."""
    editor, journal = open_editor(folder)
    forward = editor.propose(ImportBase(archive.unpack(archive.pack(NEW))))
    journal.close()
    back = Proposal(
        request=ImportBase(OLD),
        title="back again",
        changes={name: OLD.get(name) for name in forward.changes},
        version=FileSnapshot.of(NEW),
        warnings=forward.warnings,
        reply=None,
        diff="",
        old_story=forward.story,
        story=forward.old_story,
    )
    return forward, back


def measure_publishing(folder: Path, proposals: tuple[Proposal, Proposal]) -> float:
    """Publish both proposals; return the seconds that one takes."""
    editor, journal = open_editor(folder)
    begin = time.monotonic()
    for proposal in proposals:
        editor.publish(proposal, "the parent", despite_warnings=True)
    journal.close()
    return (time.monotonic() - begin) / 2


def publish_forever(folder: Path, proposals: tuple[Proposal, Proposal], ready: int) -> None:
    """Publish one proposal after the other until killed; `ready`: a pipe to write to before the first."""
    editor, _ = open_editor(folder)
    editor.settle_pending()
    revision = Repository(folder).load().revision
    os.write(ready, b"x")
    while True:
        for proposal in proposals:
            if proposal.version.revision == revision:
                revision = editor.publish(proposal, "a child", despite_warnings=True).revision_after


def kill_once(folder: Path, proposals: tuple[Proposal, Proposal], seconds: float) -> bool:
    """Let a child publish and kill it; return whether a change of the files was under way."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            publish_forever(folder, proposals, writing)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return (folder / STATE_FOLDER / "commit").exists() or (folder / STATE_FOLDER / "next").exists()


def has_pending_change(folder: Path) -> bool:
    """Return whether the history does not know if its last change was made."""
    _, journal = open_editor(folder)
    try:
        return bool(journal.history.pending())
    finally:
        journal.close()


def find_loss(folder: Path) -> str:
    """Return what was lost; empty where nothing was."""
    found = Repository(folder).load()
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and STATE_FOLDER not in path.parts
    }
    if files != dict(found.files) or found.revision not in (
        FileSnapshot.of(OLD).revision,
        FileSnapshot.of(NEW).revision,
    ):
        return "the base"
    editor, journal = open_editor(folder)
    try:
        editor.settle_pending()
        return find_loss_in_history(editor, recent_changes(journal), found.revision)
    except PilcrowError as error:
        return str(error)
    finally:
        journal.close()


def recent_changes(journal: Journal) -> list[Change]:
    """Return the last changes with their texts, latest first."""
    changes = [journal.history.change(summary.number) for summary in journal.history.changes(CHANGES_CHECKED)]
    return [change for change in changes if change is not None]


def find_loss_in_history(editor: Editor, changes: Sequence[Change], revision: str) -> str:
    """Return what the history has lost; `revision`: that of the base on disk."""
    for change in changes:
        expected = NEW if change.revision_after == FileSnapshot.of(NEW).revision else OLD
        if any(_encode(texts[1]) != expected.get(name) for name, texts in change.files.items()):
            return "a text"
    if any(change.state == "under way" for change in changes):
        return "the result of a change"
    made = [change for change in changes if change.state == "made"]
    if any(later.revision_before != earlier.revision_after for later, earlier in pairwise(made)):
        return "a change between two others"
    if not made:
        return ""
    if made[0].revision_after != revision:
        return "the last change"
    undone = {name: _encode(texts[0]) for name, texts in made[0].files.items()}
    return "the undo" if editor.propose(UndoChange(made[0].number)).changes != undone else ""


def _encode(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def main() -> int:
    """Kill as often as asked; return 1 where something was lost, else 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    place = Path(tempfile.mkdtemp(prefix="pilcrow-kills-"))
    under_way = pending = 0
    losses: Counter[str] = Counter()
    try:
        folder = write(place / "knowledge")
        proposals = make_proposals(folder)
        max_delay = MAX_DELAY * measure_publishing(folder, proposals)
        for _ in range(options.kills):
            under_way += kill_once(folder, proposals, rng.uniform(0, max_delay))
            pending += has_pending_change(folder)
            losses.update(filter(None, [find_loss(folder)]))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(
        f"{options.kills} kills, {under_way} during a change of the files, {pending} with a change of unknown result, "
        f"{losses.total()} lost something {dict(losses) or ''}".rstrip()
    )
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
