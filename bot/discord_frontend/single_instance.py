"""Refusing to start a second copy: both would answer every mention, and count it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Config
from bot.errors import TemporaryStartError
from bot.journal import address
from bot.ops.instance_lock import InstanceLock

ALREADY_RUNNING = (
    "another copy of this bot is running, or a backup is being restored (something holds {}): stop it first, or give "
    "this one another 'database' and a token of its own"
)
log = logging.getLogger(__name__)


@contextmanager
def single_instance(config: Config) -> Iterator[None]:
    """Hold the lock beside an SQLite database. Raise TemporaryStartError where another process holds it.

    With PostgreSQL, whose processes may be on many machines, there is no lock: see `pilcrow doctor`.
    """
    file = address.sqlite_file(config.database)
    if file is None:
        yield
        return
    with InstanceLock(file, config.shard_ids) as lock:
        try:
            taken = lock.acquire()
        except OSError as error:  # answering matters more
            log.warning("Can't make sure that no other copy of this bot runs: %s", error.strerror or error)
            taken = True
        if not taken:
            raise TemporaryStartError(ALREADY_RUNNING.format(lock.path))
        yield
