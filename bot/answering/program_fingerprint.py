"""A digest of the program, to tell whether what it cached was made by the very same one."""

import os
import sys
from hashlib import sha256
from importlib.util import find_spec

import msgspec
import rapidfuzz
import Stemmer

_PACKAGE = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 (quicker than pathlib at every start)


def program_digest() -> str:
    """Return a digest of all that an index depends on: our own files by time and size, and the libraries' versions."""
    versions = (sys.version, msgspec.__version__, rapidfuzz.__version__, Stemmer.version())
    yaml = find_spec("yaml")  # it parses the base; where an index is cached it is not imported
    parts = [*map(str, versions), (yaml and yaml.origin) or "", *_file_states(_PACKAGE)]
    return sha256("\0".join(parts).encode()).hexdigest()


def _file_states(folder: str) -> list[str]:
    """Return path, time and size of every file in a folder and the folders in it."""
    states = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    states += _file_states(entry.path)
            else:
                status = entry.stat()
                states.append(f"{entry.path} {status.st_mtime_ns} {status.st_size}")
    return sorted(states)
