"""The history of the base: who changed what, when and why, with both versions of every file that changed.

Every function runs within a transaction of the journal's. A list of changes never reads their texts.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from bot.journal.texts import Packed, Texts, Versions, read

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from bot.journal.tables import Tables

State = Literal["made", "under way", "not made"]


class Summary(Struct, frozen=True):
    """One change of the base without its texts. `warned`: how many warnings it was published in spite of."""

    number: int
    at: str
    """Date and time, UTC, to the minute: 2023-05-23 14:05."""
    who: str
    what: str
    why: str
    warned: int
    state: State = "made"
    """Not made: the process died before; the text is kept all the same."""

    @property
    def told(self) -> str:
        """The change in one line."""
        why = f" ({self.why})" if self.why else ""
        many = "a warning" if self.warned == 1 else f"{self.warned} warnings"
        spite = f", in spite of {many}" if self.warned else ""
        lost = "" if self.state == "made" else f"; {self.state}"
        return f"Change {self.number} by {self.who}: {self.what}{why}{spite}{lost}"


class Change(Struct, frozen=True):
    """One change of the base with its texts. `files`: each file's text before and after, None where it was not there."""

    number: int
    at: str
    who: str
    what: str
    why: str
    warnings: tuple[str, ...]
    """What it was published in spite of."""
    before: str
    after: str
    files: Mapping[str, Versions]
    state: State = "made"

    @property
    def summary(self) -> Summary:
        """The change without its texts."""
        return Summary(self.number, self.at, self.who, self.what, self.why, len(self.warnings), self.state)


def note(
    connection: "Connection",
    tables: "Tables",
    values: Mapping[str, object],
    warnings: Iterable[str],
    files: Mapping[str, Packed],
) -> int:
    """Write a change down and return its number; `values` are its other columns. Raises JournalError."""
    Texts(connection, tables.texts).keep(files.values())
    listed = list(warnings)
    row = tables.history.insert().values(
        **values,
        warnings=json.dumps(listed),
        warned=len(listed),
        files=json.dumps({name: packed.digests for name, packed in files.items()}),
    )
    return int((connection.execute(row).inserted_primary_key or (0,))[0])


def summaries(connection: "Connection", tables: "Tables", limit: int, offset: int = 0) -> list[Summary]:
    """Return changes without their texts, the latest first."""
    c = tables.history.c
    columns = (c.id, c.at, c.who, c.what, c.why, c.warned, c.state)
    wanted = tables.history.select().with_only_columns(*columns).order_by(c.id.desc())
    return [Summary(*row) for row in connection.execute(wanted.limit(limit).offset(offset))]


def change(connection: "Connection", tables: "Tables", number: int) -> Change | None:
    """Return one change with its texts. Raises JournalError where one of them is damaged."""
    row = connection.execute(tables.history.select().where(tables.history.c.id == number)).first()
    return _change(row, Texts(connection, tables.texts)) if row is not None else None


def withdraw(connection: "Connection", tables: "Tables", number: int) -> None:
    """Forget a change, and those of its texts that no other change has."""
    table = tables.history
    files = connection.scalar(table.select().with_only_columns(table.c.files).where(table.c.id == number))
    connection.execute(table.delete().where(table.c.id == number))
    texts = Texts(connection, tables.texts)
    digests = [digest for old, new in json.loads(files or "{}").values() for digest in (new, old) if digest]
    for digest in digests:  # the later version first, which rests on the earlier one
        others = table.select().with_only_columns(table.c.id).where(table.c.files.contains(digest))
        if connection.execute(others.limit(1)).first() is None:
            texts.drop(digest)


def _change(row: "Row[Any]", texts: Texts) -> Change:
    files = read(texts, json.loads(row.files))
    warnings = tuple(json.loads(row.warnings))
    return Change(row.id, row.at, row.who, row.what, row.why, warnings, row.before, row.after, files, row.state)
