"""The inbox: questions that had no answer, or one that did not help. Never who asked them."""

import re
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from bot.journal import engine
from bot.journal.database import Database
from bot.journal.records import MAX_QUESTION, InboxOutcome, InboxQuestion, Reason
from bot.journal.rows import select_raw
from bot.nlp.normalize import normalize
from bot.nlp.sanitize import sanitize

if TYPE_CHECKING:
    from sqlalchemy import Connection

MAX_QUESTIONS = 10_000
"""Questions kept; beyond that the rarest are deleted, of those the ones asked longest ago.

So nobody can fill the disk, and many questions that are asked once do not displace those that many people ask.
"""
_PERSON_ID = re.compile(r"<@!?0+>|0(?:(?:[^\w\s]|_){0,4}0){16,}")
"""A mention, or as many digits as an id has, in a text with 0 for every digit; signs between the digits hide nothing."""


class Inbox:
    """The inbox of one database. Every method raises JournalError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, text: str, place: str, day: date, outcome: InboxOutcome = "abstain", entry: str = "") -> None:
        """Count a question that had no answer, or whose answer from `entry` did not help.

        Questions that differ only in case, accents, spaces and punctuation are one. A dismissed one stays dismissed.
        """
        text = cleaned(text)
        words = normalised(text)
        if not words:
            return
        table = self._database.tables.inbox
        update = {"count": table.c.count + 1, "last_seen": day, "place": place, "outcome": outcome}
        with self._database.transaction() as connection:
            self._delete_settled(connection, words, entry)
            same = table.update().where(table.c.normalised == words, table.c.entry == entry)
            if connection.execute(same.values(update)).rowcount:
                return
            row = engine.insert(connection, table).values(
                normalised=words,
                entry=entry,
                text=text,
                count=1,
                first_seen=day,
                last_seen=day,
                place=place,
                outcome=outcome,
                dismissed=False,
            )
            # Another process may have inserted the row just now.
            connection.execute(row.on_conflict_do_update(index_elements=["normalised", "entry"], set_=update))
            c = table.c
            kept_first = (
                table.select()
                .with_only_columns(c.id)
                .order_by(c.settled_by != 0, c.count.desc(), c.last_seen.desc(), c.id.desc())
            )
            connection.execute(table.delete().where(c.id.in_(kept_first.offset(MAX_QUESTIONS))))

    def add_reason(self, text: str, place: str, day: date, entry: str, reason: Reason) -> None:
        """Count what somebody says is wrong with the answer from `entry`, with the question that it did not help with."""
        if not self._count_reason(text, entry, reason):
            self.add(text, place, day, "not_helpful", entry)
            self._count_reason(text, entry, reason)

    def _count_reason(self, text: str, entry: str, reason: Reason) -> bool:
        """Count a reason; return whether the question is there."""
        table = self._database.tables.inbox
        words = normalised(cleaned(text))
        same = table.update().where(table.c.normalised == words, table.c.entry == entry)
        with self._database.transaction() as connection:
            self._delete_settled(connection, words, entry)
            return bool(connection.execute(same.values({reason: table.c[reason] + 1})).rowcount)

    def questions(self, limit: int) -> list[InboxQuestion]:
        """Return the questions that want an answer, most frequent first, then latest first: none that is dismissed or settled."""
        table, c = self._database.tables.inbox, self._database.tables.inbox.c
        query = (
            select_raw(table).where(~c.dismissed, c.settled_by == 0).order_by(c.count.desc(), c.last_seen.desc(), c.id)
        )
        return self._database.fetch(query.limit(limit), table, InboxQuestion)

    def dismiss(self, ids: Iterable[int]) -> int:
        """Hide questions, even if they are asked again, until they are restored; return how many."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            rows = table.update().where(table.c.id.in_(list(ids)), ~table.c.dismissed)
            return connection.execute(rows.values(dismissed=True)).rowcount

    def dismissed(self, limit: int) -> list[InboxQuestion]:
        """Return the dismissed questions, those asked last first."""
        table, c = self._database.tables.inbox, self._database.tables.inbox.c
        query = select_raw(table).where(c.dismissed, c.settled_by == 0).order_by(c.last_seen.desc(), c.id.desc())
        return self._database.fetch(query.limit(limit), table, InboxQuestion)

    def restore(self, ids: Iterable[int]) -> int:
        """Show dismissed questions again; return how many."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            rows = table.update().where(table.c.id.in_(list(ids)), table.c.dismissed)
            return connection.execute(rows.values(dismissed=False)).rowcount

    def settle(self, ids: Iterable[int], change: int) -> int:
        """Hide questions that a change answers; return how many. Asked again without success, they come back as new."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            return connection.execute(
                table.update().where(table.c.id.in_(list(ids))).values(settled_by=change)
            ).rowcount

    def reopen(self, change: int) -> int:
        """Show the questions again that a change answered, since it is undone; return how many."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            rows = table.update().where(table.c.settled_by == change, table.c.settled_by != 0)
            return connection.execute(rows.values(settled_by=0)).rowcount

    def _delete_settled(self, connection: "Connection", words: str, entry: str) -> None:
        """Delete a question that was settled and is asked in vain again: it is counted anew."""
        table = self._database.tables.inbox
        same = (table.c.normalised == words, table.c.entry == entry, table.c.settled_by != 0)
        connection.execute(table.delete().where(*same))

    def delete(self, ids: Iterable[int]) -> int:
        """Delete questions; return how many."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            return connection.execute(table.delete().where(table.c.id.in_(list(ids)))).rowcount

    def delete_before(self, day: date) -> int:
        """Delete the questions last asked before `day`; return how many."""
        table = self._database.tables.inbox
        with self._database.transaction() as connection:
            return connection.execute(table.delete().where(table.c.last_seen < day)).rowcount


def cleaned(text: str) -> str:
    """Return a question as it is kept."""
    return _mask_ids(" ".join(sanitize(text).split()))[:MAX_QUESTION]


def normalised(cleaned: str) -> str:
    """Return what questions have in common that differ only in case, accents, spaces and punctuation."""
    return " ".join(re.findall(r"\w+", normalize(cleaned)))[:MAX_QUESTION]


def _mask_ids(text: str) -> str:
    """Return a text without the ids of people; `sanitize` it first, since hidden characters may stand between digits."""
    digits = "".join("0" if character.isdigit() else character for character in text)
    for match in reversed(list(_PERSON_ID.finditer(digits))):
        text = f"{text[: match.start()]}@someone{text[match.end() :]}"
    return text
