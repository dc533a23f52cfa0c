"""Files that are named on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import EditError
from bot.files import safe_files


def read(path: Path, max_bytes: int) -> bytes:
    """Return a file's content, at most `max_bytes` of it. Raise EditError, also for a pipe or a device, which may never end."""
    try:
        return safe_files.read_regular_file(path, max_bytes)
    except OSError as error:
        raise EditError(f"{path} can't be read: {error.strerror or error}") from error


def write(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read. Raise EditError."""
    with writing(path):
        safe_files.write_private(path, data)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Write a file. Raise EditError where that fails."""
    try:
        yield
    except OSError as error:
        raise EditError(f"{path} can't be written: {error.strerror or error}") from error
