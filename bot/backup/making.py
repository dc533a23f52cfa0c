"""Making a backup while the bot runs: the base, and the database as it was with that base."""

import os
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import bot
from bot.backup.backup_file import FORMAT, Manifest, write_backup
from bot.errors import EditError
from bot.files import safe_files
from bot.journal import address, copying, inspection
from bot.story import base_files
from bot.story.repository import FileSnapshot, Repository, check_file_names

MAX_ATTEMPTS = 5
"""How often both are read again where somebody publishes in between."""
NAME = "pilcrow-{:%Y%m%d-%H%M%S}.zip"
PATTERN = "pilcrow-????????-??????.zip"
USE_PG_DUMP = (
    "the database is PostgreSQL, which has a tool of its own: run pg_dump for it, and this command with --base-only "
    "for the base"
)


def make_backup(target: Path, knowledge: Path, database: str, now: datetime, *, base_only: bool = False) -> Path:
    """Write a backup that only this user can read, and return its path. Raise EditError, StoryError, JournalError.

    target: a file, or a folder in which a file is named after the time.
    """
    file = address.sqlite_file(database)
    if file is None and not base_only:
        raise EditError(USE_PG_DUMP)
    source = None if base_only or file is None or not _is_there(file) else file
    path = target / NAME.format(now) if target.is_dir() else target
    if path.exists() and not path.is_file():
        raise EditError(f"{path} is a device or a pipe; name a file or a folder")
    try:
        _write(path, Repository(knowledge), source, now)
    except OSError as error:
        raise EditError(f"{path} can't be written: {error.strerror or error}") from error
    return path


def _write(path: Path, repository: Repository, source: Path | None, now: datetime) -> None:
    """Write the backup beside its place, and move it there once it is whole. Raise OSError."""
    with tempfile.TemporaryDirectory(prefix=".pilcrow-", dir=path.absolute().parent) as folder:
        copy, whole = Path(folder) / "database", Path(folder) / "backup"
        snapshot = _copy_both(repository, source, copy)
        schema = inspection.inspect_file(copy).schema if source else None
        about = Manifest(FORMAT, bot.__version__, f"{now:%Y-%m-%d %H:%M:%S}", snapshot.revision, schema, {})
        with open(whole, "xb", opener=lambda name, flags: os.open(name, flags, safe_files.PRIVATE_MODE)) as out:
            write_backup(out, snapshot, copy if source else None, about)
            out.flush()
            os.fsync(out.fileno())
        whole.replace(path)
        safe_files.sync_folder(path.parent)


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Delete all but the latest backups that `make_backup` has named in a folder; return those deleted."""
    removed = sorted(folder.glob(PATTERN))[:-keep]
    for path in removed:
        with suppress(OSError):
            path.unlink()
    return removed


def _copy_both(repository: Repository, source: Path | None, copy: Path) -> FileSnapshot:
    """Copy the database beside a base that has not changed meanwhile, without keeping anybody from publishing."""
    for _ in range(MAX_ATTEMPTS):
        before = base_files.signature(repository.folder)
        snapshot = repository.load()
        published: set[str] = set()
        with suppress(EditError):  # a state folder of another user; nothing of theirs is used
            published = repository.committed_transactions()
        check_file_names(snapshot.files)
        if source is not None:
            copy.unlink(missing_ok=True)
            copying.copy_database(source, copy, published)
        if base_files.signature(repository.folder) == before:
            return snapshot
    raise EditError("the base changes all the time, so it can't be backed up; try again in a moment")


def _is_there(file: Path) -> bool:
    try:
        return file.exists() and (not file.is_file() or file.stat().st_size > 0)
    except OSError as error:
        raise EditError(f"{file} can't be read: {error.strerror or error}") from error
