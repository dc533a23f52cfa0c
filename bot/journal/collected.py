"""What is asked in a trial, with the entry that answered and what the person said of it. Never who asked."""

from collections.abc import Iterable
from datetime import date

from bot.journal import engine
from bot.journal.database import Database
from bot.journal.inbox import MAX_QUESTIONS, cleaned, normalised
from bot.journal.records import CollectedQuestion, Verdict
from bot.journal.rows import select_raw


class Collected:
    """The collected questions of one database, as many as the inbox keeps. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, text: str, day: date, entry: str = "", verdict: Verdict = "none") -> None:
        """Count a question by the entry that answered it (empty: none) and what was said of that.

        Questions that differ only in case, accents, spaces and punctuation are one. A dismissed one stays dismissed.
        """
        text = cleaned(text)
        words = normalised(text)
        if not words:
            return
        table, c = self._database.tables.collected, self._database.tables.collected.c
        values = {"normalised": words, "entry": entry, "verdict": verdict, "text": text, "last_seen": day}
        again = {"count": c.count + 1, "last_seen": day}
        with self._database.transaction() as connection:
            row = engine.insert(connection, table).values(**values, count=1, dismissed=False)
            connection.execute(row.on_conflict_do_update(index_elements=["normalised", "entry", "verdict"], set_=again))
            kept_first = table.select().with_only_columns(c.id).order_by(c.last_seen.desc(), c.id.desc())
            connection.execute(table.delete().where(c.id.in_(kept_first.offset(MAX_QUESTIONS))))

    def questions(self, limit: int) -> list[CollectedQuestion]:
        """Return the questions that were not dismissed, most frequent first, then latest first."""
        table, c = self._database.tables.collected, self._database.tables.collected.c
        query = select_raw(table).where(~c.dismissed).order_by(c.count.desc(), c.last_seen.desc(), c.id)
        return self._database.fetch(query.limit(limit), table, CollectedQuestion)

    def dismiss(self, ids: Iterable[int]) -> int:
        """Hide questions for good, even if they are asked again; return how many."""
        table, c = self._database.tables.collected, self._database.tables.collected.c
        with self._database.transaction() as connection:
            rows = table.update().where(c.id.in_(list(ids)), ~c.dismissed)
            return connection.execute(rows.values(dismissed=True)).rowcount

    def delete(self, ids: Iterable[int]) -> int:
        """Delete questions that are phrasings now; return how many."""
        table = self._database.tables.collected
        with self._database.transaction() as connection:
            return connection.execute(table.delete().where(table.c.id.in_(list(ids)))).rowcount

    def delete_before(self, day: date) -> int:
        """Delete the questions last asked before `day`; return how many."""
        table = self._database.tables.collected
        with self._database.transaction() as connection:
            return connection.execute(table.delete().where(table.c.last_seen < day)).rowcount
