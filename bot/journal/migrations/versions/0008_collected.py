"""What is asked in a trial (`pilcrow chat --collect`), answered or not."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table of collected questions."""
    op.create_table(
        "collected",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("normalised", sa.String(500), nullable=False),
        sa.Column("entry", sa.String(60), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_seen", sa.Date, nullable=False),
        sa.Column("dismissed", sa.Boolean, nullable=False),
        sa.UniqueConstraint("normalised", "entry", "verdict"),
        sqlite_autoincrement=True,
    )
