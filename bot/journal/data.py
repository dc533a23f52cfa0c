"""All that the database holds, given out and forgotten: for whoever wants to know, or wants something gone."""

import base64
import json
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.journal.journal import Journal
from bot.journal.texts import unpack
from bot.language.text import normalise, words

if TYPE_CHECKING:
    from sqlalchemy import Column, Table

    from bot.journal.tables import Tables

WRITTEN_AS_JSON = ("files", "warnings", "data")
"""Columns that hold JSON themselves."""
DIFFERENCES = ("hunks",)
"""Columns that hold a text as its difference from another: lines from, to, and what stands in their place."""
TYPED = ("text", "data")
"""Columns that hold what somebody typed."""
TOUCHED = ("last_seen", "day")
"""Columns that say when a row was last touched."""
GONE = "(forgotten)"


def export(journal: Journal) -> str:
    """Everything, table by table and row by row, as JSON for people to read. Raises JournalError."""
    with journal.opened() as (connection, tables):
        found = {
            table.name: [
                {name: _plain(name, value) for name, value in row.items()}
                for row in connection.execute(table.select()).mappings()
            ]
            for table in tables.metadata.sorted_tables
        }
    return json.dumps(found, ensure_ascii=False, indent=1)


def holding(journal: Journal, wanted: str) -> list[str]:
    """The questions of the inbox, dismissed or not, in which all these words occur. Raises JournalError."""
    with journal.opened() as (connection, tables):
        texts = connection.execute(tables.inbox.select().with_only_columns(tables.inbox.c.text)).scalars()
        return [text for text in texts if _has(text, wanted)]


def forget_words(journal: Journal, wanted: str) -> dict[str, int]:
    """Deletes the questions and drafts, and empties the warnings of the history, in which all these words occur.

    Returns how many, by table. What was published stays, with its history: it is text of the base. Raises JournalError.
    """
    with journal.opened() as (connection, tables):
        counts = {}
        for table, column in _columns(tables, TYPED):
            (key,) = table.primary_key
            rows = connection.execute(table.select().with_only_columns(key, column)).all()
            keys = [one for one, text in rows if _has(text, wanted)]
            counts[table.name] = connection.execute(table.delete().where(key.in_(keys))).rowcount
        history, counts["warnings"] = tables.history, 0
        for id, listed in connection.execute(
            history.select().with_only_columns(history.c.id, history.c.warnings)
        ).all():
            kept = [GONE if _has(text, wanted) else text for text in json.loads(listed)]
            if kept != json.loads(listed):
                connection.execute(history.update().where(history.c.id == id).values(warnings=json.dumps(kept)))
                counts["warnings"] += 1
        return counts


def forget_before(journal: Journal, day: date) -> dict[str, int]:
    """Deletes what was last touched before a day: questions, counts, verdicts and drafts. Returns how many, by table."""
    with journal.opened() as (connection, tables):
        return {
            table.name: connection.execute(table.delete().where(column < day)).rowcount
            for table, column in _columns(tables, TOUCHED)
        }


def forget_all(journal: Journal) -> dict[str, int]:
    """Deletes every row of every table, the history too; nothing can be undone then. Returns how many, by table."""
    with journal.opened() as (connection, tables):
        return {table.name: connection.execute(table.delete()).rowcount for table in tables.metadata.sorted_tables}


def _columns(tables: "Tables", names: Iterable[str]) -> "list[tuple[Table, Column[Any]]]":
    """The tables that have a column of such a name."""
    listed = tables.metadata.sorted_tables
    return [(table, table.c[name]) for table in listed for name in names if name in table.c]


def _has(text: str, wanted: str) -> bool:
    said = _words(text)
    return all(word in said for word in _words(wanted))


def _words(text: str) -> Iterable[str]:
    return frozenset(words(normalise(text)))


def _plain(name: str, value: Any) -> Any:
    if name in DIFFERENCES:
        return [[one.start, one.end, *one.lines] for one in unpack(value)]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    return json.loads(value) if name in WRITTEN_AS_JSON else value
