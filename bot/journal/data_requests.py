"""Export and deletion of what the database holds, for somebody who asks for their data or wants text deleted."""

import base64
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bot.errors import JournalError
from bot.journal.database import Database
from bot.journal.rows import select_raw
from bot.journal.text_store import unpack
from bot.nlp.normalize import MAX_CHARACTERS, normalize, tokenize

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

    from bot.journal.tables import Tables

JSON_COLUMNS = ("files", "warnings", "data")
BOOLEAN_COLUMNS = ("dismissed", "waiting")
HUNKS_COLUMNS = ("hunks",)
"""Columns that hold a packed difference (see `text_store`)."""
TYPED_COLUMNS = ("text", "data")
"""Columns that hold what somebody typed."""
LAST_USED_COLUMNS = ("last_seen", "day")
"""Columns that hold the day on which a row was last used."""
QUOTES = "\"'‘’“”()[]"
PUNCTUATION = f".,;:!?…{QUOTES}"
"""Characters that are stripped from around a word."""
DELETED = "(deleted)"


class TextFilter(Struct, frozen=True):
    """The texts that contain all these words, in any order, and all these tokens.

    tokens: parts of what was typed that contain no word ('???', an emoji, 'lol'), compared as they are; without them
    more would match than was meant.
    """

    words: frozenset[str]
    tokens: frozenset[str]

    @classmethod
    def parse(cls, typed: str) -> "TextFilter":
        """Return the filter for what somebody typed."""
        return cls(_words(typed), frozenset(token for token in _tokens(typed) if not _words(token)))

    def matches(self, text: str) -> bool:
        """Return whether a text contains all of it; an empty filter matches nothing."""
        if not self.words and not self.tokens:
            return False
        return self.words <= _words(text) and self.tokens <= frozenset(_tokens(text))


class _Matches(Struct, frozen=True):
    """What a filter matches: primary keys by table, and by change its warnings as JSON, with the matching ones replaced."""

    keys: dict[str, list[Any]]
    warnings: dict[int, str]

    @classmethod
    def find(cls, connection: "Connection", tables: "Tables", text_filter: TextFilter) -> "_Matches":
        """Return what the filter matches in all tables."""
        keys: dict[str, list[Any]] = {}
        for table, column in _columns(tables, TYPED_COLUMNS):
            (key,) = table.primary_key
            rows = connection.execute(select_raw(table, key.name, column.name))
            keys[table.name] = [id for id, value in rows if text_filter.matches(_typed_text(column.name, value))]
        warnings = {}
        for id, value in connection.execute(select_raw(tables.history, "id", "warnings")):
            old = list(_strings(_parse_json(value)))
            new = [DELETED if text_filter.matches(text) else text for text in old]
            if new != old:
                warnings[id] = msgspec.json.encode(new).decode()
        return cls(keys, warnings)

    @property
    def counts(self) -> dict[str, int]:
        """The number of matches by table."""
        return {**{name: len(keys) for name, keys in self.keys.items()}, "warnings": len(self.warnings)}


def export(database: Database) -> str:
    """Return all rows of all tables as indented JSON. Raises JournalError."""
    with database.transaction() as connection:
        rows = {
            table.name: [
                {str(name): _to_json_value(name, value) for name, value in row.items()}
                for row in connection.execute(select_raw(table)).mappings()
            ]
            for table in database.tables.metadata.sorted_tables
        }
    return msgspec.json.format(msgspec.json.encode(rows), indent=1).decode()


def matching_questions(database: Database, typed: str) -> list[str]:
    """Return the inbox questions, dismissed or not, that contain all that was typed. Raises JournalError."""
    text_filter = TextFilter.parse(typed)
    with database.transaction() as connection:
        rows = connection.execute(select_raw(database.tables.inbox, "text"))
        return [text for (value,) in rows if text_filter.matches(text := _to_text(value))]


def count_matching(database: Database, typed: str) -> dict[str, int]:
    """Return how many rows `delete_matching` would delete or change, by table. Raises JournalError."""
    with database.transaction() as connection:
        return _Matches.find(connection, database.tables, TextFilter.parse(typed)).counts


def delete_matching(database: Database, typed: str) -> dict[str, int]:
    """Delete the questions and drafts, and blank the history's warnings, that contain all that was typed.

    Return how many, by table. What was published stays, with its history: it is text of the base. Raises JournalError.
    """
    tables = database.tables
    with database.transaction(erase=True) as connection:
        matches = _Matches.find(connection, tables, TextFilter.parse(typed))
        for table, _ in _columns(tables, TYPED_COLUMNS):
            (key,) = table.primary_key
            connection.execute(table.delete().where(key.in_(matches.keys[table.name])))
        for id, warnings in matches.warnings.items():
            connection.execute(tables.history.update().where(tables.history.c.id == id).values(warnings=warnings))
        return matches.counts


def delete_before(database: Database, day: date) -> dict[str, int]:
    """Delete questions, counts and drafts last used before a day; return how many, by table. Raises JournalError."""
    with database.transaction(erase=True) as connection:
        return {
            table.name: connection.execute(table.delete().where(column < day)).rowcount
            for table, column in _columns(database.tables, LAST_USED_COLUMNS)
        }


def delete_all(database: Database) -> dict[str, int]:
    """Delete all rows of all tables, the history too; return how many, by table. Raises JournalError."""
    with database.transaction(erase=True) as connection:
        tables = database.tables.metadata.sorted_tables
        return {table.name: connection.execute(table.delete()).rowcount for table in tables}


def _columns(tables: "Tables", names: Iterable[str]) -> "list[tuple[Table, Column[Any]]]":
    """Return the columns with these names, each with its table."""
    return [(table, table.c[name]) for table in tables.metadata.sorted_tables for name in names if name in table.c]


def _words(text: str) -> frozenset[str]:
    """Return all words of a text, in pieces, since `normalize` cuts a text at MAX_CHARACTERS."""
    pieces = [line[i : i + MAX_CHARACTERS] for line in text.splitlines() for i in range(0, len(line), MAX_CHARACTERS)]
    return frozenset(word for piece in pieces for word in tokenize(normalize(piece)))


def _tokens(text: str) -> Iterator[str]:
    """Yield the parts of a text between spaces, without the punctuation around a word."""
    for token in text.casefold().split():
        yield token.strip(PUNCTUATION) or token.strip(QUOTES) or token


def _typed_text(column: str, value: object) -> str:
    """Return what somebody typed into a column; of JSON the strings without the keys, one a line."""
    return "\n".join(_strings(_parse_json(value))) if column in JSON_COLUMNS else _to_text(value)


def _strings(value: object) -> Iterator[str]:
    """Yield all strings in a JSON value, except keys."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(item)


def _parse_json(value: object) -> object:
    """Return parsed JSON; the text itself where it is not valid."""
    try:
        return msgspec.json.decode(_to_text(value))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _to_text(value)


def _to_text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _hunks(value: object) -> object:
    """Return a packed difference as a list of [start, end, *lines]; as base64 where it is damaged."""
    packed = value if isinstance(value, bytes) else _to_text(value).encode()
    try:
        return [[hunk.start, hunk.end, *hunk.lines] for hunk in unpack(packed)]
    except JournalError:
        return base64.b64encode(packed).decode()


def _to_json_value(column: str, value: Any) -> Any:
    """Return a column's value in a form that JSON can hold, even where it is damaged."""
    if column in JSON_COLUMNS:
        return _parse_json(value)
    if column in HUNKS_COLUMNS:
        return _hunks(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if column in BOOLEAN_COLUMNS and value in (0, 1):
        return bool(value)
    return value
