"""What has to outlive a restart: the inbox, counts of what was asked and what helped, the history. Never who asked.

SQLite by default, PostgreSQL by its address, where several processes may write at once (`bot.journal.database`). Everything here
is synchronous and may wait for a disk or a server: an event loop calls it through a thread. SQLAlchemy takes a while to
import, so that happens when the journal is first used.
"""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from bot.editing.drafts import Draft
from bot.errors import JournalError
from bot.journal import database, drafts, history
from bot.journal.records import Change, Count, Mark, Outcome, State, Summary, Unanswered, Verdict
from bot.journal.rows import Rows, raw
from bot.journal.texts import Packed
from bot.nlp.normalize import normalise
from bot.nlp.sanitize import sanitize

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

    from bot.journal.tables import Tables

__all__ = ["Change", "Count", "Journal", "Outcome", "State", "Summary", "Unanswered"]
TEXT = 500
"""Characters kept of a question."""
MOST = 10_000
"""Questions kept; the ones asked longest ago go first, so that nobody can fill the disk."""
REST = 5.0
"""Seconds in which a server that could not be reached is not tried again: whoever writes meanwhile need not wait for it."""
REFUSED = "the journal can't be used: what follows the ? in its address is nothing that its driver takes"
_PERSON = re.compile(r"<@!?\d+>|(?<!\d)\d{17,20}(?!\d)")


