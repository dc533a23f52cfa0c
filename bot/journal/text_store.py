"""The texts of the history: each version of a file once, as its difference from the version before it.

A version is identified by the digest of its text. It is stored as hunks that replace lines of a base version. A whole text
is a difference from the empty text; it is stored where there is no base, or where the chain of bases would be too long.
"""

import hashlib
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bot.errors import JournalError
from bot.journal import engine
from bot.journal.records import FileVersions
from bot.story.line_diff import Hunk, apply_hunks, diff_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

MAX_DEPTH = 64
"""Differences that are applied at most to rebuild a text."""
LARGE = 100_000
"""Bytes of a change, as stored, from which the free space is checked."""
MAX_SIZE = 500_000_000
"""Bytes of all texts beyond which no large change is accepted."""
DAMAGED = "a text of the history is damaged; restore a backup of the database"


class StoredText(Struct, frozen=True):
    """One version as stored: `hunks` are packed; `base` is the digest of the base version, empty for a whole text."""

    digest: str
    base: str
    hunks: bytes


class PackedFile(Struct, frozen=True):
    """One file of a change, ready to be stored: both versions whole, and the later one as a difference too."""

    digests: FileVersions
    wholes: tuple[StoredText, ...]
    difference: StoredText | None

    @classmethod
    def of(cls, versions: FileVersions) -> "PackedFile":
        """Pack both versions. Takes a second for tens of megabytes, so call it outside any transaction."""
        old, new = versions
        digests = (_digest(old), _digest(new))
        wholes = tuple(
            StoredText(digest, "", pack("", text))
            for digest, text in zip(digests, versions, strict=True)
            if digest is not None and text is not None
        )
        difference = None
        if old is not None and new is not None and digests[0] and digests[1] and old != new:
            difference = StoredText(digests[1], digests[0], pack(old, new))
        return cls(digests, wholes, difference)


def pack(old: str, new: str) -> bytes:
    """Return the hunks that turn the old text into the new one, as compressed JSON."""
    changes = diff_lines(old.split("\n"), new.split("\n"))
    return zlib.compress(msgspec.json.encode([(hunk.start, hunk.end, hunk.lines) for hunk in changes]), 9)


def unpack(packed: bytes) -> list[Hunk]:
    """Return packed hunks. Raises JournalError where they are damaged."""
    try:
        decoded = msgspec.json.decode(zlib.decompress(packed), type=list[tuple[int, int, list[str]]])
    except (zlib.error, msgspec.MsgspecError) as error:
        raise JournalError(DAMAGED) from error
    return [Hunk(*hunk) for hunk in decoded]


class TextStore:
    """The texts of one database, within one transaction."""

    def __init__(self, connection: "Connection", table: "Table") -> None:
        self._connection = connection
        self._table = table
        self._cache: dict[str, list[str]] = {"": [""]}
        """Lines of the texts rebuilt so far, by digest."""

    def add(self, files: Iterable[PackedFile]) -> None:
        """Store the versions that are not stored yet. Raises JournalError where there is no space left."""
        new: dict[str, tuple[StoredText, int]] = {}
        """Text and depth by digest."""
        for file in files:
            for whole in file.wholes:
                if whole.digest in new or self._depth(whole.digest) is not None:
                    continue
                text, depth = whole, 0
                difference = file.difference
                if difference is not None and difference.digest == whole.digest:
                    base = self._depth(difference.base)
                    base = new[difference.base][1] if base is None else base
                    if base < MAX_DEPTH and len(difference.hunks) < len(whole.hunks):
                        text, depth = difference, base + 1
                new[text.digest] = text, depth
        self._check_space(sum(len(text.hunks) for text, _ in new.values()))
        for digest in sorted(new):  # sorted, or two processes could deadlock
            text, depth = new[digest]
            row = engine.insert(self._connection, self._table)
            values = {"digest": digest, "base": text.base, "depth": depth, "hunks": text.hunks}
            self._connection.execute(row.values(values).on_conflict_do_nothing())

    def find(self, digest: str | None) -> str | None:
        """Return the text with this digest; None for None. Raises JournalError where it is damaged or missing."""
        if digest is None:
            return None
        chain: list[tuple[str, list[Hunk]]] = []
        c = self._table.c
        base = digest
        while base not in self._cache:
            query = self._table.select().with_only_columns(c.base, c.hunks).where(c.digest == base)
            row = self._connection.execute(query).first()
            if row is None or len(chain) > MAX_DEPTH:
                raise JournalError(DAMAGED)
            chain.append((base, unpack(row.hunks)))
            base = row.base
        lines = self._cache[base]
        for _, changes in reversed(chain):
            lines = apply_hunks(lines, changes)
        self._cache[digest] = lines
        text = "\n".join(lines)
        if _digest(text) != digest:
            raise JournalError(DAMAGED)
        return text

    def delete(self, digest: str) -> None:
        """Delete a text, unless it is the base of another."""
        c = self._table.c
        dependents = self._table.select().with_only_columns(c.digest).where(c.base == digest)
        if self._connection.execute(dependents).first() is None:
            self._connection.execute(self._table.delete().where(c.digest == digest))

    def _depth(self, digest: str) -> int | None:
        """Return how many differences a text is away from a whole one; None where it is not stored."""
        c = self._table.c
        return self._connection.scalar(self._table.select().with_only_columns(c.depth).where(c.digest == digest))

    def _check_space(self, size: int) -> None:
        from sqlalchemy import func, select

        if size < LARGE:
            return
        used = self._connection.scalar(select(func.sum(func.length(self._table.c.hunks)))) or 0
        if used + size > MAX_SIZE:
            raise JournalError(
                f"the history is full: it holds {_megabytes(used)} of {_megabytes(MAX_SIZE)}, and this change needs "
                f"{_megabytes(size)}; smaller changes can still be published"
            )


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
