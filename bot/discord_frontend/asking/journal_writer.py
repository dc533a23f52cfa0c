"""Writing to the journal in the background: never raises, and never makes an answer wait."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from bot.answering.reply import Reply
from bot.errors import JournalError
from bot.journal.journal import Journal
from bot.journal.records import InboxOutcome, OutcomeCount, Reason

MAX_PENDING = 100
"""Writes that may be waiting; further ones are dropped rather than piled up."""
SIGNS_OF_DAMAGE = ("malformed", "not a database")
"""Parts of SQLite's messages about a damaged file."""
log = logging.getLogger(__name__)


class JournalWriter:
    """Writes counts, unanswered questions and votes to the journal, one at a time."""

    def __init__(self, journal: Journal, today: Callable[[], date]) -> None:
        self._journal = journal
        self._today = today
        # A single thread of our own: memory that several threads allocate in turn is less often returned to the system.
        self._executor: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "journal")
        self._pending = 0
        self._failing: set[str] = set()
        """The kinds of writes that failed last time."""
        self.problem = ""
        """Why something can't be saved, '' if everything is."""
        self._counts: Counter[tuple[date, str, str]] = Counter()
        self._counting = False

    async def close(self) -> None:
        """Wait for the pending writes, and drop all later ones."""
        executor, self._executor = self._executor, None
        if executor is not None:
            await asyncio.to_thread(executor.shutdown)

    async def count_question(self, reply: Reply) -> None:
        """Count a question by its outcome. Those that come during a write go into the next one, so a burst makes few."""
        entry = reply.entry if reply.outcome == "answer" and reply.entry else ""
        self._counts[(self._today(), entry, reply.outcome)] += 1
        if self._counting:
            return
        self._counting = True
        try:
            while self._counts:
                counts = [OutcomeCount(*key, count) for key, count in self._counts.items()]
                self._counts.clear()
                await self._write("count", partial(self._journal.outcomes.add, counts))
        finally:
            self._counting = False

    async def record_unanswered(self, question: str, place: str, outcome: InboxOutcome) -> None:
        """Record a question for the moderators' inbox."""
        today = self._today()
        await self._write("question", lambda: self._journal.inbox.add(question, place, today, outcome))

    async def record_vote(self, entry: str, place: str, question: str, *, helpful: bool) -> None:
        """Record a vote on an entry and, if it did not help, the question, if known."""
        today = self._today()

        def write() -> None:
            self._journal.feedback.add(entry, helpful=helpful, day=today)
            if question and not helpful:
                self._journal.inbox.add(question, place, today, "not_helpful", entry)

        await self._write(
            "vote", write
        )  # both at once: a reason that is given in the next moment is written after them

    async def record_reason(self, entry: str, place: str, question: str, reason: Reason) -> None:
        """Record what somebody says is wrong with an answer."""
        today = self._today()
        await self._write("reason", lambda: self._journal.inbox.add_reason(question, place, today, entry, reason))

    async def last_day(self) -> date | None:
        """Return the last day on which something was recorded; None if nothing was, or if the journal can't be read."""
        days: list[date | None] = [None]
        await self._write("last day", lambda: days.append(self._journal.last_day()))
        return days[-1]

    async def delete_old(self, *, question_days: int, count_days: int, draft_days: int) -> None:
        """Delete unanswered questions, counts and drafts that are older than so many days."""
        today = self._today()
        before = [today - timedelta(days=days) for days in (question_days, count_days, draft_days)]
        await self._write("delete", lambda: self._journal.delete_before(*before))
        await self._write("erase", self._erase)

    def _erase(self) -> None:
        if not self._journal.database.erase_deleted():
            log.warning(
                "Deleted records are still in the database's -wal file, because another program is reading it; will retry"
            )

    async def _write(self, kind: str, work: Callable[[], object]) -> None:
        """Run a write after the earlier ones, so that a hanging journal blocks one thread and not all of them."""
        if self._pending >= MAX_PENDING:
            self._note_failure(kind, f"the journal is too slow: {MAX_PENDING} writes are waiting for it")
            return
        if self._executor is None:
            return
        self._pending += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, work)
        except JournalError as error:
            self._note_failure(kind, str(error))
        else:
            self._note_success(kind)
        finally:
            self._pending -= 1

    def _note_failure(self, kind: str, reason: str) -> None:
        """Log the first failure in a row."""
        if not self._failing:
            log.warning("Can't save questions and votes: %s", reason)
        self._failing.add(kind)
        self.problem = reason

    def _note_success(self, kind: str) -> None:
        """Log that everything works again; of a damaged database some tables may work while others never do."""
        if not self._failing:
            return
        self._failing.discard(kind)
        if not self._failing or not any(sign in self.problem for sign in SIGNS_OF_DAMAGE):
            self._failing.clear()
            self.problem = ""
            log.warning("Saving questions and votes works again")
