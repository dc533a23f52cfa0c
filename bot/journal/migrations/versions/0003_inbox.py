"""An inbox that also holds questions whose answer did not help, and dismissed ones; counts of outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
COPIED = ("normalised", "text", "count", "first_seen", "last_seen", "place", "outcome")


def upgrade() -> None:
    """Move the unanswered questions to the inbox, and create the counts."""
    inbox = op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("normalised", sa.String(500), nullable=False),
        sa.Column("entry", sa.String(60), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_seen", sa.Date, nullable=False),
        sa.Column("last_seen", sa.Date, nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("dismissed", sa.Boolean, nullable=False),
        sa.UniqueConstraint("normalised", "entry"),
        sqlite_autoincrement=True,
    )
    old = sa.table("unanswered", *(sa.column(name) for name in COPIED))
    rows = sa.select(*(old.c[name] for name in COPIED), sa.literal(""), sa.false())
    op.execute(inbox.insert().from_select([*COPIED, "entry", "dismissed"], rows))
    op.drop_table("unanswered")
    op.create_table(
        "asked",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("entry", sa.String(60), primary_key=True),
        sa.Column("outcome", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.add_column("history", sa.Column("state", sa.String(10), nullable=False, server_default="made"))
    op.add_column("history", sa.Column("mark", sa.String(32), nullable=False, server_default=""))
