"""Which change answered a question of the inbox: undoing the change brings the question back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the number of the change; 0 for a question that wants an answer."""
    op.add_column("inbox", sa.Column("settled_by", sa.Integer, nullable=False, server_default="0"))
