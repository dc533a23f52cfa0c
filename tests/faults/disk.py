"""Fill a real, small disk to every degree, and make it read-only, while the base is changed and the journal written.

    python -m tests.faults.disk [--step 4]

The disk is a tmpfs of 4 MB, which only root can mount; without that the program says so and does nothing. After every
attempt the base has to be the old one or the new one, complete; whatever was refused has to be reported in a sentence; and
questions have to be answered.
"""

import argparse
import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

from bot import bootstrap
from bot.errors import EditError, JournalError
from bot.journal.journal import Journal
from bot.story.repository import FileSnapshot, Repository
from tests.support.story_files import CHANGES, NEW, OLD, on_disk, write

DISK_SIZE = 4096
"""Kilobytes."""
MAX_FREE = 200
"""Kilobytes left free at most: with more, everything fits."""
QUESTION = "when did Ada Quill leave the lighthouse?"


def fill(disk: Path, free: int) -> None:
    """Leave that many kilobytes free."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        file.truncate(max(0, filler.stat().st_size - free * 1024))


def attempt(disk: Path) -> tuple[bool, bool]:
    """Publish a change and add a question to the journal; return whether each was done. Raises AssertionError."""
    folder = disk / "knowledge"
    published = added = False
    errors: list[str] = []
    try:
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision)
        published = True
    except EditError as error:
        errors.append(str(error))
    assert Repository(folder).load() == FileSnapshot.of(NEW if published else OLD)
    journal = Journal(f"sqlite:///{disk}/journal.sqlite3")
    try:
        journal.inbox.add("who paid", "dm", date(2026, 3, 1))
        added = True
    except JournalError as error:
        errors.append(str(error))
    finally:
        journal.close()
    assert bootstrap.knowledge_base(folder).load().answerer.reply(QUESTION).entry == "keeper-left"
    expected = ("The base can't be changed: ", "the journal can't be used: ")
    assert all(error.startswith(expected) for error in errors), errors
    return published, added


def run(disk: Path, step: int) -> tuple[int, int, int]:
    """Return the number of attempts, of changes published, and of questions added."""
    attempts = changes = questions = 0
    for free in range(0, MAX_FREE, step):
        reset_base(disk)
        fill(disk, free)
        published, added = attempt(disk)
        attempts, changes, questions = attempts + 1, changes + published, questions + added
        (disk / "filler").unlink()
        Repository(disk / "knowledge").load()
        assert on_disk(disk / "knowledge") == (NEW if published else OLD)
        for path in disk.glob("journal*"):
            path.unlink()
    reset_base(disk)
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
    assert attempt(disk) == (False, False)
    return attempts + 1, changes, questions


def reset_base(disk: Path) -> None:
    """Write the old base."""
    write(disk / "knowledge")
    (disk / "knowledge/qa/second.yaml").unlink(missing_ok=True)


def main() -> int:
    """Print the result; an AssertionError ends the program where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", type=int, default=4, help="kilobytes more that are free at each attempt")
    step = parser.parse_args().step
    with tempfile.TemporaryDirectory(prefix="pilcrow-disk-") as name:
        disk = Path(name)
        mount = ["/bin/mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}k,nr_inodes=1000", "tmpfs", str(disk)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("No disk can be mounted here; that takes root, on Linux. Nothing was tried.")
            return 0
        try:
            attempts, changes, questions = run(disk, step)
        finally:
            subprocess.run(["/bin/umount", str(disk)], check=False)
    print(
        f"{attempts} full or read-only disks: {changes} changes published, {attempts - changes} refused, none half done; "
        f"{questions} questions kept"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
