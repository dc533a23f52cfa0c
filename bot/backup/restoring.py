"""Putting a backup in place: all of it is checked and made ready first, and what it replaces is kept beside it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from bot.backup.backup_file import BackupFile, Manifest
from bot.errors import EditError
from bot.files import safe_files
from bot.journal import address, copying, inspection
from bot.ops.instance_lock import InstanceLock
from bot.story import base_files, loader
from bot.story.repository import FileSnapshot, Repository

KEPT = "{}.kept-{:%Y%m%d-%H%M%S}"
SIDE_FILES = ("-wal", "-shm", "-journal")
STOP_IT = "the bot is running; stop it first (systemctl stop pilcrow), restore, and start it again"


class Restored(Struct, frozen=True):
    """What was done. kept: where what was replaced is now; next_change: None where there was no database to restore."""

    manifest: Manifest
    kept: tuple[Path, ...]
    next_change: int | None


def restore_backup(backup: Path, knowledge: Path, database: str, now: datetime, *, force: bool = False) -> Restored:
    """Restore a backup. force: also where there is a base or a database. Raise EditError, StoryError, JournalError."""
    with _open(backup) as opened:
        archive = BackupFile(opened)
        snapshot = archive.base()
        loader.parse_story(snapshot.files)
        file = address.sqlite_file(database)
        if archive.has_database and file is None:
            raise EditError("the backup holds an SQLite database, and 'database' is PostgreSQL; set an SQLite file")
        target = Path(os.path.realpath(file)) if file and archive.has_database else None
        with _no_bot(file, database):
            if not force:
                _refuse_to_replace(knowledge, target)
            return _restore(archive, snapshot, knowledge, target, now)


def _restore(
    archive: BackupFile, snapshot: FileSnapshot, knowledge: Path, target: Path | None, now: datetime
) -> Restored:
    """Make the database ready in a file beside its place, put the base in place, then the database."""
    try:
        if target is None:
            return Restored(archive.manifest, tuple(_place_base(snapshot, knowledge, now)), None)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=target.parent) as folder:
            ready = Path(folder) / "database"
            with open(ready, "xb", opener=lambda name, flags: os.open(name, flags, safe_files.PRIVATE_MODE)) as out:
                archive.extract_database(out)
            copying.check_copy(ready)
            used = None
            if target.exists():
                copying.finish_log(target)
                used = copying.last_numbers(target)
            next_change = copying.prepare_copy(ready, used)
            _sync(ready)
            kept = [*_place_base(snapshot, knowledge, now), *_place_database(ready, target, now)]
        return Restored(archive.manifest, tuple(kept), next_change)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EditError(f"the backup can't be restored: {error.strerror or error}{where}") from error


def _open(backup: Path) -> BinaryIO:
    try:
        if backup.exists() and not backup.is_file():  # a pipe would be waited for
            raise EditError(f"{backup} is not a file")
        return backup.open("rb")
    except FileNotFoundError as error:
        raise EditError(f"there is no file {backup}") from error
    except OSError as error:
        raise EditError(f"{backup} can't be read: {error.strerror or error}") from error


@contextmanager
def _no_bot(file: Path | None, database: str) -> Iterator[None]:
    """Keep every bot from starting. Raise EditError where one runs."""
    if file is None:
        if inspection.inspect(database).sessions:
            raise EditError(STOP_IT)
        yield
        return
    with InstanceLock(file) as lock:
        try:
            taken = lock.acquire()
        except OSError as error:
            raise EditError(f"the database can't be restored: {error.strerror or error} ({lock.path})") from error
        if not taken:
            raise EditError(STOP_IT)
        yield


def _refuse_to_replace(knowledge: Path, target: Path | None) -> None:
    present = [str(knowledge)] if base_files.signature(knowledge) else []
    if target is not None and _size(target):
        present.append(str(target))
    if present:
        raise EditError(
            f"there is something already: {', '.join(present)}; with --force it is replaced, and kept beside it "
            "under a name with .kept- in it"
        )


def _place_base(snapshot: FileSnapshot, knowledge: Path, now: datetime) -> Iterator[Path]:
    """Make the base that of the backup, as one change; yield the folder with the files that it replaces."""
    knowledge.mkdir(parents=True, exist_ok=True)
    repository = Repository(knowledge)
    current = repository.load()
    changes: dict[str, bytes | None] = dict.fromkeys(current.files, None) | dict(snapshot.files)
    changes = {name: data for name, data in changes.items() if current.files.get(name) != data}
    if not changes:
        return
    replaced = {name: current.files[name] for name in changes if name in current.files}
    if replaced:
        folder = knowledge.with_name(KEPT.format(knowledge.absolute().name, now))
        for name, data in replaced.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            safe_files.write_new(path, data)
        yield folder
    repository.publish(changes, current.revision)


def _place_database(ready: Path, target: Path, now: datetime) -> Iterator[Path]:
    """Put a database in place; yield where the one that it replaces is."""
    if target.exists():
        kept = target.with_name(KEPT.format(target.name, now))
        for suffix in SIDE_FILES:
            beside = target.with_name(target.name + suffix)
            if beside.exists():
                beside.replace(kept.with_name(kept.name + suffix))
        target.replace(kept)
        yield kept
    ready.replace(target)
    safe_files.sync_folder(target.parent)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise EditError(f"{path} can't be reached: {error.strerror or error}") from error


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
