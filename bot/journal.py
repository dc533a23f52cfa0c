"""What has to outlive a restart: the inbox, counts of what was asked and what helped, the history. Never who asked.

SQLite by default, another database by its address. Everything here is synchronous and may wait for a disk: an event loop
calls it through a thread. SQLAlchemy takes a while to import, so that happens when the journal is first used.
"""

import json
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import JournalError
from bot.language.text import normalise

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Engine, Row, Table

    from bot.tables import Tables

Outcome = Literal["abstain", "none_of_these", "not_helpful"]
TEXT = 500
"""Characters kept of a question."""
MOST = 10_000
"""Questions kept; the ones asked longest ago go first, so that nobody can fill the disk."""
_PERSON = re.compile(r"<@!?\d+>|(?<!\d)\d{17,20}(?!\d)")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that still wants an answer: its text, how often it came, when, and where it last came from."""

    text: str
    count: int
    first_seen: date
    last_seen: date
    place: str
    """A server's id, or 'dm'."""
    outcome: str
    entry: str = ""
    """The entry that it was answered with and that did not help; nothing where there was no answer."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How often questions had one outcome on one day: answer (then with the entry), clarify or abstain."""

    day: date
    entry: str
    outcome: str
    count: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the base. `files`: each file's text before and after, None where it was not there."""

    number: int
    at: str
    """Date and time, UTC, to the minute: 2023-05-23 14:05."""
    who: str
    what: str
    why: str
    warnings: tuple[str, ...]
    """What it was published in spite of."""
    before: str
    after: str
    files: Mapping[str, tuple[str | None, str | None]]


