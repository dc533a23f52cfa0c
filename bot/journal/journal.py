"""Everything that has to outlive a restart: the inbox, counts, the history and drafts. Never who asked.

SQLite by default, PostgreSQL by its address, where several processes may write at once. Everything here is synchronous and
may wait for a disk or a server: an event loop calls it through a thread.
"""

from collections.abc import Callable
from datetime import date
from time import monotonic

from bot.journal.collected import Collected
from bot.journal.counts import Feedback, OutcomeCounts
from bot.journal.database import Database
from bot.journal.drafts import Drafts
from bot.journal.history import History
from bot.journal.inbox import Inbox


class Journal:
    """The records of one bot, by what they are about, in one database."""

    def __init__(self, address: str, clock: Callable[[], float] = monotonic) -> None:
        self.database = Database(address, clock)
        self.inbox = Inbox(self.database)
        self.collected = Collected(self.database)
        self.outcomes = OutcomeCounts(self.database)
        self.feedback = Feedback(self.database)
        self.history = History(self.database)
        self.drafts = Drafts(self.database)

    def delete_before(self, questions: date, counts: date, drafts: date) -> int:
        """Delete what was last used before a day: questions, counts and ratings, drafts. Return how many rows."""
        return (
            self.inbox.delete_before(questions)
            + self.collected.delete_before(questions)
            + self.outcomes.delete_before(counts)
            + self.feedback.delete_before(counts)
            + self.drafts.delete_before(drafts)
        )

    def last_day(self) -> date | None:
        """Return the last day on which a question was counted or put in the inbox; None if there is none. Raise JournalError."""
        from sqlalchemy import func

        tables = self.database.tables
        with self.database.transaction() as connection:
            days = [
                connection.scalar(table.select().with_only_columns(func.max(day)))
                for table, day in ((tables.asked, tables.asked.c.day), (tables.inbox, tables.inbox.c.last_seen))
            ]
        return max(filter(None, days), default=None)

    def close(self) -> None:
        """Close the database."""
        self.database.close()
