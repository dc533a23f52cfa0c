"""The files of a base on disk: which they are, what they contain, and whether they have changed."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.errors import Problem, StoryError
from bot.files import safe_files

MAX_FILES = 200
MAX_FILE_BYTES = 2_000_000
MAX_TOTAL_BYTES = 20_000_000
ENTRIES_FOLDER = "qa/"
SUFFIX = ".yaml"
NAME_PATTERN = r"^(?:qa/)?[a-z0-9][a-z0-9_-]{0,60}\.yaml\Z"
"""The file names that this program writes."""
Signature = tuple[tuple[str, int, int, int], ...]
"""Name, inode, modification time and size of each file."""


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every YAML file of the base, by path relative to `folder`. Raise StoryError.

    Reads one byte more than `MAX_FILE_BYTES` of a file that is too large; the YAML parser refuses it by name.
    """
    try:
        paths = dict(_yaml_paths(folder))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _unreadable(
            folder, "there is no such folder; name the folder of the base with --knowledge DIR"
        ) from error
    except OSError as error:
        raise _unreadable(folder, f"it can't be read: {error.strerror or error}") from error
    if len(paths) > MAX_FILES:
        raise _unreadable(folder, f"it holds more than {MAX_FILES} YAML files; merge some of them")
    files: dict[str, bytes] = {}
    problems = []
    total = 0
    for name, path in paths.items():
        try:
            if not _is_utf8(name):
                shown = os.fsencode(name).decode("utf-8", "backslashreplace")
                problems.append(Problem(shown, 0, "its name is not UTF-8 text; rename the file"))
            elif leads_outside(folder, path):
                problems.append(Problem(name, 0, "it is a link to outside the base; put the file itself there"))
            else:
                files[name] = safe_files.read_regular_file(path, MAX_FILE_BYTES + 1)
                total += len(files[name])
        except OSError as error:
            problems.append(Problem(name, 0, f"it can't be read: {error.strerror or error}"))
        if total > MAX_TOTAL_BYTES:
            megabytes = MAX_TOTAL_BYTES // 1_000_000
            raise _unreadable(folder, f"its YAML files are larger than {megabytes} MB together; remove some of them")
    if problems:
        raise StoryError(problems)
    return files


def _unreadable(folder: Path, sentence: str) -> StoryError:
    return StoryError([Problem(str(folder), 0, sentence)])


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def signature(folder: Path) -> Signature:
    """Return a value that is cheap to compute and differs after any change to the files."""
    entries = []
    with suppress(OSError):
        for name, path in _yaml_paths(folder):
            try:
                status = path.stat()
            except OSError:
                continue
            entries.append((name, status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(entries)


def leads_outside(folder: Path, path: Path) -> bool:
    """Return whether a link leads out of the base; links within it are fine, as mounted volumes have them."""
    is_link = path.is_symlink() or (path.parent != folder and path.parent.is_symlink())
    # `Path.resolve` raises RuntimeError for a link that leads to itself; reading that one raises OSError.
    return is_link and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _is_utf8(name: str) -> bool:
    """Return whether the name of a file is UTF-8 text: Python reads any other byte as a lone surrogate."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _yaml_paths(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the relative and the full path of each YAML file. Raise OSError."""
    names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]  # noqa: PTH208 (names are enough)
    with suppress(FileNotFoundError, NotADirectoryError):
        entry_files = os.listdir(folder / ENTRIES_FOLDER)  # noqa: PTH208
        names += [f"{ENTRIES_FOLDER}{name}" for name in entry_files if name.endswith(SUFFIX)]
    for name in sorted(names, key=lambda name: name.split("/")):
        yield name, folder / name
