"""The history of the base: who changed what, when and why, with both versions of every file that changed."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import convert

from bot.errors import JournalError
from bot.journal.database import Database
from bot.journal.records import Change, ChangeState, ChangeSummary, FileVersions, PendingChange
from bot.journal.rows import BROKEN_ROW, select_raw
from bot.journal.text_store import PackedFile, TextStore
from bot.nlp.sanitize import sanitize

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.journal.tables import Tables

MAX_AUTHOR, MAX_TITLE, MAX_REASON = 100, 200, 500
"""Characters kept of each."""
MAX_NUMBER = 2**31 - 1
"""The largest number that PostgreSQL's column for it holds."""


class History:
    """The history in one database. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, change: Change, transaction: str = "") -> int:
        """Save a change and return its number; `change.number` is ignored.

        transaction: the id by which the repository will know whether a change that is under way was published.
        """
        tables = self._database.tables
        files = {name: PackedFile.of(versions) for name, versions in change.files.items()}
        row = tables.history.insert().values(
            at=change.at,
            who=sanitize(change.author[:MAX_AUTHOR]),
            what=sanitize(change.title[:MAX_TITLE]),
            why=sanitize(change.reason[:MAX_REASON]),
            before=change.revision_before,
            after=change.revision_after,
            state=change.state,
            mark=transaction,
            warnings=json.dumps(change.warnings),
            warned=len(change.warnings),
            files=json.dumps({name: file.digests for name, file in files.items()}),
        )
        with self._database.transaction() as connection:
            TextStore(connection, tables.texts).add(files.values())
            return int((connection.execute(row).inserted_primary_key or (0,))[0])

    def pending(self) -> dict[int, str]:
        """Return the transaction's id, by number, of each change of which it is not known whether it was published."""
        table = self._database.tables.history
        rows = self._database.fetch(select_raw(table).where(table.c.state == "under way"), table, PendingChange)
        return {change.number: change.transaction for change in rows}

    def set_state(self, number: int, state: ChangeState) -> None:
        """Record whether a change that was under way was published."""
        table = self._database.tables.history
        with self._database.transaction() as connection:
            connection.execute(table.update().where(table.c.id == number).values(state=state))

    def delete(self, number: int) -> None:
        """Delete a change, and those of its texts that no other change has."""
        with self._database.transaction() as connection:
            delete_change(connection, self._database.tables, number)

    def changes(self, limit: int, offset: int = 0) -> list[ChangeSummary]:
        """Return changes without their texts, latest first; broken rows are left out."""
        table = self._database.tables.history
        query = select_raw(table, "id", "at", "who", "what", "why", "warned", "state").order_by(table.c.id.desc())
        return self._database.fetch(query.limit(limit).offset(offset), table, ChangeSummary)

    def change(self, number: int) -> Change | None:
        """Return one change with its texts. Raises JournalError where its row or one of its texts is damaged."""
        if not 0 < number <= MAX_NUMBER:
            return None
        tables = self._database.tables
        with self._database.transaction() as connection:
            query = select_raw(tables.history).where(tables.history.c.id == number)
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            try:
                values = {str(name): value for name, value in row.items()}
                return _decode(values, TextStore(connection, tables.texts))
            except BROKEN_ROW as error:
                raise JournalError(f"change {number} can't be shown: its row in the journal is damaged") from error


def delete_change(connection: "Connection", tables: "Tables", number: int) -> None:
    """Delete a change, and those of its texts that no other change has."""
    table = tables.history
    files = connection.scalar(select_raw(table, "files").where(table.c.id == number))
    connection.execute(table.delete().where(table.c.id == number))
    texts = TextStore(connection, tables.texts)
    # the later version first: it may be stored as a difference from the earlier one
    for digest in (digest for old, new in file_digests(files).values() for digest in (new, old) if digest):
        others = table.select().with_only_columns(table.c.id).where(table.c.files.contains(digest))
        if connection.execute(others.limit(1)).first() is None:
            texts.delete(digest)


def file_digests(files: str | bytes | None) -> dict[str, FileVersions]:
    """Return the digests of a change's files, by name; nothing where the column is damaged."""
    try:
        return convert(json.loads(files or "{}"), dict[str, FileVersions])
    except BROKEN_ROW:
        return {}


def _decode(row: Mapping[str, Any], texts: TextStore) -> Change:
    digests = convert(json.loads(row["files"]), dict[str, FileVersions])
    files = {name: (texts.find(old), texts.find(new)) for name, (old, new) in digests.items()}
    return convert({**row, "warnings": json.loads(row["warnings"]), "files": files}, Change, strict=False)
