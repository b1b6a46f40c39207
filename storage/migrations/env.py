"""Run migrations on the connection that `storage/migrate.py` gives: one transaction for all of them."""

from alembic import context

from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by rebuilding its table
    transactional_ddl=True,  # SQLite can, Alembic's default does not ask it
)
with context.begin_transaction():
    context.run_migrations()
