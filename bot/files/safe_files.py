"""Read and write files safely in folders that another user or program may have prepared.

A file that comes with a pulled or unpacked folder may be a named pipe, a device or a link to somewhere else. Reads must not
hang on it, writes must not follow it, and a process that is killed while writing must not leave litter for ever.
"""

import errno
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

ABANDONED_AFTER = 3600.0
"""Age in seconds at which a temporary file counts as left by a process that has died."""
TEMPORARY_SUFFIX = ".part"
PRIVATE_MODE = 0o600
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def read_regular_file(path: Path, max_bytes: int, *, private: bool = False, allowed_mode: int = 0) -> bytes:
    """Return up to `max_bytes` bytes of a regular file. Raise OSError if it is anything else or can't be read.

    With `private`, also refuse links and what `check_owner` refuses, which explains `allowed_mode`.
    """
    extra_flags = _NONBLOCK | (_NOFOLLOW if private else 0)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra_flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if private:
            check_owner(status, path, allowed_mode)
        return file.read(min(max_bytes, status.st_size + 1))  # allocating a buffer of `max_bytes` would take time


def check_folder(path: Path, *, allowed_mode: int = 0) -> os.stat_result:
    """Return the status of a folder. Raise OSError if it is a link, no folder, or refused by `check_owner`."""
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(path))
    check_owner(status, path, allowed_mode)
    return status


def check_owner(status: os.stat_result, path: Path, allowed_mode: int = 0) -> None:
    """Raise PermissionError unless the current user owns this and no one else may write it.

    Write permissions for group and others that are set in `allowed_mode` are accepted.
    """
    if os.name == "nt":
        return  # Windows uses access lists, and a user's profile is private by default
    if not _is_ours(status):
        raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
    if status.st_mode & WRITABLE_BY_OTHERS & ~allowed_mode:
        raise PermissionError(errno.EPERM, "other users may write it", str(path))


def is_owned(path: Path) -> bool:
    """Return whether the current user owns this. Raise OSError."""
    return _is_ours(path.lstat())


def owner_name(path: Path) -> str:
    """Return the owner's user name, or 'user <uid>' if the system has no name for them."""
    try:
        uid = path.lstat().st_uid
    except OSError:
        return "another user"
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"user {uid}"


def _is_ours(status: os.stat_result) -> bool:
    return os.name == "nt" or status.st_uid == os.geteuid()


def write_atomically(path: Path, data: bytes, mode: int = 0o666, *, sync: bool = False) -> None:
    """Write a temporary file beside `path` and rename it into place. Raise OSError.

    `mode`: permissions of the new file, before the umask; `sync`: flush to disk before the rename. Also removes temporary
    files that killed processes have left for the same path.
    """
    temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}{TEMPORARY_SUFFIX}")
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    remove_abandoned(path.parent, path.name)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, from its first byte on. Raise OSError.

    Replaces an existing file whatever its mode was; through a link, replaces the link's target, but only through one of
    this user or of root: any other may have been put there to have something overwritten. A device or a pipe, such as
    /dev/stdout, is written to directly.
    """
    if path.is_symlink() and not (_is_ours(path.lstat()) or path.lstat().st_uid == 0):
        raise PermissionError(errno.EPERM, "it is a link of another user", str(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
    else:
        # `Path.resolve` raises RuntimeError for a link that leads to itself; that one is replaced.
        write_atomically(Path(os.path.realpath(path)), data, PRIVATE_MODE, sync=True)


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Remove temporary files of `write_atomically` that are too old to be still in use; `name`: only those of this file."""
    oldest = time.time() - ABANDONED_AFTER
    with suppress(OSError):  # the folder may be writable but not listable
        for path in list(folder.iterdir()):
            if path.name.startswith(f".{name}") and path.suffix == TEMPORARY_SUFFIX:
                with suppress(OSError):
                    if path.lstat().st_mtime < oldest:
                        path.unlink()


def write_new(path: Path, data: bytes) -> None:
    """Create a file and flush it to disk. Raise OSError, also if the file exists."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Flush renames within a folder to disk; a no-op where folders can't be synced (Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_tree(folder: Path) -> None:
    """Remove a folder and its contents, ignoring errors; if it is a link, remove only the link."""
    import shutil  # only needed for changes; importing it would slow down every start

    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