class Journal:
    """One database. Every method raises JournalError where it can't be opened, read or written."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def note_unanswered(self, text: str, where: str, now: date, outcome: Outcome = "abstain", entry: str = "") -> None:
        """Counts a question that had no answer, or one that did not help (`entry`).

        Where only its spelling differs from an earlier one it is the same; what was dismissed stays dismissed.
        """
        text = _PERSON.sub("@someone", " ".join(text.replace("\x00", " ").split()))[:TEXT]
        normalised = _same(text)
        if not normalised:
            return
        table = self._tables.inbox
        with self._transaction() as connection:
            known = table.update().where(table.c.normalised == normalised, table.c.entry == entry)
            changed = known.values(count=table.c.count + 1, last_seen=now, place=where, outcome=outcome)
            if connection.execute(changed).rowcount:
                return
            connection.execute(
                table.insert().values(
                    normalised=normalised,
                    entry=entry,
                    text=text.encode("utf-8", "replace").decode(),
                    count=1,
                    first_seen=now,
                    last_seen=now,
                    place=where,
                    outcome=outcome,
                    dismissed=False,
                )
            )
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
            for one in counts:
                key = {"day": one.day, "entry": one.entry, "outcome": one.outcome}
                _count(connection, self._tables.asked, key, one.count)

    def asked(self) -> list[Count]:
        """How questions came out, by day, entry and outcome, the oldest first."""
        c = self._tables.asked.c
        with self._transaction() as connection:
            rows = connection.execute(self._tables.asked.select().order_by(c.day, c.entry, c.outcome))
            return [Count(*row) for row in rows]

    def unanswered(self, limit: int) -> list[Unanswered]:
        """The questions that want an answer and were not dismissed, the most frequent first, then the latest."""
        c = self._tables.inbox.c
        columns = (c.text, c.count, c.first_seen, c.last_seen, c.place, c.outcome, c.entry, c.id)
        wanted = self._tables.inbox.select().with_only_columns(*columns).where(~c.dismissed)
        with self._transaction() as connection:
            rows = connection.execute(wanted.order_by(c.count.desc(), c.last_seen.desc(), c.id).limit(limit))
            return [Unanswered(**row) for row in rows.mappings()]

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

    def feedback(self) -> dict[str, tuple[int, int]]:
        """How often each entry was found helpful, and not."""
        found: dict[str, tuple[int, int]] = {}
        with self._transaction() as connection:
            for entry, verdict, _, count in connection.execute(self._tables.feedback.select()):
                up, down = found.get(entry, (0, 0))
                found[entry] = (up + count, down) if verdict == "up" else (up, down + count)
        return found

    def note_change(self, change: Change) -> int:
        """Keeps one change of the base; its number (that of `change` does not count)."""
        table = self._tables.history
        with self._transaction() as connection:
            row = table.insert().values(
                at=change.at,
                who=change.who[:100],
                what=change.what[:200],
                why=change.why[:500],
                warnings=json.dumps(change.warnings),
                before=change.before,
                after=change.after,
                files=json.dumps(change.files),
            )
            return int((connection.execute(row).inserted_primary_key or (0,))[0])

    def changes(self, limit: int) -> list[Change]:
        """The changes of the base, the latest first."""
        table = self._tables.history
        with self._transaction() as connection:
            rows = connection.execute(table.select().order_by(table.c.id.desc()).limit(limit))
            return [_change(row) for row in rows]

    def change(self, number: int) -> Change | None:
        """One change of the base."""
        table = self._tables.history
        with self._transaction() as connection:
            row = connection.execute(table.select().where(table.c.id == number)).first()
            return _change(row) if row is not None else None

    def forget_older_than(self, day: date, counts: date | None = None) -> int:
        """Deletes the questions last asked before `day`, and the counts of days before `counts`; how many rows."""
        tables = self._tables
        with self._transaction() as connection:
            gone = connection.execute(tables.inbox.delete().where(tables.inbox.c.last_seen < day)).rowcount
            for table in (tables.asked, tables.feedback) if counts else ():
                gone += connection.execute(table.delete().where(table.c.day < counts)).rowcount
            return gone

    def close(self) -> None:
        """Lets go of the database; a journal that was never used has nothing to let go of."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @cached_property
    def _tables(self) -> "Tables":
        from bot.tables import Tables

        return Tables()

    @contextmanager
    def _transaction(self) -> Iterator["Connection"]:
        """A transaction, one at a time: SQLite has one writer, and counting up is read and write."""
        from sqlalchemy.exc import SQLAlchemyError

        with self._lock:
            try:
                if self._engine is None:
                    self._engine = self._open()
                with self._engine.begin() as connection:
                    yield connection
            except (SQLAlchemyError, OSError) as error:
                raise JournalError(f"the journal can't be used: {_cause(error)}") from error

    def _open(self) -> "Engine":
        """The database with its tables, made where they are missing."""
        from sqlalchemy import create_engine, event, make_url

        url = make_url(self._address)
        file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
        if file is not None and url.database not in (None, "", ":memory:"):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made here, so that at no time anybody else can read it; SQLite's own side files take its mode.
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            file.chmod(0o600)
        try:
            engine = create_engine(url, hide_parameters=True)  # parameters are what people typed
        except ImportError as error:
            raise JournalError(f"the journal's database needs a driver: pip install {error.name}") from error
        if file is not None:
            event.listen(engine, "connect", _prepare_sqlite)
        _upgrade(engine)
        return engine


def _same(text: str) -> str:
    """What two questions share that differ in case, accents, spaces and marks only."""
    return " ".join(re.findall(r"\w+", normalise(text)))[:TEXT]


def _count(connection: "Connection", table: "Table", key: Mapping[str, object], more: int) -> None:
    """Adds to the count of one row, and makes the row where there is none."""
    same: list[ColumnElement[bool]] = [table.c[name] == value for name, value in key.items()]
    if not connection.execute(table.update().where(*same).values(count=table.c.count + more)).rowcount:
        connection.execute(table.insert().values(**key, count=more))


def _change(row: "Row[Any]") -> Change:
    files = {name: (old, new) for name, (old, new) in json.loads(row.files).items()}
    warnings = tuple(json.loads(row.warnings))
    return Change(row.id, row.at, row.who, row.what, row.why, warnings, row.before, row.after, files)


def _upgrade(engine: "Engine") -> None:
    """Brings the tables to what this program needs, whatever version of it made them."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(files("bot").joinpath("migrations")).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise JournalError(f"the journal was made by a newer version of this program: {error}") from error


def _prepare_sqlite(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _cause(error: Exception) -> str:
    """What the database itself said: the rest of SQLAlchemy's text is SQL and an address."""
    cause = getattr(error, "orig", None) or error
    return (str(cause) or type(cause).__name__).splitlines()[0]
