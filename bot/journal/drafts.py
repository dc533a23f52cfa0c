"""How many drafts are kept: limited in number and in bytes, whoever wrote them; the oldest go first."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

MOST = 500
TEXT = 5_000_000
"""Characters of all drafts."""
MOST_ARCHIVES = 10
ARCHIVES = 30_000_000
"""Bytes of all archives that wait to be published."""


def make_room(connection: "Connection", table: "Table") -> None:
    """Delete the oldest drafts where there are too many, or where they are too large together; the latest stays."""
    from sqlalchemy import func

    c = table.c
    sizes = table.select().with_only_columns(c.key, func.length(c.data), func.length(c.archive))
    count = text = archives = size = 0
    gone = []
    for key, typed, packed in connection.execute(sizes.order_by(c.number.desc())).all():
        kept = count < MOST and text + typed <= TEXT
        kept = kept and (not packed or (archives < MOST_ARCHIVES and size + packed <= ARCHIVES))
        if count and not kept:
            gone.append(key)
            continue
        count, text, archives, size = count + 1, text + typed, archives + bool(packed), size + packed
    connection.execute(table.delete().where(c.key.in_(gone)))
