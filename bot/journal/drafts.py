"""Drafts: what moderators have written and not published, kept so that no edit is lost; the oldest go where it is too much."""

from datetime import date
from typing import TYPE_CHECKING

from bot.journal.database import Database
from bot.journal.records import Draft
from bot.journal.rows import delete_rows, select_raw

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

MAX_DRAFTS = 500
MAX_TEXT = 5_000_000
"""Characters of all drafts together."""
MAX_ARCHIVES = 10
MAX_ARCHIVE_BYTES = 30_000_000
"""Bytes of all archives together."""


class Drafts:
    """The drafts of one database. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft: Draft, day: date, *, pending: bool, replaces: str = "") -> None:
        """Save a draft; `pending`: list it as unpublished text; `replaces`: the key of a draft that is no longer pending."""
        from sqlalchemy import func

        table = self._database.tables.drafts
        with self._database.transaction() as connection:
            connection.execute(table.update().where(table.c.key == replaces).values(waiting=False))
            number = connection.scalar(table.select().with_only_columns(func.coalesce(func.max(table.c.number), 0) + 1))
            row = {"key": draft.key, "waiting": pending, "day": day, "number": number}
            connection.execute(table.insert().values(**row, data=draft.to_json(), archive=draft.archive))
            _delete_oldest(connection, table)

    def get(self, key: str) -> Draft | None:
        """Return the draft with this key, without its archive, which may be large; None where there is none."""
        table = self._database.tables.drafts
        query = select_raw(table, "key", "data").where(table.c.key == key)
        return next(iter(self._database.fetch(query, table, Draft.from_row)), None)

    def archive(self, key: str) -> bytes:
        """Return the archive of a draft; empty where it has none, or is deleted."""
        c = self._database.tables.drafts.c
        query = self._database.tables.drafts.select().with_only_columns(c.archive).where(c.key == key)
        with self._database.transaction() as connection:
            return bytes(connection.scalar(query) or b"")

    def pending(self, limit: int) -> list[Draft]:
        """Return the drafts that are neither published nor replaced, latest first, without their archives."""
        table, c = self._database.tables.drafts, self._database.tables.drafts.c
        query = select_raw(table, "key", "data").where(c.waiting).order_by(c.number.desc()).limit(limit)
        return self._database.fetch(query, table, Draft.from_row)

    def delete(self, key: str) -> None:
        """Delete a draft that was published or discarded."""
        with self._database.transaction() as connection:
            table = self._database.tables.drafts
            connection.execute(table.delete().where(table.c.key == key))

    def delete_before(self, day: date) -> int:
        """Delete the drafts from before `day`; return how many."""
        table = self._database.tables.drafts
        with self._database.transaction() as connection:
            return connection.execute(table.delete().where(table.c.day < day)).rowcount


def _delete_oldest(connection: "Connection", table: "Table") -> None:
    """Delete the oldest drafts where there are too many, or where they are too large together; the latest stays."""
    from sqlalchemy import func

    c = table.c
    sizes = select_raw(table, "key").add_columns(func.length(c.data), func.length(c.archive))
    drafts = text = archives = archive_bytes = 0
    too_many = []
    for key, characters, size in connection.execute(sizes.order_by(c.number.desc())).all():
        fits = drafts < MAX_DRAFTS and text + characters <= MAX_TEXT
        fits = fits and (not size or (archives < MAX_ARCHIVES and archive_bytes + size <= MAX_ARCHIVE_BYTES))
        if drafts and not fits:
            too_many.append(key)
            continue
        drafts, text = drafts + 1, text + characters
        archives, archive_bytes = archives + bool(size), archive_bytes + size
    delete_rows(connection, table, too_many)
