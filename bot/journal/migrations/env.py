"""Alembic's environment, run with the journal's own connection (see `bot.journal.migrate`)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
