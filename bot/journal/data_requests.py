"""Everything the database holds, exported and forgotten: for whoever wants to know, or wants something gone."""

import base64
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bot.errors import JournalError
from bot.journal.journal import Journal
from bot.journal.rows import raw
from bot.journal.texts import unpack
from bot.nlp.normalize import MAX_CHARACTERS, normalise, words

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

    from bot.journal.tables import Tables

WRITTEN_AS_JSON = ("files", "warnings", "data")
"""Columns that hold JSON themselves."""
YES_OR_NO = ("dismissed", "waiting")
DIFFERENCES = ("hunks",)
"""Columns that hold a text as its difference from another: lines from, to, and what stands in their place."""
TYPED = ("text", "data")
"""Columns that hold what somebody typed."""
TOUCHED = ("last_seen", "day")
"""Columns that say when a row was last touched."""
QUOTES = "\"'‘’“”()[]"
MARKS = f".,;:!?…{QUOTES}"
"""What stands around a word and is no part of it."""
GONE = "(forgotten)"


class Wanted(Struct, frozen=True):
    """What a text has to hold to be forgotten: all these words and, literally, all these signs; never neither of them.

    signs: the parts of what was typed that hold no word ('???', an emoji, 'lol'). They are compared as they stand, since
    without them something would be forgotten that has less in it than was typed.
    """

    words: frozenset[str]
    signs: frozenset[str]

    @classmethod
    def of(cls, typed: str) -> "Wanted":
        """Return what somebody means who types this."""
        return cls(_words(typed), frozenset(one for one in _parts(typed) if not _words(one)))

    def within(self, text: str) -> bool:
        """Tell whether all of it is in the text."""
        if not self.words and not self.signs:
            return False
        return self.words <= _words(text) and self.signs <= frozenset(_parts(text))


def export(journal: Journal) -> str:
    """Return everything, table by table and row by row, as JSON for people to read. Raises JournalError."""
    with journal.opened() as (connection, tables):
        found = {
            table.name: [
                {str(name): _plain(name, value) for name, value in row.items()}
                for row in connection.execute(raw(table)).mappings()
            ]
            for table in tables.metadata.sorted_tables
        }
    return msgspec.json.format(msgspec.json.encode(found), indent=1).decode()


def holding(journal: Journal, typed: str) -> list[str]:
    """Return the questions of the inbox, dismissed or not, in which all that was typed occurs. Raises JournalError."""
    wanted = Wanted.of(typed)
    with journal.opened() as (connection, tables):
        rows = connection.execute(raw(tables.inbox, "text"))
        return [text for (value,) in rows if wanted.within(text := _as_text(value))]


def matching(journal: Journal, typed: str) -> dict[str, int]:
    """Return how many rows `forget_words` would delete or empty, by table. Raises JournalError."""
    with journal.opened() as (connection, tables):
        return _Found.of(connection, tables, Wanted.of(typed)).counts


def forget_words(journal: Journal, typed: str) -> dict[str, int]:
    """Delete the questions and drafts, and empty the warnings of the history, in which all that was typed occurs.

    Returns how many, by table. What was published stays, with its history: it is text of the base. Raises JournalError.
    """
    with journal.opened() as (connection, tables):
        found = _Found.of(connection, tables, Wanted.of(typed))
        for table, _ in _columns(tables, TYPED):
            (key,) = table.primary_key
            connection.execute(table.delete().where(key.in_(found.keys[table.name])))
        history = tables.history
        for id, warnings in found.warnings.items():
            connection.execute(history.update().where(history.c.id == id).values(warnings=warnings))
        return found.counts


class _Found(Struct, frozen=True):
    """What is to be forgotten: the keys of rows by table, and of changes their warnings as they are to be then, as JSON."""

    keys: dict[str, list[Any]]
    warnings: dict[int, str]

    @classmethod
    def of(cls, connection: "Connection", tables: "Tables", wanted: Wanted) -> "_Found":
        """Return what there is with all that is wanted in it."""
        keys: dict[str, list[Any]] = {}
        for table, column in _columns(tables, TYPED):
            (key,) = table.primary_key
            rows = connection.execute(raw(table, key.name, column.name))
            keys[table.name] = [one for one, value in rows if wanted.within(_all_text(column.name, value))]
        warnings = {}
        for id, value in connection.execute(raw(tables.history, "id", "warnings")):
            listed = list(_texts(_decoded(value)))
            kept = [GONE if wanted.within(text) else text for text in listed]
            if kept != listed:
                warnings[id] = msgspec.json.encode(kept).decode()
        return cls(keys, warnings)

    @property
    def counts(self) -> dict[str, int]:
        """How many, by table."""
        return {**{name: len(keys) for name, keys in self.keys.items()}, "warnings": len(self.warnings)}


def forget_before(journal: Journal, day: date) -> dict[str, int]:
    """Delete what was last touched before a day: questions, counts, verdicts and drafts. Returns how many, by table."""
    with journal.opened() as (connection, tables):
        return {
            table.name: connection.execute(table.delete().where(column < day)).rowcount
            for table, column in _columns(tables, TOUCHED)
        }


def forget_all(journal: Journal) -> dict[str, int]:
    """Delete every row of every table, the history too; nothing can be undone then. Returns how many, by table."""
    with journal.opened() as (connection, tables):
        return {table.name: connection.execute(table.delete()).rowcount for table in tables.metadata.sorted_tables}


def _columns(tables: "Tables", names: Iterable[str]) -> "list[tuple[Table, Column[Any]]]":
    """The tables that have a column of such a name."""
    listed = tables.metadata.sorted_tables
    return [(table, table.c[name]) for table in listed for name in names if name in table.c]


def _words(text: str) -> frozenset[str]:
    """Return all words of a text; `normalise` reads no more than MAX_CHARACTERS characters at a time, so it is read by lines."""
    lines = [line[at : at + MAX_CHARACTERS] for line in text.splitlines() for at in range(0, len(line), MAX_CHARACTERS)]
    return frozenset(word for line in lines for word in words(normalise(line)))


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a text between blanks: as they are, and without the marks around a word."""
    for part in text.casefold().split():
        yield part.strip(MARKS) or part.strip(QUOTES) or part


def _all_text(column: str, value: object) -> str:
    """Return what somebody typed into a column: of JSON the texts without the keys, a line each."""
    return "\n".join(_texts(_decoded(value))) if column in WRITTEN_AS_JSON else _as_text(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(one)


def _decoded(value: object) -> object:
    """Return what JSON means; where it is none, the text itself."""
    try:
        return msgspec.json.decode(_as_text(value))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _as_text(value)


def _as_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _hunks(value: object) -> object:
    """Return a packed difference as [start, end, *lines]; where it is damaged, its bytes as base64."""
    packed = value if isinstance(value, bytes) else _as_text(value).encode()
    try:
        return [[hunk.start, hunk.end, *hunk.lines] for hunk in unpack(packed)]
    except JournalError:
        return base64.b64encode(packed).decode()


def _plain(name: str, value: Any) -> Any:
    """Return a column's value as JSON has it, whatever is there."""
    if name in WRITTEN_AS_JSON:
        return _decoded(value)
    if name in DIFFERENCES:
        return _hunks(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if name in YES_OR_NO and value in (0, 1):
        return bool(value)
    return value
