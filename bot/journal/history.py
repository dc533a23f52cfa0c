"""The history of the base: who changed what, when and why, with both versions of every file that changed.

Every function runs within a transaction of the journal's. A list of changes never reads their texts.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import MsgspecError, convert

from bot.errors import JournalError
from bot.journal.records import Change, Summary, Versions
from bot.journal.rows import Rows, raw
from bot.journal.texts import Packed, Texts, read

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.journal.tables import Tables


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


def summaries(connection: "Connection", tables: "Tables", rows: Rows, limit: int, offset: int = 0) -> list[Summary]:
    """Return changes without their texts, the latest first; rows that can't be read are left out."""
    table = tables.history
    wanted = raw(table, "id", "at", "who", "what", "why", "warned", "state").order_by(table.c.id.desc())
    return rows.read(table, connection.execute(wanted.limit(limit).offset(offset)), _summary)


def change(connection: "Connection", tables: "Tables", number: int) -> Change | None:
    """Return one change with its texts. Raises JournalError where its row or one of its texts is damaged."""
    row = connection.execute(raw(tables.history).where(tables.history.c.id == number)).mappings().first()
    if row is None:
        return None
    try:
        return _change({str(name): value for name, value in row.items()}, Texts(connection, tables.texts))
    except (MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise JournalError(f"change {number} can't be read: its row in the journal is broken") from error


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


def _summary(row: Mapping[str, Any]) -> Summary:
    return convert({**row, "number": row["id"]}, Summary, strict=False)


def _change(row: Mapping[str, Any], texts: Texts) -> Change:
    digests = convert(json.loads(row["files"]), dict[str, Versions])
    values = {**row, "number": row["id"], "warnings": json.loads(row["warnings"]), "files": read(texts, digests)}
    return convert(values, Change, strict=False)
