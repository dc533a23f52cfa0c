"""The base on disk: read as one snapshot, changed as a whole or not at all.

A change is first written and synced to the state folder (`next`), then committed by one rename (`next` becomes `commit`), then
moved into place file by file. The next reader finishes what a killed process left, so the base is always the old or the new
one. Processes exclude each other by a lock that the system releases when a process dies. Editors and git don't know the lock:
what they changed in the meantime is detected by the revision and never overwritten silently.

The state folder is part of a tree that people pull and unpack, so nothing in it is trusted: see `pending_change`.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bot.errors import EditError
from bot.files import safe_files
from bot.story import base_files, ownership
from bot.story.base_files import sha256_hex
from bot.story.entry import FieldValue
from bot.story.ownership import UntrustedState, WriteRefused

if TYPE_CHECKING:
    from filelock import FileLock

    from bot.story.pending_change import FileChange, PendingChange

STATE_FOLDER = ".pilcrow"
"""The folder in the base where changes are prepared; not part of the base."""
LOCK_TIMEOUT = 10.0
"""Seconds to wait for another process."""
MAX_READS = 3
"""How often a base is read again that changes while it is read."""
_NAME = re.compile(base_files.NAME_PATTERN)
_TRANSACTION = re.compile(ownership.TRANSACTION_PATTERN)


class Conflict(EditError):
    """The base is no longer the one that a change was made for.

    If it is about one entry: its `id`, the requested fields (`yours`), and its fields now (`current`, None if it is gone).
    """

    def __init__(
        self,
        sentence: str,
        id: str = "",
        yours: Mapping[str, FieldValue] | None = None,
        current: Mapping[str, FieldValue] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.id = id
        self.yours = yours or {}
        self.current = current


class FileSnapshot(Struct, frozen=True):
    """All files of the base at one moment, by relative path, and the revision: a hash of names and contents."""

    files: Mapping[str, bytes]
    revision: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "FileSnapshot":
        """Return the snapshot of these files."""
        total = hashlib.sha256()
        for name in sorted(files):
            total.update(f"{name}\0{sha256_hex(files[name])}\0".encode())
        return cls(dict(files), total.hexdigest()[:16])


class Repository:
    """One base on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state_folder = folder / STATE_FOLDER

    def load(self) -> FileSnapshot:
        """Return the base as it is now. Raise StoryError if a file can't be read, EditError if a process holds the lock.

        Writes nothing, except to move into place a change of this user's that a killed process left.
        """
        for _ in range(MAX_READS):
            before = base_files.signature(self.folder)
            snapshot, has_pending = self._read()
            unchanged = base_files.signature(self.folder) == before
            if unchanged and not has_pending:
                return snapshot
            if self._may_lock(has_pending):
                with suppress(WriteRefused, UntrustedState), self.lock():
                    return self._read()[0]
            if unchanged:
                break  # nobody is changing it now
        return self._read()[0]

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Exclude every other process, after finishing what a killed one left. Raise EditError."""
        with self._exclusive():
            self._recover()
            yield

    @cached_property
    def _file_lock(self) -> "FileLock":
        from filelock import FileLock

        return FileLock(self.state_folder / "lock")

    def committed_transactions(self) -> set[str]:
        """Return the transactions of published changes that have not been discarded. Raise EditError."""
        folder = ownership.find_transaction_folder(self.state_folder, self.folder)
        return {path.name for path in folder.iterdir() if _TRANSACTION.match(path.name)} if folder else set()

    def discard_transaction(self, transaction: str) -> None:
        """Forget the transaction of a change, once the history has recorded it. Raise EditError."""
        if folder := ownership.find_transaction_folder(self.state_folder, self.folder):
            (folder / transaction).unlink(missing_ok=True)

    def publish(
        self,
        changes: Mapping[str, bytes | None],
        expected_revision: str,
        transaction: str = "",
        *,
        validate: Callable[[FileSnapshot], object] | None = None,
    ) -> FileSnapshot:
        """Replace files (None: delete them) if the base still has the expected revision; return the new snapshot.

        transaction: an id in hexadecimal digits that `committed_transactions` contains from then on if and only if the
        change was made, whenever this process dies. validate: raises StoryError on an invalid snapshot; parses it by
        default. Raise Conflict on another revision, StoryError if the result is no valid base (nothing is changed then),
        EditError if the disk refuses.
        """
        check_file_names(changes)
        if transaction and not _TRANSACTION.match(transaction):
            raise ValueError(transaction)
        with self.lock():
            ownership.find_transaction_folder(self.state_folder, self.folder)  # fail before committing, not after
            for name in changes:
                ownership.check_target(self.folder, name)
            current = self._read()[0]
            if current.revision != expected_revision:
                raise Conflict(
                    "Somebody else has changed the base in the meantime. Look at it again, then repeat your change."
                )
            files = {name: data for name, data in current.files.items() if name not in changes}
            files |= {name: data for name, data in changes.items() if data is not None}
            snapshot = FileSnapshot.of(files)
            (validate or _parse)(snapshot)
            try:
                self._commit(
                    {n: d for n, d in changes.items() if current.files.get(n) != d}, current.files, transaction
                )
            except OSError as error:
                safe_files.remove_tree(self.state_folder / "next")
                raise ownership.write_refused(error, self.folder) from error
            # Committed: if it can't be moved into place now, the next reader does that.
            with suppress(OSError):
                self._apply()
            return snapshot

    def _read(self) -> tuple[FileSnapshot, bool]:
        """Return the base as if a pending change of ours were in place, and whether there is one."""
        files = base_files.read_files(self.folder)
        if not self._has_commit():
            return FileSnapshot.of(files), False
        try:
            ownership.check_state_folder(self.state_folder, self.folder)
            pending = self._load_pending_change()
        except UntrustedState as error:
            _warn("%s", error)
            return FileSnapshot.of(files), False
        return FileSnapshot.of(pending.apply_to(files) if pending else files), pending is not None

    def _may_lock(self, has_pending: bool) -> bool:  # noqa: FBT001 (private)
        """Return whether this process may wait for whoever is publishing, and finish what they left."""
        if not has_pending and (self._has_commit() or not self.state_folder.exists()):
            return False  # no process of ours is publishing
        try:
            ownership.check_state_folder(self.state_folder, self.folder)
        except UntrustedState:
            return False
        return os.access(self.folder, os.W_OK)

    def _has_commit(self) -> bool:
        return os.path.lexists(self.state_folder / "commit")

    def _load_pending_change(self) -> "PendingChange | None":
        from bot.story.pending_change import load_pending_change  # seldom needed, and would slow down every start

        return load_pending_change(self.state_folder / "commit", self.folder)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        from filelock import Timeout

        try:
            ownership.check_state_folder(self.state_folder, self.folder)
            self.state_folder.mkdir(mode=0o700, exist_ok=True)
            with self._file_lock.acquire(timeout=LOCK_TIMEOUT):
                yield
        except Timeout:
            raise EditError("Another program is changing the base. Try again in a moment.") from None
        except OSError as error:
            raise ownership.write_refused(error, self.folder) from error

    def _commit(self, changes: Mapping[str, bytes | None], before: Mapping[str, bytes], transaction: str) -> None:
        """Write the change to the state folder; its last rename commits it, whatever happens afterwards."""
        from bot.story.pending_change import MANIFEST_FILE, TRANSACTION_FILE, FileChange, Manifest

        staging = self.state_folder / "next"
        safe_files.remove_tree(staging)
        staging.mkdir(mode=0o700)
        steps = []
        for number, (name, data) in enumerate(sorted(changes.items())):
            old = before.get(name)
            steps.append(
                FileChange(
                    name=name,
                    file=None if data is None else str(number),
                    old=None if old is None else sha256_hex(old),
                    new=None if data is None else sha256_hex(data),
                )
            )
            if data is not None:
                safe_files.write_new(staging / str(number), data)
        if transaction:
            safe_files.write_new(staging / TRANSACTION_FILE, b"")
        manifest = Manifest(staging.stat().st_ino, transaction or None, tuple(steps))
        safe_files.write_new(staging / MANIFEST_FILE, msgspec.json.encode(manifest))
        safe_files.sync_folder(staging)
        staging.rename(self.state_folder / "commit")
        safe_files.sync_folder(self.state_folder)

    def _apply(self) -> None:
        """Move the pending change into place; idempotent at every step. Raise EditError, OSError."""
        from bot.story.pending_change import MANIFEST_FILE, TRANSACTION_FILE

        folder = self.state_folder / "commit"
        pending = self._load_pending_change()
        if pending is not None:
            steps, transaction = pending.manifest.steps, pending.manifest.transaction
            for step in steps:
                ownership.check_target(self.folder, step.name)
            for step in steps:
                if step.file is None or step.name in pending.texts:
                    self._move(folder, step)
            safe_files.sync_folder(self.folder)
            if transaction:
                self._record_transaction(folder / TRANSACTION_FILE, transaction)
            (folder / MANIFEST_FILE).unlink()
        safe_files.remove_tree(folder)

    def _record_transaction(self, source: Path, transaction: str) -> None:
        folder = ownership.find_transaction_folder(self.state_folder, self.folder)
        if folder is None:
            folder = self.state_folder / "made"
            folder.mkdir(mode=0o700)
        with suppress(FileNotFoundError):  # it is there already
            source.replace(folder / transaction)
        safe_files.sync_folder(folder)

    def _move(self, folder: Path, step: "FileChange") -> None:
        target = self.folder / step.name
        with suppress(FileNotFoundError):
            found = sha256_hex(safe_files.read_regular_file(target, base_files.MAX_FILE_BYTES + 1))
            if found not in (step.old, step.new):  # an editor has saved the file in between
                _keep_aside(target, target.with_name(f"{target.name}.kept-{found[:8]}"))
        if step.file is None:
            target.unlink(missing_ok=True)
        else:
            target.parent.mkdir(exist_ok=True)
            (folder / step.file).replace(target)
        safe_files.sync_folder(target.parent)

    def _recover(self) -> None:
        """Finish a committed change and drop one that was not committed. Raise EditError, OSError."""
        if self._has_commit():
            self._apply()
        safe_files.remove_tree(self.state_folder / "next")
        for path in self.state_folder.glob("index*"):  # earlier versions kept the index here
            with suppress(OSError):
                path.unlink()


def _parse(snapshot: FileSnapshot) -> None:
    from bot.story import loader

    loader.parse_story(snapshot.files)


def check_file_names(names: Iterable[str]) -> None:
    """Raise EditError if one of these can't be the name of a file of the base."""
    for name in names:
        if not _NAME.match(name):
            raise EditError(f"'{name}' can't be a file of the base; use small letters, as in qa/topic.yaml")


def _keep_aside(target: Path, kept: Path) -> None:
    target.replace(kept)
    _warn("%s was changed by another program during publishing; that version is kept as %s", target, kept)


def _warn(message: str, *args: object) -> None:
    import logging  # asking in a terminal starts quicker without

    logging.getLogger(__name__).warning(message, *args)
