"""What is wrong with an answer that did not help, counted beside the question."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
REASONS = ("wrong_subject", "wrong_source", "outdated", "not_asked")


def upgrade() -> None:
    """Add a count for each reason."""
    for reason in REASONS:
        op.add_column("inbox", sa.Column(reason, sa.Integer, nullable=False, server_default="0"))
