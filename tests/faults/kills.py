"""Kills a process that changes the base at random instants, and looks at what it left.

    python -m tests.faults.kills [--kills 500] [--seed 1]

A child publishes and imports without end, back and forth between two bases that differ in several files; after a random
time it is killed (SIGKILL). Whoever comes next has to find one of the two, whole; a history in which each change begins where
the one before it ended and the last one ends at what is on disk; every text that was to be published in it; and the last
change has to be one that can be undone. The last line says how many kills there were, how many hit a change that was under
way, in how many the history had to find out whether a change was made, and how many lost something.
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

LONGEST = 2.5
"""After how many times what one change takes on this disk a child is killed at the latest."""
RECENT = 100
"""Changes of the history that are looked at after a kill."""


def work(folder: Path) -> tuple[Editor, Journal]:
    """An editor of the base, with its journal."""
    journal = Journal(f"sqlite:///{folder.parent}/journal.sqlite3")
    return Editor(bootstrap.knowledge_base(folder), journal, lambda: datetime.now(UTC)), journal


def proposals(folder: Path) -> tuple[Proposal, Proposal]:
    """From the old base to the new one and back, looked at once, so that a child only publishes."""
    editor, journal = work(folder)
    to_new = editor.propose(ImportBase(archive.unpack(archive.pack(NEW))))
    changes = {name: OLD.get(name) for name in to_new.changes}
    journal.close()
    back = Proposal(
        request=ImportBase(OLD),
        title="back again",
        changes=changes,
        version=FileSnapshot.of(NEW),
        warnings=to_new.warnings,
        reply=None,
        diff="",
        old_story=to_new.story,
        story=to_new.old_story,
    )
    return to_new, back


def there_and_back(folder: Path, both: tuple[Proposal, Proposal]) -> float:
    """Publishes both; how many seconds one takes."""
    editor, journal = work(folder)
    begin = time.monotonic()
    for proposal in both:
        editor.publish(proposal, "the parent", despite_warnings=True)
    journal.close()
    return (time.monotonic() - begin) / 2


def change_for_ever(folder: Path, both: tuple[Proposal, Proposal], ready: int) -> None:
    """Publishes one base after the other until it is killed."""
    editor, _ = work(folder)
    editor.settle_pending()
    revision = Repository(folder).load().revision
    os.write(ready, b"x")
    while True:
        for proposal in both:
            if proposal.version.revision == revision:
                revision = editor.publish(proposal, "a child", despite_warnings=True).revision_after


def kill_once(folder: Path, both: tuple[Proposal, Proposal], seconds: float) -> bool:
    """Lets a child change the base and kills it; whether a change was under way."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            change_for_ever(folder, both, writing)
        finally:
            os._exit(1)
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return (folder / STATE_FOLDER / "commit").exists() or (folder / STATE_FOLDER / "next").exists()


def begun(folder: Path) -> bool:
    """Whether the history does not know if the last change was made."""
    _, journal = work(folder)
    try:
        return bool(journal.history.pending())
    finally:
        journal.close()


def lost(folder: Path) -> str:
    """What is not as it has to be; nothing where all is well."""
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
    editor, journal = work(folder)
    try:
        editor.settle_pending()
        return history_lost(editor, recent(journal), found.revision)
    except PilcrowError as error:
        return str(error)
    finally:
        journal.close()


def recent(journal: Journal) -> list[Change]:
    """The last changes with their texts, the latest first."""
    found = [journal.history.change(one.number) for one in journal.history.changes(RECENT)]
    return [change for change in found if change is not None]


def history_lost(editor: Editor, changes: Sequence[Change], revision: str) -> str:
    """What of the history is not as it has to be."""
    for change in changes:
        wanted = NEW if change.revision_after == FileSnapshot.of(NEW).revision else OLD
        if any(_data(texts[1]) != wanted.get(name) for name, texts in change.files.items()):
            return "a text"
    if any(change.state == "under way" for change in changes):
        return "how a change ended"
    made = [change for change in changes if change.state == "made"]
    if any(later.revision_before != earlier.revision_after for later, earlier in pairwise(made)):
        return "a change between two others"
    if made and made[0].revision_after != revision:
        return "the last change"
    back = {name: _data(texts[0]) for name, texts in made[0].files.items()} if made else {}
    return "the way back" if made and editor.propose(UndoChange(made[0].number)).changes != back else ""


def _data(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def main() -> int:
    """Runs the kills; the exit status is 1 where something was lost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--kills", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    chance = random.Random(chosen.seed)
    place = Path(tempfile.mkdtemp(prefix="pilcrow-kills-"))
    under_way = unsettled = 0
    losses: Counter[str] = Counter()
    try:
        folder = write(place / "knowledge")
        both = proposals(folder)
        longest = LONGEST * there_and_back(folder, both)
        for _ in range(chosen.kills):
            under_way += kill_once(folder, both, chance.uniform(0, longest))
            unsettled += begun(folder)
            losses.update(filter(None, [lost(folder)]))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(
        f"{chosen.kills} kills, {under_way} with a change of files under way, {unsettled} with one that the history did not "
        f"know the end of, {losses.total()} lost something {dict(losses) or ''}".rstrip()
    )
    return 1 if losses else 0


if __name__ == "__main__":
    sys.exit(main())
