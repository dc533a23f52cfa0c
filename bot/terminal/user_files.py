"""Files that are named on the command line."""

from pathlib import Path

from bot.errors import EditError
from bot.files import safe_files


def read(path: Path) -> bytes:
    """Return a file's content. Raise EditError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise EditError(f"{path} can't be read: {error.strerror or error}") from error


def write(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read. Raise EditError."""
    try:
        safe_files.write_private(path, data)
    except OSError as error:
        raise EditError(f"{path} can't be written: {error.strerror or error}") from error
