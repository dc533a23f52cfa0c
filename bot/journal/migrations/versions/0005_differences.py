"""Each text of the history once, as its difference from the one before, instead of two whole files for each change."""

import hashlib
import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
MAX_DEPTH = 64
SMALL = 4_000
"""Bytes up to which a difference is stored without comparing its size with that of the whole text."""


def upgrade() -> None:
    """Convert every text, one change at a time, since together they may not fit into memory."""
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
            old_digest = _store(connection, texts, old, None)
            files[name] = [old_digest, _store(connection, texts, new, old)]
        values = {"files": json.dumps(files), "warned": len(json.loads(row.warnings))}
        connection.execute(history.update().where(history.c.id == number).values(values))


def _store(connection: sa.Connection, texts: sa.Table, text: str | None, before: str | None) -> str | None:
    """Store a text, as a difference from the one before it where that is smaller; return its digest."""
    if text is None:
        return None
    digest = _digest(text)
    if _depth(connection, texts, digest) is not None:
        return digest
    base, depth, packed = "", 0, b""
    base_depth = None if before is None else _depth(connection, texts, _digest(before))
    if before is not None and base_depth is not None and base_depth < MAX_DEPTH:
        base, depth, packed = _digest(before), base_depth + 1, _pack(before, text)
    if not packed or len(packed) > SMALL:
        whole = _pack("", text)
        if not packed or len(whole) < len(packed):
            base, depth, packed = "", 0, whole
    connection.execute(texts.insert().values(digest=digest, base=base, depth=depth, hunks=packed))
    return digest


def _depth(connection: sa.Connection, texts: sa.Table, digest: str) -> int | None:
    depth: int | None = connection.scalar(sa.select(texts.c.depth).where(texts.c.digest == digest))
    return depth


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _pack(old: str, new: str) -> bytes:
    """Return one hunk from the first to the last line that differs, compressed."""
    a, b = old.split("\n"), new.split("\n")
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    hunk = [start, len(a) - end, b[start : len(b) - end]]
    return zlib.compress(json.dumps([hunk], ensure_ascii=False).encode("utf-8", "surrogatepass"), 9)
