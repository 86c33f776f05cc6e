"""Alembic's entry: runs migrations on the connection that `upgrade` hands in."""

from alembic import context
from sqlmodel import SQLModel

import storage.models  # noqa: F401  (fills SQLModel.metadata for autogenerate)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
