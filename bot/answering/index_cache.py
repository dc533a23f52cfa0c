"""The base as it was read and indexed before, kept in the user's cache, so that starting is reading one file.

It is not kept in the base's own folder: that one is pulled, unpacked and shared, and could bring an index with answers that
nobody wrote. It is used only where no other user can write, for the very same base (by its revision) and the very same
program (by its source files and libraries), and only if it can be decoded as what it claims to be: anything else counts as
nothing, and is made again. Losing it loses nothing.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import overload

import msgspec
import rapidfuzz
import Stemmer
from msgspec import Struct

from bot.answering.matcher_input import entry_texts
from bot.files import safe_files
from bot.matching.analysis import Analyzer
from bot.matching.document import Document
from bot.matching.index import MAX_TEXTS, Index, Tables, base_analyzer
from bot.matching.vocabulary import Vocabulary
from bot.story.models import Story

SUFFIX = ".index"
LARGEST = 300_000_000
"""Bytes that are read of what is kept."""
CHECK = sha256().digest_size
"""Bytes before them, by which a disk's mistake is found."""
KEPT = 8
"""Bases and versions of them whose index is kept; the ones saved longest ago go first."""
_DOCUMENT = msgspec.msgpack.Decoder(Document | None)
_NONE = msgspec.Raw()


class _Kept(Struct, frozen=True):
    """What is in the file. `ids`: the entry of each document; None where one was removed."""

    revision: str
    program: str
    story: Story
    vocabulary: Vocabulary
    tables: Tables
    ids: tuple[str | None, ...]
    documents: tuple[msgspec.Raw, ...]

    def holds_together(self) -> bool:
        """Return whether it is an index of its own story: one document for each entry, and tables of these only."""
        entries = [id for id in self.ids if id is not None]
        tables = self.tables
        numbers = [max(having) for having in tables.postings.values() if having]
        numbers.append(max(tables.exact.values(), default=0) // MAX_TEXTS)
        return (
            len(self.ids) == len(self.documents)
            and len(entries) == len(set(entries)) == tables.document_count
            and set(entries) == self.story.entries.keys()
            and max(numbers) <= max(len(self.ids) - 1, 0)
            and all(len(having) % 4 == 0 for having in tables.bigrams.values())  # see `matching.index.pack`
        )


class _Documents(Sequence[Document | None]):
    """Documents that are decoded when they are wanted: a question wants few.

    One that can't be decoded, or is another entry's, is made again by `again`. Each holds the whole file in memory until it
    is decoded; once all are, nothing does.
    """

    def __init__(
        self,
        encoded: Sequence[msgspec.Raw],
        ids: Sequence[str | None],
        again: Callable[[str, Document | None], Document],
    ) -> None:
        self._encoded = list(encoded)
        self._ids = ids
        self._again = again
        self._decoded: dict[int, Document | None] = {}

    def __len__(self) -> int:
        return len(self._encoded)

    @overload
    def __getitem__(self, number: int) -> Document | None: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Document | None]: ...
    def __getitem__(self, number: int | slice) -> Document | Sequence[Document | None] | None:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        encoded = self._encoded[number]  # first: another thread may get through with it before the next line
        if number not in self._decoded:
            id = self._ids[number]
            self._decoded[number] = self._again(id, _decoded(encoded)) if id is not None else None
            self._encoded[number] = _NONE
        return self._decoded[number]


def _decoded(encoded: msgspec.Raw) -> Document | None:
    try:
        document: Document | None = _DOCUMENT.decode(encoded)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return document


def _is_whole(document: Document) -> bool:
    """Return whether each of the entry's texts was read."""
    return len(document.entry.texts) == len(document.normalized) == len(document.terms) == len(document.intents)


def folder(environ: Mapping[str, str]) -> Path | None:
    """Return where this user keeps what can be made again; None where there is no such place."""
    if os.name == "nt":
        caches = environ.get("LOCALAPPDATA", "")
    else:
        caches = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME", ""), ".cache")  # noqa: PTH118 (may be relative)
    place = Path(caches)
    return place / "pilcrow" if place.is_absolute() else None


def load(folder: Path | None, revision: str) -> tuple[Story, Index] | None:
    """Return the story and the index of the base of this revision, as they were kept in `folder`; None where they were not."""
    if folder is None:
        return None
    try:
        safe_files.check_folder(folder)
        data = memoryview(safe_files.read_regular_file(folder / f"{revision}{SUFFIX}", CHECK + LARGEST, private=True))
        if (
            data[:CHECK] != sha256(data[CHECK:]).digest()
        ):  # documents are decoded later, when nobody expects a broken one
            return None
        kept = msgspec.msgpack.decode(data[CHECK:], type=_Kept)
        if kept.revision != revision or kept.program != _program() or not kept.holds_together():
            return None
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    story, analyzer = kept.story, base_analyzer(Analyzer(kept.vocabulary), kept.tables.word_counts)

    def again(id: str, found: Document | None) -> Document:  # must not hold on to `kept`, which has the whole file
        wanted = entry_texts(story.entries[id])
        if found is not None and found.entry == wanted and _is_whole(found):
            return found.interned()
        return Document.build(wanted, wanted.tokenized(), analyzer)

    return story, Index(analyzer, _Documents(kept.documents, kept.ids, again), kept.tables)


def save(folder: Path | None, revision: str, story: Story, index: Index) -> None:
    """Keep them; where that is not possible, starting takes a second longer."""
    if folder is None:
        return
    with suppress(OSError):  # a disk that is full or can't be written, a folder of somebody else's: nothing is lost
        _make(folder)
        safe_files.check_folder(folder)
        kept = _Kept(
            revision=revision,
            program=_program(),
            story=story,
            vocabulary=index.analyzer.vocabulary,
            tables=index.tables,
            ids=tuple(document.entry.id if document else None for document in index.documents),
            documents=tuple(msgspec.Raw(msgspec.msgpack.encode(document)) for document in index.documents),
        )
        data = msgspec.msgpack.encode(kept)
        safe_files.write_atomically(folder / f"{revision}{SUFFIX}", sha256(data).digest() + data, 0o600)
        _remove_old(folder)


def _make(folder: Path) -> None:
    """Make the folder, but not in the home of another user, as with sudo: they could not use it then. Raise OSError."""
    above = next(one for one in folder.parents if one.exists())
    if safe_files.is_owned(above):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _remove_old(folder: Path) -> None:
    """Leave the indexes that were saved last."""
    saved = {path: path.stat().st_mtime_ns for path in folder.glob(f"*{SUFFIX}")}
    for path in sorted(saved, key=saved.__getitem__)[:-KEPT]:
        path.unlink(missing_ok=True)
    safe_files.remove_abandoned(folder)


def _program() -> str:
    """Return a digest of all that the index depends on: our own files by time and size, and what they build upon."""
    versions = (sys.version, msgspec.__version__, rapidfuzz.__version__, Stemmer.version())
    yaml = find_spec("yaml")  # it reads the base, and is not imported where that is not needed
    parts = [*map(str, versions), (yaml and yaml.origin) or "", *_files(os.path.dirname(os.path.dirname(__file__)))]  # noqa: PTH120 (quicker)
    return sha256("\0".join(parts).encode()).hexdigest()


def _files(folder: str) -> list[str]:
    """Return name, time and size of every file of the program."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    found += _files(entry.path)
            else:
                state = entry.stat()
                found.append(f"{entry.path} {state.st_mtime_ns} {state.st_size}")
    return sorted(found)
