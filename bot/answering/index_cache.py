"""The base as parsed and indexed before, in the user's cache folder, so that starting reads a single file.

It is not kept in the base's own folder: that one is pulled, unpacked and shared, and could bring an index with answers that
nobody wrote. A cached index is used only where no other user can write, for the very same base (by its revision) and the very
same program (by its digest), and only if it decodes as what it claims to be: anything else counts as missing, and is built
again. Losing it loses nothing.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import overload

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bot.answering.matcher_input import entry_texts
from bot.answering.program_fingerprint import program_digest
from bot.files import safe_files
from bot.matching.analyzer import Analyzer
from bot.matching.calibration import Calibration
from bot.matching.document import Document
from bot.matching.exact_texts import ITEM_BYTES, ExactTexts
from bot.matching.index import MAX_TEXTS, Index, Tables, base_analyzer
from bot.matching.vocabulary import Vocabulary
from bot.story.models import Story

SUFFIX = ".index"
CALIBRATION_SUFFIX = ".calibration"
"""Beside the index of the same base and program: it is computed later, and an index is large."""
MAX_CALIBRATION_BYTES = 1_000
MAX_BYTES = 300_000_000
"""Bytes read of a cached index."""
CHECKSUM_BYTES = sha256().digest_size
"""Bytes before it that reveal a disk error."""
MAX_CACHED = 8
"""Indexes kept, of any base and version; the ones saved longest ago are removed first."""
_DOCUMENT = msgspec.msgpack.Decoder(Document | None)
_DECODED = memoryview(b"")


class _CachedIndex(Struct, frozen=True):
    """What is in the file.

    ids: the entry of each document, None for one that was removed; documents: encoded each by itself, as a string of bytes
    that the decoder passes over without looking at what is inside.
    """

    revision: str
    program: str
    story: Story
    vocabulary: Vocabulary
    tables: Tables
    ids: tuple[str | None, ...]
    documents: tuple[memoryview, ...]

    def is_consistent(self) -> bool:
        """Return whether it is an index of its own story: one document for each entry, and tables of these only."""
        entries = [id for id in self.ids if id is not None]
        tables = self.tables
        highest = max(map(max, filter(None, tables.postings.values())), default=0)
        return (
            len(self.ids) == len(self.documents)
            and len(entries) == len(set(entries)) == tables.document_count
            and set(entries) == self.story.entries.keys()
            and highest <= max(len(self.ids) - 1, 0)
            and len(tables.exact) % ITEM_BYTES == 0
            and max(ExactTexts(tables.exact).positions, default=0) // MAX_TEXTS <= max(len(self.ids) - 1, 0)
            and all(len(packed) % 4 == 0 for packed in tables.bigrams.values())  # see `matching.index.pack`
        )


class _LazyDocuments(Sequence[Document | None]):
    """Documents that are decoded when they are first needed: a question needs few.

    `rebuild` gets each decoded document, None if it can't be decoded, and returns it or one built again. An encoded document
    keeps the whole file in memory; once all are decoded, nothing does.
    """

    def __init__(
        self,
        encoded: Sequence[memoryview],
        ids: Sequence[str | None],
        rebuild: Callable[[str, Document | None], Document],
    ) -> None:
        self._encoded = list(encoded)
        self._ids = ids
        self._rebuild = rebuild
        self._documents: dict[int, Document | None] = {}

    def __len__(self) -> int:
        return len(self._encoded)

    @overload
    def __getitem__(self, number: int) -> Document | None: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Document | None]: ...
    def __getitem__(self, number: int | slice) -> Document | Sequence[Document | None] | None:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        encoded = self._encoded[number]  # first: another thread may decode it before the next line
        if number not in self._documents:
            id = self._ids[number]
            self._documents[number] = self._rebuild(id, _decode(encoded)) if id is not None else None
            self._encoded[number] = _DECODED
        return self._documents[number]


def _decode(encoded: memoryview) -> Document | None:
    try:
        document: Document | None = _DOCUMENT.decode(encoded)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return document


def _is_complete(document: Document) -> bool:
    """Return whether each of the entry's texts is analyzed."""
    return len(document.entry.texts) == len(document.normalized) == len(document.terms) == len(document.intents)


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of this user's cache; None if there is none."""
    if os.name == "nt":
        caches = environ.get("LOCALAPPDATA", "")
    else:
        caches = environ.get("XDG_CACHE_HOME") or os.path.join(environ.get("HOME", ""), ".cache")  # noqa: PTH118 (may be relative)
    path = Path(caches)
    return path / "pilcrow" if path.is_absolute() else None


