"""Counts by day: the outcomes of questions, and how members rated the answers. Never who asked or rated."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from bot.journal import engine
from bot.journal.database import Database
from bot.journal.records import FeedbackCount, OutcomeCount
from bot.journal.rows import select_raw

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table


class OutcomeCounts:
    """How questions came out, by day, entry and outcome. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, counts: Iterable[OutcomeCount]) -> None:
        """Add to the counts."""
        with self._database.transaction() as connection:
            # Sorted, or two processes that count the same rows could deadlock.
            for count in sorted(counts, key=lambda count: (count.day, count.entry, count.outcome)):
                key = {"day": count.day, "entry": count.entry, "outcome": count.outcome}
                _increment(connection, self._database.tables.asked, key, count.count)

    def all(self) -> list[OutcomeCount]:
        """Return all counts, oldest first."""
        table, c = self._database.tables.asked, self._database.tables.asked.c
        return self._database.fetch(select_raw(table).order_by(c.day, c.entry, c.outcome), table, OutcomeCount)

    def delete_before(self, day: date) -> int:
        """Delete the counts of days before `day`; return how many rows."""
        return _delete_before(self._database, self._database.tables.asked, day)


class Feedback:
    """How often the answer of an entry was rated helpful, and not. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: str, *, helpful: bool, day: date) -> None:
        """Count one rating of an entry."""
        with self._database.transaction() as connection:
            key = {"entry": entry, "verdict": "up" if helpful else "down", "day": day}
            _increment(connection, self._database.tables.feedback, key, 1)

    def totals(self, since: date = date.min) -> dict[str, tuple[int, int]]:
        """Return (helpful, not helpful) by entry, from a day on."""
        table = self._database.tables.feedback
        totals: dict[str, tuple[int, int]] = {}
        for count in self._database.fetch(select_raw(table).where(table.c.day >= since), table, FeedbackCount):
            up, down = totals.get(count.entry, (0, 0))
            is_up = count.verdict == "up"
            totals[count.entry] = (up + count.count, down) if is_up else (up, down + count.count)
        return totals

    def delete_before(self, day: date) -> int:
        """Delete the ratings of days before `day`; return how many rows."""
        return _delete_before(self._database, self._database.tables.feedback, day)


def _increment(connection: "Connection", table: "Table", key: Mapping[str, object], by: int) -> None:
    """Add to the count of the row with this key; insert it where there is none."""
    row = engine.insert(connection, table).values(**key, count=by)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_={"count": table.c.count + by}))


def _delete_before(database: Database, table: "Table", day: date) -> int:
    with database.transaction() as connection:
        return connection.execute(table.delete().where(table.c.day < day)).rowcount
