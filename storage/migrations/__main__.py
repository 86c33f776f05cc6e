"""`python -m storage.migrations NAME [additive]`: write the migration from the newest schema to the models.

Compares with a fresh SQLite database, so it needs no server; read what it wrote before you commit it.
"""

import sys

from alembic import command
from sqlalchemy import create_engine

from storage.database import known_revisions, number_of
from storage.migrations.upgrade import config_for, upgrade


def main(name: str, additive: bool) -> None:
    """Write `versions/NNNN_name.py`, numbered behind the newest; `NNNNa_name.py` if it only adds, see
    `storage.database.works_on`."""
    number = f"{number_of(known_revisions()[-1]) + 1:04}{'a' if additive else ''}"
    with create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        command.revision(config_for(connection), name, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    name, *options = sys.argv[1:] or [""]
    if not name.strip() or options not in ([], ["additive"]):
        sys.exit("write what the migration does: make migration name=add-reading-list [kind=additive]")
    main(name, bool(options))