class Journal:
    """One database. Every method raises JournalError where it can't be opened, read or written; what has returned is kept."""

    def __init__(self, address: str, clock: Callable[[], float] = monotonic) -> None:
        self._address = address
        self._clock = clock
        self._rest: tuple[float, str] = (0.0, "")
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._rows = Rows()
        self._unerased = True
        """Whether deleted text may still be in SQLite's log: at the start of another process's, too."""

    def note_unanswered(self, text: str, where: str, now: date, outcome: Outcome = "abstain", entry: str = "") -> None:
        """Counts a question that had no answer, or one that did not help (`entry`).

        Where only its spelling differs from an earlier one it is the same; what was dismissed stays dismissed.
        """
        text = _clean(_PERSON.sub("@someone", " ".join(text.split())), TEXT)
        normalised = _same(text)
        if not normalised:
            return
        table = self._tables.inbox
        again = {"count": table.c.count + 1, "last_seen": now, "place": where, "outcome": outcome}
        with self._transaction() as connection:
            known = table.update().where(table.c.normalised == normalised, table.c.entry == entry)
            if connection.execute(known.values(again)).rowcount:
                return
            row = database.insert(connection, table).values(
                normalised=normalised,
                entry=entry,
                text=text,
                count=1,
                first_seen=now,
                last_seen=now,
                place=where,
                outcome=outcome,
                dismissed=False,
            )
            # Another process may have made the row just now.
            connection.execute(row.on_conflict_do_update(index_elements=["normalised", "entry"], set_=again))
            oldest = table.select().with_only_columns(table.c.id).order_by(table.c.last_seen.desc(), table.c.id.desc())
            connection.execute(table.delete().where(table.c.id.in_(oldest.offset(MOST))))

    def note_feedback(self, entry: str, *, helpful: bool, now: date) -> None:
        """Counts one verdict on an entry."""
        with self._transaction() as connection:
            key = {"entry": entry, "verdict": "up" if helpful else "down", "day": now}
            _count(connection, self._tables.feedback, key, 1)

    def note_asked(self, counts: Iterable[Count]) -> None:
        """Adds up how questions came out."""
        with self._transaction() as connection:
            # Always in the same order: two processes that count the same rows would wait for each other otherwise.
            for one in sorted(counts, key=lambda one: (one.day, one.entry, one.outcome)):
                key = {"day": one.day, "entry": one.entry, "outcome": one.outcome}
                _count(connection, self._tables.asked, key, one.count)

    def asked(self) -> list[Count]:
        """How questions came out, by day, entry and outcome, the oldest first."""
        table, c = self._tables.asked, self._tables.asked.c
        with self._transaction() as connection:
            rows = connection.execute(raw(table).order_by(c.day, c.entry, c.outcome))
            return self._rows.read(table, rows, Count)

    def unanswered(self, limit: int) -> list[Unanswered]:
        """The questions that want an answer and were not dismissed, the most frequent first, then the latest."""
        table, c = self._tables.inbox, self._tables.inbox.c
        wanted = raw(table).where(~c.dismissed).order_by(c.count.desc(), c.last_seen.desc(), c.id)
        with self._transaction() as connection:
            return self._rows.read(table, connection.execute(wanted.limit(limit)), Unanswered)

    def dismiss(self, ids: Iterable[int]) -> int:
        """Takes questions off the inbox for good: asked again, they stay off. Returns how many."""
        table = self._tables.inbox
        with self._transaction() as connection:
            wanted = table.update().where(table.c.id.in_(list(ids)), ~table.c.dismissed)
            return connection.execute(wanted.values(dismissed=True)).rowcount

    def answered(self, ids: Iterable[int]) -> int:
        """Deletes questions that have an answer now; without one they may come back. Returns how many."""
        table = self._tables.inbox
        with self._transaction() as connection:
            return connection.execute(table.delete().where(table.c.id.in_(list(ids)))).rowcount

    def feedback(self, since: date = date.min) -> dict[str, tuple[int, int]]:
        """How often each entry was found helpful, and not, from a day on."""
        table = self._tables.feedback
        found: dict[str, tuple[int, int]] = {}
        with self._transaction() as connection:
            for one in self._rows.read(table, connection.execute(raw(table).where(table.c.day >= since)), Verdict):
                up, down = found.get(one.entry, (0, 0))
                found[one.entry] = (up + one.count, down) if one.verdict == "up" else (up, down + one.count)
        return found

    def note_change(self, change: Change, mark: str = "") -> int:
        """Keeps one change of the base; its number (that of `change` does not count).

        `mark`: by which the base will know that a change under way was made, see `settle`.
        """
        files = {name: Packed.of(versions) for name, versions in change.files.items()}
        values = {
            "at": change.at,
            "who": _clean(change.who, 100),
            "what": _clean(change.what, 200),
            "why": _clean(change.why, 500),
            "before": change.before,
            "after": change.after,
            "state": change.state,
            "mark": mark,
        }
        with self._transaction() as connection:
            return history.note(connection, self._tables, values, change.warnings, files)

    def under_way(self) -> dict[int, str]:
        """The changes of which it is not known whether they were made: number and mark."""
        table = self._tables.history
        with self._transaction() as connection:
            rows = connection.execute(raw(table).where(table.c.state == "under way"))
            return {one.id: one.mark for one in self._rows.read(table, rows, Mark)}

    def settle(self, number: int, state: State) -> None:
        """Notes whether a change that was under way was made."""
        table = self._tables.history
        with self._transaction() as connection:
            connection.execute(table.update().where(table.c.id == number).values(state=state))

    def withdraw(self, number: int) -> None:
        """Forgets a change that was refused before anything was made of it."""
        with self._transaction() as connection:
            history.withdraw(connection, self._tables, number)

    def changes(self, limit: int, offset: int = 0) -> list[Summary]:
        """The changes of the base without their texts, the latest first."""
        with self._transaction() as connection:
            return history.summaries(connection, self._tables, self._rows, limit, offset)

    def change(self, number: int) -> Change | None:
        """One change of the base with its texts."""
        with self._transaction() as connection:
            return history.change(connection, self._tables, number)

    def forget_older_than(self, day: date, counts: date | None = None) -> int:
        """Deletes the questions last asked before `day`, and the counts of days before `counts`; how many rows."""
        tables = self._tables
        with self._transaction() as connection:
            gone = connection.execute(tables.inbox.delete().where(tables.inbox.c.last_seen < day)).rowcount
            for table in (tables.asked, tables.feedback) if counts else ():
                gone += connection.execute(table.delete().where(table.c.day < counts)).rowcount
            return gone

    @contextmanager
    def opened(self) -> Iterator[tuple["Connection", "Tables"]]:
        """Open a transaction over all tables, for what concerns the database as a whole (see `bot.journal.data_requests`).

        Text that is deleted or replaced in it is erased from the files, too.
        """
        with self._transaction() as connection:
            self._unerased = True
            yield connection, self._tables

    def erase(self) -> bool:
        """Make sure that what was deleted is in none of the database's files any more; SQLite has a log beside it.

        Waits up to database.PATIENCE seconds for another program that is reading. Returns False where it still can't be
        done; it is then tried again after each transaction.
        """
        from sqlalchemy.exc import SQLAlchemyError

        with self._lock:
            try:
                with self._connect() as connection:
                    self._unerased = not database.empty_log(connection, database.PATIENCE)
            except (SQLAlchemyError, OSError) as error:
                raise JournalError(f"the journal can't be used: {database.cause(error)}") from error
            return not self._unerased

    def keep_draft(self, draft: Draft, now: date, *, waiting: bool, replaces: str = "") -> None:
        """Keeps a draft; `waiting`: somebody wrote it and has not published it; the one it `replaces` waits no more."""
        from sqlalchemy import func

        table = self._tables.drafts
        with self._transaction() as connection:
            connection.execute(table.update().where(table.c.key == replaces).values(waiting=False))
            number = connection.scalar(table.select().with_only_columns(func.coalesce(func.max(table.c.number), 0) + 1))
            row = {"key": draft.key, "waiting": waiting, "day": now, "number": number}
            connection.execute(table.insert().values(**row, data=draft.data(), archive=draft.archive))
            drafts.make_room(connection, table)

    def draft(self, key: str) -> Draft | None:
        """The draft with this key, without its archive, which is large."""
        table = self._tables.drafts
        with self._transaction() as connection:
            rows = connection.execute(raw(table, "key", "data").where(table.c.key == key))
            return next(iter(self._rows.read(table, rows, _draft)), None)

    def archive(self, key: str) -> bytes:
        """The archive of a draft; nothing where it has none, or is no longer there."""
        c = self._tables.drafts.c
        wanted = self._tables.drafts.select().with_only_columns(c.archive).where(c.key == key)
        with self._transaction() as connection:
            return bytes(connection.scalar(wanted) or b"")

    def drafts(self, limit: int) -> list[Draft]:
        """What was written and not published, the latest first; without their archives, which are large."""
        table, c = self._tables.drafts, self._tables.drafts.c
        wanted = raw(table, "key", "data").where(c.waiting).order_by(c.number.desc()).limit(limit)
        with self._transaction() as connection:
            return self._rows.read(table, connection.execute(wanted), _draft)

    def drop_draft(self, key: str) -> None:
        """Forgets a draft that was published or discarded."""
        with self._transaction() as connection:
            connection.execute(self._tables.drafts.delete().where(self._tables.drafts.c.key == key))

    def forget_drafts(self, day: date) -> int:
        """Deletes the drafts from before `day`; returns how many."""
        table = self._tables.drafts
        with self._transaction() as connection:
            return connection.execute(table.delete().where(table.c.day < day)).rowcount

    def close(self) -> None:
        """Lets go of the database; a journal that was never used has nothing to let go of."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @cached_property
    def _tables(self) -> "Tables":
        from bot.journal.tables import Tables

        return Tables()

    @contextmanager
    def _transaction(self) -> Iterator["Connection"]:
        """A transaction, one at a time in this process."""
        from sqlalchemy.exc import SQLAlchemyError

        with self._lock:
            try:
                with self._connect() as connection:
                    with connection.begin():
                        yield connection
                    if self._unerased or database.has_deleted(connection):
                        self._unerased = not database.empty_log(connection)
            except (SQLAlchemyError, OSError) as error:
                raise JournalError(f"the journal can't be used: {database.cause(error)}") from error

    def _connect(self) -> "Connection":
        """A connection, unless the server could not be reached a moment ago."""
        from sqlalchemy.exc import OperationalError

        until, why = self._rest
        if self._clock() < until:
            raise JournalError(why)
        try:
            if self._engine is None:
                self._engine = database.open_database(self._address)
            return self._engine.connect()
        except (ValueError, TypeError) as error:
            raise JournalError(REFUSED) from error
        except OperationalError as error:
            if self._address.startswith("postgresql"):
                self._rest = (self._clock() + REST, f"the journal can't be used: {database.cause(error)}")
            raise


def _clean(text: str, most: int) -> str:
    """Return what is kept of a text: nothing hidden, which also no database would take in part, and at most so many."""
    return sanitize(text[:most])


def _same(text: str) -> str:
    """What two questions share that differ in case, accents, spaces and marks only."""
    return " ".join(re.findall(r"\w+", normalise(text)))[:TEXT]


def _count(connection: "Connection", table: "Table", key: Mapping[str, object], more: int) -> None:
    """Adds to the count of one row, and makes the row where there is none."""
    row = database.insert(connection, table).values(**key, count=more)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_={"count": table.c.count + more}))


def _draft(row: Mapping[str, object]) -> Draft:
    return Draft.of(row["key"], row["data"], row.get("archive", b""))
