"""`python -m storage.migrations NAME`: write the migration from the newest schema to the models.

Compares with a fresh SQLite database, so it needs no server; read what it wrote before you commit it.
"""

import sys

from alembic import command
from sqlalchemy import create_engine

from storage.database import known_revisions
from storage.migrations.upgrade import config_for, upgrade


def main(name: str) -> None:
    """Write `versions/NNNN_name.py`, numbered behind the newest."""
    number = f"{int(known_revisions()[-1]) + 1:04}"
    with create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        command.revision(config_for(connection), name, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit("write what the migration does: make migration name=add-reading-list")
    main(sys.argv[1])