def index_path(folder: Path, revision: str, program: str) -> Path:
    """Return the path of the index of a base and a program: checkouts that share a cache folder have one each."""
    return folder / f"{revision}-{program[:16]}{SUFFIX}"


def calibration_path(folder: Path, revision: str, program: str) -> Path:
    """Return the path of the calibration of a base and a program."""
    return index_path(folder, revision, program).with_suffix(CALIBRATION_SUFFIX)


def load_calibration(folder: Path | None, revision: str) -> Calibration | None:
    """Return the calibration cached for the base of this revision; None if there is no valid one."""
    if folder is None:
        return None
    try:
        safe_files.check_folder(folder)
        path = calibration_path(folder, revision, program_digest())
        data = safe_files.read_regular_file(path, MAX_CALIBRATION_BYTES, private=True)
        return msgspec.json.decode(data, type=Calibration)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def save_calibration(folder: Path | None, revision: str, calibration: Calibration) -> None:
    """Cache a calibration. Where that is not possible, the next start takes a second longer."""
    if folder is None:
        return
    with suppress(OSError):
        _make_folder(folder)
        safe_files.check_folder(folder)
        path = calibration_path(folder, revision, program_digest())
        safe_files.write_atomically(path, msgspec.json.encode(calibration), 0o600)
        _remove_oldest(folder)


def load_index(folder: Path | None, revision: str) -> tuple[Story, Index] | None:
    """Return the story and the index cached for the base of this revision; None if there is no valid one."""
    if folder is None:
        return None
    try:
        safe_files.check_folder(folder)
        program = program_digest()
        path = index_path(folder, revision, program)
        data = memoryview(safe_files.read_regular_file(path, CHECKSUM_BYTES + MAX_BYTES, private=True))
        # Documents are decoded later, when nobody expects a broken one.
        if data[:CHECKSUM_BYTES] != sha256(data[CHECKSUM_BYTES:]).digest():
            return None
        cached = msgspec.msgpack.decode(data[CHECKSUM_BYTES:], type=_CachedIndex)
        if cached.revision != revision or cached.program != program or not cached.is_consistent():
            return None
    except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    story, analyzer = cached.story, base_analyzer(Analyzer(cached.vocabulary), cached.tables.word_counts)

    def rebuild(id: str, document: Document | None) -> Document:  # must not refer to `cached`, which has the whole file
        entry = entry_texts(story.entries[id])
        if document is not None and document.entry == entry and _is_complete(document):
            return replace(document.interned(), entry=entry)  # whose texts the story has in memory already
        return Document.build(entry, entry.tokenized(), analyzer)

    return story, Index(analyzer, _LazyDocuments(cached.documents, cached.ids, rebuild), cached.tables)


def save_index(folder: Path | None, revision: str, story: Story, index: Index) -> None:
    """Cache a story and its index. Where that is not possible, the next start takes a second longer."""
    if folder is None:
        return
    with suppress(OSError):  # a full or read-only disk, or a folder of another user
        _make_folder(folder)
        safe_files.check_folder(folder)
        program = program_digest()
        cached = _CachedIndex(
            revision=revision,
            program=program,
            story=story,
            vocabulary=index.analyzer.vocabulary,
            tables=index.tables,
            ids=tuple(document.entry.id if document else None for document in index.documents),
            documents=tuple(memoryview(msgspec.msgpack.encode(document)) for document in index.documents),
        )
        data = msgspec.msgpack.encode(cached)
        safe_files.write_atomically(index_path(folder, revision, program), sha256(data).digest() + data, 0o600)
        _remove_oldest(folder)


def clear_cache(folder: Path | None) -> int:
    """Delete all cached indexes, which hold texts of earlier versions of the base too; return how many. Raise OSError."""
    for path in folder.glob(f"*{CALIBRATION_SUFFIX}") if folder is not None else ():
        path.unlink(missing_ok=True)
    paths = list(folder.glob(f"*{SUFFIX}")) if folder is not None else []
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def _make_folder(folder: Path) -> None:
    """Make the folder, unless it is in the home of another user, who could not use it then (sudo). Raise OSError.

    A home that does not exist is not made: HOME=/nonexistent stands for a user without one.
    """
    caches = folder.parent
    existing = caches if caches.exists() else caches.parent
    if safe_files.is_owned(existing):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _remove_oldest(folder: Path) -> None:
    for suffix in (SUFFIX, CALIBRATION_SUFFIX):
        saved = {path: path.stat().st_mtime_ns for path in folder.glob(f"*{suffix}")}
        for path in sorted(saved, key=saved.__getitem__)[:-MAX_CACHED]:
            path.unlink(missing_ok=True)
    safe_files.remove_abandoned(folder)
