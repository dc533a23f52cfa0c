"""The numbers of changes are never reused, also after the last one was deleted or an older backup restored."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Let SQLite remember the last number; PostgreSQL's sequence does so already."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("history", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
