"""The base as it was read and indexed before, kept beside it, so that starting is reading one file.

What is kept is used only for the very same base (by its revision) and the very same engine (by its source files), and
only if it can be decoded as what it claims to be: anything else counts as nothing, and is made again. Losing it loses nothing.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import overload
from zlib import crc32

import msgspec
from msgspec import Struct

from bot.matching.analysis import Analyser, Vocabulary
from bot.matching.index import Document, Index, Tables, analyser_of
from bot.story.records import Story

NAME = "index"
LARGEST = 300_000_000
"""Bytes that are read of what is kept."""
CHECK = 4
"""Bytes before them, by which a disk's mistake is found."""
ROOMS = ("matching", "language", "story")
"""Folders of the engine on whose code it depends what is kept."""
_DOCUMENT = msgspec.msgpack.Decoder(Document | None)
_NONE = msgspec.Raw()


class _Kept(Struct, frozen=True):
    revision: str
    engine: tuple[tuple[str, int, int], ...]
    story: Story
    vocabulary: Vocabulary
    tables: Tables
    documents: tuple[msgspec.Raw, ...]


class _Documents(Sequence[Document | None]):
    """Documents that are decoded when they are wanted: a question wants few.

    Each holds the whole file in memory until it is decoded; once all are, nothing does.
    """

    def __init__(self, encoded: Iterable[msgspec.Raw]) -> None:
        self._encoded = list(encoded)
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
            document = _DOCUMENT.decode(encoded)
            self._decoded[number] = document.shared() if document else None
            self._encoded[number] = _NONE
        return self._decoded[number]


def load(folder: Path, revision: str) -> tuple[Story, Index] | None:
    """The story and the index of the base of this revision, as they were kept in `folder`; None where they were not."""
    try:
        with (folder / NAME).open("rb") as file:
            check, data = file.read(CHECK), file.read(LARGEST)
        if check != _check(data):  # documents are decoded later, when nobody expects one to be broken
            return None
        kept = msgspec.msgpack.decode(data, type=_Kept)
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if kept.revision != revision or kept.engine != _engine():
        return None
    analyser = analyser_of(Analyser(kept.vocabulary), kept.tables.counts)
    return kept.story, Index(analyser, _Documents(kept.documents), kept.tables)


def save(folder: Path, revision: str, story: Story, index: Index) -> None:
    """Keeps them; where that is not possible, starting takes a second longer."""
    documents = tuple(msgspec.Raw(msgspec.msgpack.encode(document)) for document in index.documents)
    kept = _Kept(revision, _engine(), story, index.analyser.vocabulary, index.tables, documents)
    made = folder / f"{NAME}.{os.getpid()}"  # two processes may keep the same base at once
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        data = msgspec.msgpack.encode(kept)
        made.write_bytes(_check(data) + data)
        made.replace(folder / NAME)
    except OSError:  # a disk that is full or can't be written: nothing is lost
        with suppress(OSError):
            made.unlink(missing_ok=True)


def _check(data: bytes) -> bytes:
    return crc32(data).to_bytes(CHECK, "big")


def _engine() -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of the files of the engine."""
    own = Path(__file__).parent
    files = sorted(path for room in ROOMS for path in (own / room).iterdir() if path.is_file())
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
