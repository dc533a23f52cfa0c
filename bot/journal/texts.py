"""The texts of the history: each version of a file once, as its difference from the version before it.

A version is known by the digest of its text. It is kept as lines that replace lines of another version, or as a whole (which
is a difference from nothing) where there is no version to start from or too many to go through.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from bot.errors import JournalError
from bot.journal import database
from bot.journal.records import Versions
from bot.story.line_diff import Hunk, apply_hunks, diff_lines

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

DEEPEST = 64
"""Most differences that are gone through to get at a text."""
LARGE = 100_000
"""Bytes of a change, as it is kept, from which there has to be room for it."""
ROOM = 500_000_000
"""Bytes of all texts beyond which no large change is taken."""


class _Kept(Struct, frozen=True):
    """One version, ready to be written: `hunks` are packed, and `base` is empty for a whole text."""

    digest: str
    base: str
    hunks: bytes


class Packed(Struct, frozen=True):
    """One file of a change, ready to be written: both versions as a whole, and the later one as a difference too."""

    digests: Versions
    wholes: tuple[_Kept, ...]
    difference: _Kept | None

    @classmethod
    def of(cls, versions: Versions) -> "Packed":
        """Pack both versions. Takes a second for tens of megabytes, so call it outside any transaction."""
        old, new = versions
        digests = (_digest(old), _digest(new))
        wholes = tuple(
            _Kept(digest, "", pack("", text))
            for digest, text in zip(digests, versions, strict=True)
            if digest is not None and text is not None
        )
        difference = None
        if old is not None and new is not None and digests[0] and digests[1] and old != new:
            difference = _Kept(digests[1], digests[0], pack(old, new))
        return cls(digests, wholes, difference)


def pack(old: str, new: str) -> bytes:
    """Return the new text as a difference from the old one, compressed."""
    found = diff_lines(old.split("\n"), new.split("\n"))
    return zlib.compress(msgspec.json.encode([(one.start, one.end, one.lines) for one in found]), 9)


def unpack(packed: bytes) -> list[Hunk]:
    """Return a difference. Raises JournalError where it is damaged."""
    try:
        found = msgspec.json.decode(zlib.decompress(packed), type=list[tuple[int, int, list[str]]])
    except (zlib.error, msgspec.MsgspecError) as error:
        raise JournalError(DAMAGED) from error
    return [Hunk(*one) for one in found]


DAMAGED = "a text of the history is damaged; put a copy of an earlier day in the database's place"


class Texts:
    """The texts of one database, within one transaction."""

    def __init__(self, connection: "Connection", table: "Table") -> None:
        self._connection = connection
        self._table = table
        self._read: dict[str, list[str]] = {"": [""]}

    def keep(self, files: Iterable[Packed]) -> None:
        """Keep what is not there yet. Raises JournalError where there is no room."""
        wanted: dict[str, tuple[_Kept, int]] = {}
        for packed in files:
            for whole in packed.wholes:
                if whole.digest in wanted or self._depth(whole.digest) is not None:
                    continue
                one, depth = whole, 0
                difference = packed.difference
                if difference is not None and difference.digest == whole.digest:
                    base = self._depth(difference.base)
                    base = wanted[difference.base][1] if base is None else base
                    if base < DEEPEST and len(difference.hunks) < len(whole.hunks):
                        one, depth = difference, base + 1
                wanted[one.digest] = one, depth
        self._make_sure_of_room(sum(len(one.hunks) for one, _ in wanted.values()))
        for digest in sorted(wanted):  # in one order, or two processes might wait for each other
            one, depth = wanted[digest]
            row = database.insert(self._connection, self._table)
            values = {"digest": digest, "base": one.base, "depth": depth, "hunks": one.hunks}
            self._connection.execute(row.values(values).on_conflict_do_nothing())

    def text(self, digest: str) -> str:
        """Return the text with this digest. Raises JournalError where it is damaged or gone."""
        missing: list[tuple[str, list[Hunk]]] = []
        c = self._table.c
        at = digest
        while at not in self._read:
            wanted = self._table.select().with_only_columns(c.base, c.hunks).where(c.digest == at)
            row = self._connection.execute(wanted).first()
            if row is None or len(missing) > DEEPEST:
                raise JournalError(DAMAGED)
            missing.append((at, unpack(row.hunks)))
            at = row.base
        lines = self._read[at]
        for _, changes in reversed(missing):
            lines = apply_hunks(lines, changes)
        self._read[digest] = lines
        text = "\n".join(lines)
        if _digest(text) != digest:
            raise JournalError(DAMAGED)
        return text

    def drop(self, digest: str) -> None:
        """Forget a text, unless another is kept as a difference from it."""
        c = self._table.c
        resting = self._table.select().with_only_columns(c.digest).where(c.base == digest)
        if self._connection.execute(resting).first() is None:
            self._connection.execute(self._table.delete().where(c.digest == digest))

    def _depth(self, digest: str) -> int | None:
        """Return how many differences a text is away from a whole one, None where it is not kept."""
        c = self._table.c
        return self._connection.scalar(self._table.select().with_only_columns(c.depth).where(c.digest == digest))

    def _make_sure_of_room(self, more: int) -> None:
        from sqlalchemy import func, select

        if more < LARGE:
            return
        held = self._connection.scalar(select(func.sum(func.length(self._table.c.hunks)))) or 0
        if held + more > ROOM:
            raise JournalError(
                f"the history holds {_megabytes(held)} of {_megabytes(ROOM)}, and this change takes {_megabytes(more)} more; "
                "only smaller changes can be published, until whoever runs the bot makes room"
            )


def read(texts: Texts, files: Mapping[str, Versions]) -> dict[str, Versions]:
    """Return the texts of a change, by file, from their digests. Raises JournalError."""
    return {name: (_or_none(texts, old), _or_none(texts, new)) for name, (old, new) in files.items()}


def _or_none(texts: Texts, digest: str | None) -> str | None:
    return None if digest is None else texts.text(digest)


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
