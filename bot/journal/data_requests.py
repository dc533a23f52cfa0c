"""Export and deletion of what the database holds, for somebody who asks for their data or wants text deleted."""

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from bot.errors import JournalError
from bot.journal.database import Database
from bot.journal.history import delete_change, file_digests
from bot.journal.rows import delete_rows, select_raw
from bot.journal.text_store import TextStore, unpack
from bot.nlp.normalize import MAX_CHARACTERS, normalize, tokenize
from bot.story.base_files import MAX_FILE_BYTES, MAX_FILES
from bot.story.line_diff import diff_lines

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

    from bot.journal.tables import Tables

JSON_COLUMNS = ("files", "warnings", "data")
BOOLEAN_COLUMNS = ("dismissed", "waiting")
HUNKS_COLUMNS = ("hunks",)
"""Columns that hold a packed difference (see `text_store`)."""
TYPED_COLUMNS = ("text", "data")
"""Columns that hold what somebody typed."""
NOTE_COLUMNS = ("who", "why")
"""Columns of the history that hold what a moderator typed beside the change: a name, a reason."""
LAST_USED_COLUMNS = ("last_seen", "day")
"""Columns that hold the day on which a row was last used."""
QUOTES = "\"'‘’“”()[]"
PUNCTUATION = f".,;:!?…{QUOTES}"
"""Characters that are stripped from around a word."""
DELETED = "(deleted)"
_PIECES = re.compile(r"\n(?=- |[ \t]*\n)")
"""Where one entry or paragraph of a YAML file ends."""


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
    """What a filter matches: rows to delete, and texts of the history to replace."""

    keys: dict[str, list[Any]]
    """Primary keys by table."""
    unpublished: list[int]
    """Changes that were never published."""
    warnings: dict[int, str]
    """The warnings of a change as JSON, with the matching ones replaced."""
    notes: dict[int, dict[str, str]]
    """Replaced columns of a change: its author, its reason."""

    @classmethod
    def find(cls, connection: "Connection", tables: "Tables", text_filter: TextFilter) -> "_Matches":
        """Return what the filter matches in all tables."""
        keys: dict[str, list[Any]] = {}
        for table, column in _columns(tables, TYPED_COLUMNS):
            (key,) = table.primary_key
            rows = connection.execute(select_raw(table, key.name, column.name))
            keys[table.name] = [id for id, value in rows if text_filter.matches(_typed_text(column.name, value))]
        keys[tables.drafts.name] += [
            key
            for key, archive in connection.execute(select_raw(tables.drafts, "key", "archive"))
            if key not in keys[tables.drafts.name] and any(map(text_filter.matches, _archive_texts(archive)))
        ]
        unpublished = [
            id
            for id, state, files in connection.execute(select_raw(tables.history, "id", "state", "files"))
            if state == "not made" and text_filter.matches(_added_text(TextStore(connection, tables.texts), files))
        ]
        warnings, notes = {}, {}
        for id, value, *typed in connection.execute(select_raw(tables.history, "id", "warnings", *NOTE_COLUMNS)):
            old = list(_strings(_parse_json(value)))
            new = [DELETED if text_filter.matches(text) else text for text in old]
            if new != old:
                warnings[id] = msgspec.json.encode(new).decode()
            matching = [
                name for name, text in zip(NOTE_COLUMNS, typed, strict=True) if text_filter.matches(_to_text(text))
            ]
            if matching:
                notes[id] = dict.fromkeys(matching, DELETED)
        return cls(keys, unpublished, warnings, notes)

    @property
    def counts(self) -> dict[str, int]:
        """The number of matches by table."""
        return {
            **{name: len(keys) for name, keys in self.keys.items()},
            "unpublished": len(self.unpublished),
            "warnings": len(self.warnings),
            "notes": len(self.notes),
        }


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
    """Return the questions of the inbox and of trials, dismissed or not, with all that was typed. Raises JournalError."""
    text_filter, tables = TextFilter.parse(typed), database.tables
    with database.transaction() as connection:
        rows = [
            row for table in (tables.inbox, tables.collected) for row in connection.execute(select_raw(table, "text"))
        ]
        return [text for (value,) in rows if text_filter.matches(text := _to_text(value))]


def count_matching(database: Database, typed: str) -> dict[str, int]:
    """Return how many rows `delete_matching` would delete or change, by table. Raises JournalError."""
    with database.transaction() as connection:
        return _Matches.find(connection, database.tables, TextFilter.parse(typed)).counts


def delete_matching(database: Database, typed: str) -> dict[str, int]:
    """Delete the questions, drafts and unpublished changes, and blank the history's warnings, reasons and names, that match.

    Return how many, by kind. What was published stays, with its history: it is text of the base. Raises JournalError.
    """
    tables = database.tables
    with database.transaction(erase=True) as connection:
        matches = _Matches.find(connection, tables, TextFilter.parse(typed))
        for table, _ in _columns(tables, TYPED_COLUMNS):
            delete_rows(connection, table, matches.keys[table.name])
        for id, warnings in matches.warnings.items():
            connection.execute(tables.history.update().where(tables.history.c.id == id).values(warnings=warnings))
        for id, notes in matches.notes.items():
            connection.execute(tables.history.update().where(tables.history.c.id == id).values(notes))
        for id in matches.unpublished:
            delete_change(connection, tables, id)
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


def _archive_texts(archive: object) -> Iterator[str]:
    """Yield the text of an archived base, by paragraph or entry, or the bytes themselves where it is no archive."""
    data = archive if isinstance(archive, bytes) else _to_text(archive).encode()
    for text in map(_to_text, _members(data)):
        yield from _PIECES.split(text)


def _members(data: bytes) -> Iterator[bytes]:
    """Yield the files of an archive as far as a base may be large; what can't be unpacked, as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist()[:MAX_FILES]:
                with archive.open(member) as file:
                    yield file.read(MAX_FILE_BYTES)
    except Exception:  # noqa: BLE001 (zipfile raises anything on damaged data, which must not keep the rest from deletion)
        yield data


def _added_text(texts: TextStore, files: str | bytes) -> str:
    """Return the lines that a change adds; nothing of a text that is damaged."""
    lines: list[str] = []
    for old, new in file_digests(files).values():
        with suppress(JournalError):
            hunks = diff_lines((texts.find(old) or "").split("\n"), (texts.find(new) or "").split("\n"))
            lines += [line for hunk in hunks for line in hunk.lines]
    return "\n".join(lines)


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
