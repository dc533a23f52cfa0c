"""Drafts of moderators."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "drafts",
        sa.Column("key", sa.String(20), primary_key=True),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("archive", sa.LargeBinary, nullable=False),
    )
