"""The base on disk: read as one version, changed as a whole or not at all.

A change is written and synced beside the base first, then made valid by one rename (`next` becomes `commit`), then moved
into place file by file. Whoever reads next finishes what a killed process left: the base is always the old one or the new
one. One process at a time, by a lock that the system lets go of when a process dies. Editors and git know nothing of the
lock: what they changed in the meantime is found by the revision, and never overwritten unseen.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.errors import EditError
from bot.story import files as on_disk

if TYPE_CHECKING:
    from filelock import FileLock

    from bot.story import edits

OWN = ".pilcrow"
"""The folder in the base where changes are made ready; not part of the base."""
PATIENCE = 10.0
"""Seconds to wait for another process."""
_NAME = re.compile(r"(?:qa/)?[a-z0-9][a-z0-9_-]{0,60}\.yaml\Z")


class Conflict(EditError):
    """The base is not the one that the change was made for.

    Where it is about one entry: its `id`, what was wanted of it (`yours`), and the entry as it is now (`present`, None where
    it is gone), both by field.
    """

    def __init__(
        self,
        sentence: str,
        id: str = "",
        yours: "Mapping[str, edits.Value] | None" = None,
        present: "Mapping[str, edits.Value] | None" = None,
    ) -> None:
        super().__init__(sentence)
        self.id = id
        self.yours = yours or {}
        self.present = present


class DiskRefuses(EditError):
    """The disk is full, broken, or may not be written."""


class Version(Struct, frozen=True):
    """All files of the base at one moment, by path relative to it, and what tells this version from any other."""

    files: Mapping[str, bytes]
    revision: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> "Version":
        """The version that these files make."""
        whole = hashlib.sha256()
        for name in sorted(files):
            whole.update(f"{name}\0{_digest(files[name])}\0".encode())
        return cls(dict(files), whole.hexdigest()[:16])


class Store:
    """One base on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.own = folder / OWN

    def read(self) -> Version:
        """The base as it is now. Raises StoryError where a file can't be read, EditError where another process is stuck."""
        before, pending = on_disk.signature(self.folder), self._pending()
        version = self._load()
        if not pending and not self._pending() and on_disk.signature(self.folder) == before:
            return version  # nobody has changed it meanwhile
        if not os.access(self.folder, os.W_OK):
            return self._load()  # nobody changes it here
        try:
            with self.held():
                return self._load()
        except DiskRefuses:
            return self._load()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keeps every other process out as long as it lasts, and finishes what one that died has left. Raises EditError."""
        with self._locked():
            self._recover()
            yield

    @cached_property
    def _lock(self) -> "FileLock":
        from filelock import FileLock

        return FileLock(self.own / "lock")

    def made(self) -> set[str]:
        """The marks of the changes that were made and not forgotten."""
        return {path.name for path in (self.own / "made").glob("*")}

    def forget(self, mark: str) -> None:
        """Forgets the mark of a change, once somebody else remembers that it was made."""
        (self.own / "made" / mark).unlink(missing_ok=True)

    def publish(self, changes: Mapping[str, bytes | None], expected: str, mark: str = "") -> Version:
        """Replaces files (None: removes them) if the base still has the revision `expected`; the new version.

        `mark`: a name that stands in `made` from then on, whenever this process dies, and only if the change is made.
        Raises Conflict where it has not, StoryError where the result can't be read as a base (nothing is changed then),
        EditError where the disk refuses.
        """
        check_names(changes)
        with self.held():
            now = self._load()
            if now.revision != expected:
                raise Conflict(
                    "Somebody else has changed the base meanwhile. Look at it again, then repeat your change."
                )
            files = {name: data for name, data in now.files.items() if name not in changes}
            files |= {name: data for name, data in changes.items() if data is not None}
            from bot.story import reader

            reader.read_files(files)
            try:
                self._prepare({n: d for n, d in changes.items() if now.files.get(n) != d}, now.files, mark)
            except OSError as error:
                _remove(self.own / "next")
                raise DiskRefuses(f"The base can't be changed: {error.strerror or error}.") from error
            with suppress(
                OSError
            ):  # it is made: who reads next finds it, and moves it into place as soon as that can be done
                self._apply()
            return Version.of(files)

    def _load(self) -> Version:
        """The files in place; where a change was made that could not be moved into place yet, as if it had been."""
        files = on_disk.load(self.folder)
        ready = self.own / "commit"
        with suppress(FileNotFoundError):
            for step in json.loads((ready / "steps.json").read_bytes()):
                if step["file"] is None:
                    files.pop(step["name"], None)
                elif (ready / step["file"]).exists():
                    files[step["name"]] = (ready / step["file"]).read_bytes()
        return Version.of(files)

    def _pending(self) -> bool:
        return (self.own / "commit").exists()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import Timeout

        try:
            self.own.mkdir(mode=0o700, exist_ok=True)
            with self._lock.acquire(timeout=PATIENCE):
                yield
        except Timeout:
            raise EditError("Another program is changing the base. Try again in a moment.") from None
        except OSError as error:
            raise DiskRefuses(f"The base can't be changed: {error.strerror or error}.") from error

    def _prepare(self, changes: Mapping[str, bytes | None], before: Mapping[str, bytes], mark: str) -> None:
        """Writes everything beside the base; with the last rename the change is made, whatever happens afterwards."""
        ready = self.own / "next"
        _remove(ready)
        ready.mkdir(mode=0o700)
        steps = []
        for number, (name, data) in enumerate(sorted(changes.items())):
            old = before.get(name)
            steps.append(
                {
                    "name": name,
                    "file": None if data is None else str(number),
                    "old": None if old is None else _digest(old),
                    "new": None if data is None else _digest(data),
                }
            )
            if data is not None:
                _write(ready / str(number), data)
        if mark:
            _write(ready / "mark", mark.encode())
        _write(ready / "steps.json", json.dumps(steps).encode())
        _sync(ready)
        ready.rename(self.own / "commit")
        _sync(self.own)

    def _apply(self) -> None:
        """Moves what is ready into place; may be begun again at any point."""
        ready = self.own / "commit"
        listed = ready / "steps.json"
        if listed.exists():
            for step in json.loads(listed.read_bytes()):
                self._move(ready, step)
            _sync(self.folder)
            if (ready / "mark").exists():
                self._note_made(ready / "mark")
            listed.unlink()
        _remove(ready)

    def _note_made(self, noted: Path) -> None:
        made = self.own / "made"
        made.mkdir(mode=0o700, exist_ok=True)
        noted.replace(made / noted.read_text("utf-8"))
        _sync(made)

    def _move(self, ready: Path, step: Mapping[str, str | None]) -> None:
        target = self.folder / str(step["name"])
        with suppress(FileNotFoundError):
            found = _digest(target.read_bytes())
            if found not in (step["old"], step["new"]):  # an editor was quicker than we: keep what it wrote
                kept = target.with_name(f"{target.name}.kept-{found[:8]}")
                _set_aside(target, kept)
        if step["file"] is None:
            target.unlink(missing_ok=True)
        elif (ready / step["file"]).exists():
            target.parent.mkdir(exist_ok=True)
            (ready / step["file"]).replace(target)
        _sync(target.parent)

    def _recover(self) -> None:
        """Finishes a change that was made and not moved; forgets one that was not made."""
        if self._pending():
            self._apply()
        _remove(self.own / "next")


def check_names(names: Iterable[str]) -> None:
    """Raises EditError where one of these is no name of a file of the base."""
    for name in names:
        if not _NAME.match(name):
            raise EditError(f"'{name}' is no name for a file of the base: use small letters, as in qa/topic.yaml")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Makes renames in a folder last; where folders can't be synced (Windows), the system does it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(folder: Path) -> None:
    import shutil  # here and below: what only changes need would slow down every start

    shutil.rmtree(folder, ignore_errors=True)


def _set_aside(target: Path, kept: Path) -> None:
    import logging
    import shutil

    shutil.copy2(target, kept)
    log = logging.getLogger(__name__)
    log.warning("%s was changed by another program at the same moment; that text is in %s", target, kept)
