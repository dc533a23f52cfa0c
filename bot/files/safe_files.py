"""Read and write files that somebody else may have prepared.

A file that comes with a pulled or unpacked folder may be a named pipe, a device or a link to somewhere else. Reading must
not hang on it, writing must not follow it, and a process that is killed while it writes must not leave litter for ever.
"""

import errno
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

ABANDONED = 3600.0
"""Seconds after which a temporary file belongs to a process that is gone."""
PART = ".part"
"""How the names of temporary files end."""
WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def read(path: Path, most: int, *, private: bool = False, as_open_as: int = 0) -> bytes:
    """Return up to `most` bytes of a regular file. Raise OSError where it is anything else or can't be read.

    private: also raise where it is a link, belongs to another user, or may be written by one; as_open_as: see `check_folder`.
    """
    extra = _NO_WAITING | (_NO_LINK if private else 0)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if private:
            check_owner(state, path, as_open_as)
        return file.read(
            min(most, state.st_size + 1)
        )  # not more than there is: room for `most` bytes takes time to get


def check_folder(path: Path, *, as_open_as: int = 0) -> os.stat_result:
    """Return the state of a folder.

    Raise OSError where it is a link or no folder, belongs to another user, or may be written by one.
    as_open_as: a mode whose write permissions are accepted here too.
    """
    state = path.lstat()
    if not stat.S_ISDIR(state.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(path))
    check_owner(state, path, as_open_as)
    return state


def check_owner(state: os.stat_result, path: Path, as_open_as: int = 0) -> None:
    """Raise PermissionError unless this belongs to this user and no other may write it."""
    if os.name == "nt":
        return  # there, access lists decide, and what is in a profile is private
    if not _by_us(state):
        raise PermissionError(errno.EPERM, "it belongs to another user", str(path))
    if state.st_mode & WRITABLE_BY_OTHERS & ~as_open_as:
        raise PermissionError(errno.EPERM, "other users may write it", str(path))


def owned(path: Path) -> bool:
    """Return whether this belongs to the user that this process runs as. Raise OSError."""
    return _by_us(path.lstat())


def owner(path: Path) -> str:
    """Return the name of the user to whom this belongs, or their number where they have none."""
    try:
        uid = path.lstat().st_uid
    except OSError:
        return "another user"
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"user {uid}"


def _by_us(state: os.stat_result) -> bool:
    return os.name == "nt" or state.st_uid == os.geteuid()


def replace(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Put a file in place as a whole, and remove what killed processes left beside it. Raise OSError.

    mode: of the new file, less what the umask takes away.
    """
    aside = path.with_name(f".{path.name}.{os.urandom(6).hex()}{PART}")
    try:
        with open(aside, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    remove_abandoned(path.parent, path.name)


def remove_abandoned(folder: Path, name: str = "") -> None:
    """Remove the temporary files of `replace` that nobody can be writing any more; `name`: only those for this file."""
    before = time.time() - ABANDONED
    with suppress(OSError):  # a folder that may be written and not listed
        for one in [one for one in folder.iterdir() if one.name.startswith(f".{name}") and one.suffix == PART]:
            with suppress(OSError):
                if one.lstat().st_mtime < before:
                    one.unlink()


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file, and return when it is on the disk. Raise OSError, also where there is such a file."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in a folder last; where folders can't be synced (Windows), the system does it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that goes; of a link, only the link."""
    import shutil  # what only changes need would slow down every start

    if folder.is_symlink():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
