"""The files of a base on disk: which they are, what they hold, and whether they have changed."""

from collections.abc import Iterator
from pathlib import Path

from bot.errors import Problem, StoryError

MAX_FILES = 200
MAX_BYTES = 2_000_000
"""Of one file."""
QA = "qa/"
"""The folder of the entries."""
Signature = tuple[tuple[str, int, int, int], ...]


def load(folder: Path) -> dict[str, bytes]:
    """The bytes of every YAML file of the base, by path relative to `folder`. Raises StoryError."""
    if not folder.is_dir():
        raise StoryError([Problem(str(folder), 0, "there is no such folder; name the base with --knowledge DIR")])
    found = dict(_paths(folder))
    if len(found) > MAX_FILES:
        raise StoryError([Problem(str(folder), 0, f"it holds more than {MAX_FILES} YAML files; put some together")])
    files: dict[str, bytes] = {}
    problems = []
    for name, path in found.items():
        try:
            with path.open("rb") as file:
                files[name] = file.read(MAX_BYTES + 1)
        except OSError as error:
            problems.append(Problem(name, 0, f"it can't be read: {error.strerror or error}"))
    if problems:
        raise StoryError(problems)
    return files


def signature(folder: Path) -> Signature:
    """Names, inodes, times and sizes of the files: cheap to take, and different after any change."""
    found = []
    for name, path in _paths(folder):
        try:
            state = path.stat()
        except OSError:
            continue
        found.append((name, state.st_ino, state.st_mtime_ns, state.st_size))
    return tuple(found)


def _paths(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted([*folder.glob("*.yaml"), *folder.glob(f"{QA}*.yaml")]):
        yield path.relative_to(folder).as_posix(), path
