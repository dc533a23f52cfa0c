"""The base on disk: read as one version, changed as a whole or not at all.

A change is written and synced beside the base first, then made valid by one rename (`next` becomes `commit`), then moved
into place file by file. Whoever reads next finishes what a killed process left: the base is always the old one or the new
one. One process at a time, by a lock that the system lets go of when a process dies. Editors and git know nothing of the
lock: what they changed in the meantime is found by the revision, and never overwritten unseen.

The folder for changes is part of a tree that people pull and unpack, so nothing in it is believed: see `bot.story.pending_change`.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bot.errors import EditError
from bot.files import safe_files
from bot.story import base_files as on_disk
from bot.story import ownership
from bot.story.base_files import digest
from bot.story.entry import FieldValue
from bot.story.ownership import DiskRefuses, NotOurs

if TYPE_CHECKING:
    from filelock import FileLock

    from bot.story.pending_change import Step

STATE_FOLDER = ".pilcrow"
"""The folder in the base where changes are made ready; not part of the base."""
LOCK_TIMEOUT = 10.0
"""Seconds to wait for another process."""
MAX_READS = 3
"""How often a base that changes while it is read is read again."""
_NAME = re.compile(on_disk.NAME_PATTERN)
_MARK = re.compile(ownership.MARK_PATTERN)


class Conflict(EditError):
    """The base is not the one that the change was made for.

    Where it is about one entry: its `id`, what was wanted of it (`yours`), and the entry as it is now (`present`, None where
    it is gone), both by field.
    """

    def __init__(
        self,
        sentence: str,
        id: str = "",
        yours: "Mapping[str, FieldValue] | None" = None,
        present: "Mapping[str, FieldValue] | None" = None,
    ) -> None:
        super().__init__(sentence)
        self.id = id
        self.yours = yours or {}
        self.present = present


class FileSnapshot(Struct, frozen=True):
    """All files of the base at one moment, by path relative to it, and what tells this version from any other."""

    files: Mapping[str, bytes]
    revision: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "FileSnapshot":
        """The version that these files make."""
        whole = hashlib.sha256()
        for name in sorted(files):
            whole.update(f"{name}\0{digest(files[name])}\0".encode())
        return cls(dict(files), whole.hexdigest()[:16])


class Repository:
    """One base on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / STATE_FOLDER

    def load(self) -> FileSnapshot:
        """Return the base as it is now. Raise StoryError where a file can't be read, EditError where a process is stuck.

        Writes nothing, except that a change of this user's own that a killed process left is moved into place.
        """
        for _ in range(MAX_READS):
            before = on_disk.signature(self.folder)
            version, left = self._look()
            settled = on_disk.signature(self.folder) == before
            if settled and not left:
                return version  # nobody has changed it meanwhile
            if self._may_be_finished(left):
                with suppress(DiskRefuses, NotOurs), self.lock():
                    return self._read_snapshot()
            if settled:
                break  # nobody changes it here
        return self._read_snapshot()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keeps every other process out as long as it lasts, and finishes what one that died has left. Raises EditError."""
        with self._locked():
            self._recover()
            yield

    @cached_property
    def _lock(self) -> "FileLock":
        from filelock import FileLock

        return FileLock(self.own / "lock")

    def published_tokens(self) -> set[str]:
        """Return the marks of the changes that were made and not forgotten. Raise EditError."""
        marks = ownership.marks(self.own, self.folder)
        return {path.name for path in marks.iterdir() if _MARK.match(path.name)} if marks else set()

    def discard_token(self, mark: str) -> None:
        """Forget the mark of a change, once somebody else remembers that it was made. Raise EditError."""
        if marks := ownership.marks(self.own, self.folder):
            (marks / mark).unlink(missing_ok=True)

    def publish(self, changes: Mapping[str, bytes | None], expected: str, mark: str = "") -> FileSnapshot:
        """Replaces files (None: removes them) if the base still has the revision `expected`; the new version.

        `mark`: hexadecimal digits that are in `made` from then on, whenever this process dies, and only if the change is made.
        Raises Conflict where it has not, StoryError where the result can't be read as a base (nothing is changed then),
        EditError where the disk refuses.
        """
        check_file_names(changes)
        if mark and not _MARK.match(mark):
            raise ValueError(mark)
        with self.lock():
            ownership.marks(self.own, self.folder)  # before anything is made that could not be noted
            for name in changes:
                ownership.check_place(self.folder, name)
            now = self._read_snapshot()
            if now.revision != expected:
                raise Conflict(
                    "Somebody else has changed the base meanwhile. Look at it again, then repeat your change."
                )
            files = {name: data for name, data in now.files.items() if name not in changes}
            files |= {name: data for name, data in changes.items() if data is not None}
            from bot.story import loader

            loader.parse_story(files)
            try:
                self._prepare({n: d for n, d in changes.items() if now.files.get(n) != d}, now.files, mark)
            except OSError as error:
                safe_files.remove_tree(self.own / "next")
                raise ownership.refused(error, self.folder) from error
            # It is made: where it can't be moved into place now, whoever reads next finds it, and does that.
            with suppress(OSError):
                self._apply()
            return FileSnapshot.of(files)

    def _read_snapshot(self) -> FileSnapshot:
        return self._look()[0]

    def _look(self) -> tuple[FileSnapshot, bool]:
        """Return the base, with a change of ours that is not in place yet as if it were; and whether there is one."""
        files = on_disk.read_files(self.folder)
        if not self._pending():
            return FileSnapshot.of(files), False
        from bot.story import pending_change  # here and below: what is seldom needed would slow down every start

        try:
            ownership.check(self.own, self.folder)
            found = pending_change.read(self.own / "commit", self.folder)
        except NotOurs as error:
            import logging

            logging.getLogger(__name__).warning("%s", error)
            return FileSnapshot.of(files), False
        return FileSnapshot.of(found[0].applied(files, found[1]) if found else files), found is not None

    def _may_be_finished(self, left: bool) -> bool:  # noqa: FBT001 (private)
        """Return whether this process may wait for whoever changes the base, and move what they left into place."""
        if not left and (self._pending() or not self.own.exists()):
            return False  # nobody of ours is at work
        try:
            ownership.check(self.own, self.folder)
        except NotOurs:
            return False
        return os.access(self.folder, os.W_OK)

    def _pending(self) -> bool:
        return os.path.lexists(self.own / "commit")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import Timeout

        try:
            ownership.check(self.own, self.folder)
            self.own.mkdir(mode=0o700, exist_ok=True)
            with self._lock.acquire(timeout=LOCK_TIMEOUT):
                yield
        except Timeout:
            raise EditError("Another program is changing the base. Try again in a moment.") from None
        except OSError as error:
            raise ownership.refused(error, self.folder) from error

    def _prepare(self, changes: Mapping[str, bytes | None], before: Mapping[str, bytes], mark: str) -> None:
        """Writes everything beside the base; with the last rename the change is made, whatever happens afterwards."""
        from bot.story.pending_change import LISTED, MARK, Leftover, Step

        ready = self.own / "next"
        safe_files.remove_tree(ready)
        ready.mkdir(mode=0o700)
        steps = []
        for number, (name, data) in enumerate(sorted(changes.items())):
            old = before.get(name)
            steps.append(
                Step(
                    name=name,
                    file=None if data is None else str(number),
                    old=None if old is None else digest(old),
                    new=None if data is None else digest(data),
                )
            )
            if data is not None:
                safe_files.write_new(ready / str(number), data)
        if mark:
            safe_files.write_new(ready / MARK, b"")
        change = Leftover(ready.stat().st_ino, mark or None, tuple(steps))
        safe_files.write_new(ready / LISTED, msgspec.json.encode(change))
        safe_files.sync_folder(ready)
        ready.rename(self.own / "commit")
        safe_files.sync_folder(self.own)

    def _apply(self) -> None:
        """Move what is ready into place; may be begun again at any point. Raise EditError, OSError."""
        from bot.story import pending_change

        ready = self.own / "commit"
        found = pending_change.read(ready, self.folder)
        if found is not None:
            change, texts = found
            for step in change.steps:
                ownership.check_place(self.folder, step.name)
            for step in change.steps:
                if step.file is None or step.name in texts:
                    self._move(ready, step)
            safe_files.sync_folder(self.folder)
            if change.mark:
                self._note_made(ready / pending_change.MARK, change.mark)
            (ready / pending_change.LISTED).unlink()
        safe_files.remove_tree(ready)

    def _note_made(self, noted: Path, mark: str) -> None:
        marks = ownership.marks(self.own, self.folder)
        if marks is None:
            marks = self.own / "made"
            marks.mkdir(mode=0o700)
        with suppress(FileNotFoundError):  # it is there already
            noted.replace(marks / mark)
        safe_files.sync_folder(marks)

    def _move(self, ready: Path, step: "Step") -> None:
        target = self.folder / step.name
        with suppress(FileNotFoundError):
            found = digest(safe_files.read_regular_file(target, on_disk.MAX_FILE_BYTES + 1))
            if found not in (step.old, step.new):  # an editor was quicker than we: keep what it wrote
                _set_aside(target, target.with_name(f"{target.name}.kept-{found[:8]}"))
        if step.file is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(exist_ok=True)
            (ready / step.file).replace(target)
        safe_files.sync_folder(target.parent)

    def _recover(self) -> None:
        """Finish a change that was made and not moved; forget one that was not made. Raise EditError, OSError."""
        if self._pending():
            self._apply()
        safe_files.remove_tree(self.own / "next")
        for path in self.own.glob("index*"):  # earlier versions kept the index here
            with suppress(OSError):
                path.unlink()


def check_file_names(names: Iterable[str]) -> None:
    """Raises EditError where one of these is no name of a file of the base."""
    for name in names:
        if not _NAME.match(name):
            raise EditError(f"'{name}' is no name for a file of the base: use small letters, as in qa/topic.yaml")


def _set_aside(target: Path, kept: Path) -> None:
    import logging

    target.replace(kept)
    log = logging.getLogger(__name__)
    log.warning("%s was changed by another program at the same moment; that text is in %s", target, kept)
