"""Alembic's entry: runs migrations on the connection that `upgrade` hands in."""

from alembic import context
from sqlmodel import SQLModel

import storage.models
import storage.search.documents
import storage.search.fits  # noqa: F401
from storage.search.rooms import is_of_models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    include_name=is_of_models,
)
with context.begin_transaction():
    context.run_migrations()
