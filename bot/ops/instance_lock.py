"""The lock that tells a running bot from none: held by the system for as long as the process lives, however it ends.

The lock is a range of bytes in a file beside the database, one byte for each shard, so that processes with different shards
run side by side and two with the same shard do not. Nothing is written to the file. Where there are no such locks
(Windows, some network file systems), every bot counts as the only one.
"""

import errno
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from types import TracebackType

ALL_SHARDS = 1_000
"""Bytes to lock for a process that runs every shard."""
SUFFIX = ".lock"
_HELD = (errno.EACCES, errno.EAGAIN)


class InstanceLock:
    """The lock beside one database. shards: those of this process; empty: all."""

    def __init__(self, database: Path, shards: Collection[int] = ()) -> None:
        self.path = database.with_name(f"{database.name}{SUFFIX}")
        self._ranges = [(1, shard) for shard in sorted(shards)] or [(ALL_SHARDS, 0)]
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock; return False where another process holds it. Raise OSError where the file can't be opened."""
        try:
            import fcntl
        except ImportError:  # Windows
            return True
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            for length, start in self._ranges:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError as error:
            os.close(descriptor)  # which also gives back the bytes that were free
            if error.errno in _HELD:
                return False
            raise
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back; do nothing where it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.close(descriptor)

    def __enter__(self) -> "InstanceLock":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.release()


def is_running(database: Path) -> bool:
    """Return whether a bot runs on this database, with any shards. Raise OSError where that can't be told."""
    if not database.with_name(f"{database.name}{SUFFIX}").exists():
        return False
    with InstanceLock(database) as lock:
        return not lock.acquire()
