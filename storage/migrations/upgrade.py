"""Run the migrations on a connection that is already there."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

# Any number that no other program on the same server is likely to take.
_MIGRATION_LOCK = 0x0DA11_9A9E25


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to `revision` within the connection's transaction; a second process waits."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    command.upgrade(config_for(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Take the schema back to `revision`; "base" removes everything."""
    command.downgrade(config_for(connection), revision)


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for our migrations on this connection."""
    config = Config()
    config.set_main_option("script_location", str(files("storage.migrations")))
    config.attributes["connection"] = connection
    return config
