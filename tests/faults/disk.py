"""Fills a real, small disk to every degree, and makes it read-only, while the base is changed and the journal written.

    python -m tests.faults.disk [--step 4]

The disk is a tmpfs of 4 MB, which only root can mount; without that the program says so and does nothing. After every attempt
the base has to be the old one or the new one, whole, what was refused has to be said in a sentence, and questions are answered.
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

SIZE = 4096
"""Kilobytes of the disk."""
WHEN = "when did Ada Quill leave the lighthouse?"


def fill(disk: Path, left: int) -> None:
    """Leaves so many kilobytes free."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"x" * 4096)
        file.truncate(max(0, filler.stat().st_size - left * 1024))


def attempt(disk: Path) -> tuple[bool, bool]:
    """One change and one note: whether each was made. Raises AssertionError where something is lost or half done."""
    folder = disk / "knowledge"
    made = noted = False
    said: list[str] = []
    try:
        Repository(folder).publish(CHANGES, FileSnapshot.of(OLD).revision)
        made = True
    except EditError as error:
        said.append(str(error))
    assert Repository(folder).load() == FileSnapshot.of(NEW if made else OLD)
    journal = Journal(f"sqlite:///{disk}/journal.sqlite3")
    try:
        journal.inbox.add("who paid", "dm", date(2026, 3, 1))
        noted = True
    except JournalError as error:
        said.append(str(error))
    finally:
        journal.close()
    assert bootstrap.knowledge_base(folder).load().answerer.reply(WHEN).entry == "keeper-left"
    assert all(one.startswith(("The base can't be changed: ", "the journal can't be used: ")) for one in said), said
    return made, noted


def run(disk: Path, step: int) -> tuple[int, int, int]:
    """Attempts with every amount of room, then on a read-only disk: how many, how many changed the base, how many noted."""
    tries = changed = noted = 0
    for left in range(0, 200, step):
        write(disk / "knowledge")
        (disk / "knowledge/qa/second.yaml").unlink(missing_ok=True)
        fill(disk, left)
        one, other = attempt(disk)
        tries, changed, noted = tries + 1, changed + one, noted + other
        (disk / "filler").unlink()
        Repository(disk / "knowledge").load()
        assert on_disk(disk / "knowledge") == (NEW if one else OLD)
        for path in disk.glob("journal*"):
            path.unlink()
    write(disk / "knowledge")
    (disk / "knowledge/qa/second.yaml").unlink(missing_ok=True)
    subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
    assert attempt(disk) == (False, False)
    return tries + 1, changed, noted


def main() -> int:
    """Says how it went; an AssertionError where something was lost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--step", type=int, default=4, help="kilobytes between two amounts of room")
    step = options.parse_args().step
    with tempfile.TemporaryDirectory(prefix="pilcrow-disk-") as made:
        disk = Path(made)
        mount = ["/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE}k,nr_inodes=1000", "tmpfs", str(disk)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("no disk can be mounted here (that takes root, on Linux): nothing is tried")
            return 0
        try:
            tries, changed, noted = run(disk, step)
        finally:
            subprocess.run(["/bin/umount", str(disk)], check=False)
    print(
        f"{tries} full or read-only disks: {changed} changes made, {tries - changed} refused, {noted} questions kept, none half done"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
