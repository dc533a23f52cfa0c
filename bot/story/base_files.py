"""The files of a base on disk: which they are, what they hold, and whether they have changed."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.errors import Problem, StoryError
from bot.files import safe_files

MAX_FILES = 200
MAX_FILE_BYTES = 2_000_000
"""Of one file."""
ENTRIES_FOLDER = "qa/"
"""The folder of the entries."""
SUFFIX = ".yaml"
NAME_PATTERN = r"^(?:qa/)?[a-z0-9][a-z0-9_-]{0,60}\.yaml\Z"
"""The names of files that this program writes."""
Signature = tuple[tuple[str, int, int, int], ...]


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every YAML file of the base, by path relative to `folder`. Raise StoryError."""
    try:
        found = dict(_paths(folder))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoryError(
            [Problem(str(folder), 0, "there is no such folder; name the base with --knowledge DIR")]
        ) from error
    except OSError as error:
        raise StoryError([Problem(str(folder), 0, f"it can't be read: {error.strerror or error}")]) from error
    if len(found) > MAX_FILES:
        raise StoryError([Problem(str(folder), 0, f"it holds more than {MAX_FILES} YAML files; put some together")])
    files: dict[str, bytes] = {}
    problems = []
    for name, path in found.items():
        try:
            if leads_out(folder, path):
                problems.append(Problem(name, 0, "it leads out of the base; put the file itself in its place"))
            else:
                files[name] = safe_files.read_regular_file(path, MAX_FILE_BYTES + 1)
        except OSError as error:
            problems.append(Problem(name, 0, f"it can't be read: {error.strerror or error}"))
    if problems:
        raise StoryError(problems)
    return files


def digest(data: bytes) -> str:
    """Return the SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def signature(folder: Path) -> Signature:
    """Return names, inodes, times and sizes of the files: cheap to take, and different after any change."""
    found = []
    with suppress(OSError):
        for name, path in _paths(folder):
            try:
                state = path.stat()
            except OSError:
                continue
            found.append((name, state.st_ino, state.st_mtime_ns, state.st_size))
    return tuple(found)


def leads_out(folder: Path, path: Path) -> bool:
    """Return whether a file is reached through a link out of the base; links within it are fine (mounted volumes have them)."""
    linked = path.is_symlink() or (path.parent != folder and path.parent.is_symlink())
    return linked and not path.resolve().is_relative_to(folder.resolve())


def _paths(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the relative path and the place of each YAML file. Raise OSError."""
    names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208 (names are enough)
    with suppress(FileNotFoundError, NotADirectoryError):
        names += [f"{ENTRIES_FOLDER}{name}" for name in os.listdir(folder / ENTRIES_FOLDER) if name.endswith(SUFFIX)]  # noqa: PTH208
    for name in sorted(names, key=lambda name: name.split("/")):
        yield name, folder / name
