"""The history keeps each text once, as its difference from the one before it, where it kept two whole files a change."""

import hashlib
import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
DEEPEST = 64
SMALL = 4_000
"""Bytes up to which a difference is taken without comparing it with the whole text."""


def upgrade() -> None:
    """Takes every text over; a change at a time, since together they may be larger than the memory."""
    texts = op.create_table(
        "texts",
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("base", sa.String(32), nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("hunks", sa.LargeBinary, nullable=False),
    )
    op.create_index("texts_base", "texts", ["base"])
    op.add_column("history", sa.Column("warned", sa.Integer, nullable=False, server_default="0"))
    history = sa.table("history", *(sa.column(name) for name in ("id", "files", "warnings", "warned")))
    connection = op.get_bind()
    for number in connection.execute(sa.select(history.c.id).order_by(history.c.id)).scalars().all():
        row = connection.execute(history.select().where(history.c.id == number)).one()
        files = {}
        for name, (old, new) in json.loads(row.files).items():
            first = _keep(connection, texts, old, None)
            files[name] = [first, _keep(connection, texts, new, old)]
        values = {"files": json.dumps(files), "warned": len(json.loads(row.warnings))}
        connection.execute(history.update().where(history.c.id == number).values(values))


def _keep(connection: sa.Connection, texts: sa.Table, text: str | None, before: str | None) -> str | None:
    """Keeps a text, as a difference from the one before it where that is less; its digest."""
    if text is None:
        return None
    digest = _digest(text)
    if _depth(connection, texts, digest) is not None:
        return digest
    base, depth, packed = "", 0, b""
    under = None if before is None else _depth(connection, texts, _digest(before))
    if before is not None and under is not None and under < DEEPEST:
        base, depth, packed = _digest(before), under + 1, _packed(before, text)
    if not packed or len(packed) > SMALL:
        whole = _packed("", text)
        if not packed or len(whole) < len(packed):
            base, depth, packed = "", 0, whole
    connection.execute(texts.insert().values(digest=digest, base=base, depth=depth, hunks=packed))
    return digest


def _depth(connection: sa.Connection, texts: sa.Table, digest: str) -> int | None:
    found: int | None = connection.scalar(sa.select(texts.c.depth).where(texts.c.digest == digest))
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _packed(old: str, new: str) -> bytes:
    """The lines that differ, from the first to the last of them, in place of those of the old text: one hunk."""
    a, b = old.split("\n"), new.split("\n")
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    hunk = [start, len(a) - end, b[start : len(b) - end]]
    return zlib.compress(json.dumps([hunk], ensure_ascii=False).encode("utf-8", "surrogatepass"), 9)
