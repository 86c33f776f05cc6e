"""What the tables have in common."""

from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Enum
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite would give the number of a deleted row to the next one: a button or a note would name another's.
NEVER_REUSED = {"sqlite_autoincrement": True}


def additive(default: str) -> dict[str, str]:
    """For a column that came later: a process of the version before, which knows it not, goes on writing."""
    return {"server_default": default}


_E = TypeVar("_E", bound=StrEnum)


def stored(kind: type[_E]) -> Any:
    """A text column that holds the member's value; SQLAlchemy alone would store its name."""
    return Enum(
        kind, native_enum=False, length=16, values_callable=lambda members: [m.value for m in members]
    )
