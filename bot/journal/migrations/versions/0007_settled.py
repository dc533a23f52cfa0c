"""Which change answered a question of the inbox: undoing the change brings the question back."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the number of the change; 0 for a question that wants an answer."""
    op.add_column("inbox", sa.Column("settled_by", sa.Integer, nullable=False, server_default="0"))
