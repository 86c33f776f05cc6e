"""Subscriptions of people"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _of_subscription() -> "tuple[sa.Column[Any], ...]":
    return (
        sa.Column("owner", AutoString(), nullable=True),
        sa.Column("cadence", sa.String(16), nullable=False, server_default="daily"),
        sa.Column("quiet", AutoString(), nullable=False, server_default=sa.text("''")),
        sa.Column("least_papers", sa.Integer(), nullable=True),
        sa.Column("explain", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("append_late", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("rechecks", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("managers", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("seen", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("planned_through", sa.Date(), nullable=True),
        sa.Column("wait_until", UTCDateTime(), nullable=True),
        sa.Column("away_since", sa.Date(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
    )


def _of_delivery() -> "tuple[sa.Column[Any], ...]":
    return (
        sa.Column("rising", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("late_before", sa.Date(), nullable=True),
        sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("envelope", AutoString(), nullable=True),
        sa.Column("thread_of", sa.Integer(), nullable=True),
        sa.Column("notice", AutoString(), nullable=True),
    )


_ONE_A_DATE = "uq_delivery_subscription_id_local_date"
_PLANNED_THROUGH = (
    "UPDATE subscription SET planned_through = "
    "(SELECT max(local_date) FROM delivery WHERE delivery.subscription_id = subscription.id)"
)


def upgrade() -> None:
    op.add_column("paper", sa.Column("release", sa.Integer(), nullable=True))
    op.create_index("ix_paper_release", "paper", ["release"])
    op.add_column("edition", sa.Column("released_at", UTCDateTime(), nullable=True))
    op.create_index("ix_edition_released_at", "edition", ["released_at"])
    for column in _of_subscription():
        op.add_column("subscription", column)
    op.create_index("ix_subscription_owner", "subscription", ["owner"])
    op.execute(_PLANNED_THROUGH)
    for column in _of_delivery():
        op.add_column("delivery", column)
    if op.get_bind().dialect.name == "sqlite":
        _let_a_date_have_more(_delivery_table(unique=False))
    else:
        op.drop_constraint(_ONE_A_DATE, "delivery")
    op.create_index("ix_delivery_envelope", "delivery", ["envelope"])
    op.create_index("ix_delivery_subscription", "delivery", ["subscription_id", "id"])
    op.create_index(
        "uq_delivery_scheduled",
        "delivery",
        ["subscription_id", "local_date"],
        unique=True,
        sqlite_where=sa.text("NOT by_hand"),
        postgresql_where=sa.text("NOT by_hand"),
    )
    _create_person_and_change()


def _create_person_and_change() -> None:
    op.create_table(
        "person",
        sa.Column("who", AutoString(), nullable=False),
        sa.Column("place", AutoString(), nullable=True),
        sa.Column("zone", AutoString(), nullable=True),
        sa.Column("local_time", sa.Time(), nullable=True),
        sa.Column("quiet", AutoString(), nullable=False),
        sa.Column("vacation_until", sa.Date(), nullable=True),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_person"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", AutoString(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("who", AutoString(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("what", AutoString(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sa.UniqueConstraint("token", name="uq_change_token"),
        sqlite_autoincrement=True,
    )
    for name in ("subscription_id", "place", "who"):
        op.create_index(f"ix_change_{name}", "change", [name])


def _delivery_table(unique: bool) -> str:
    """SQLite's definition of the table `delivery`, with or without one delivery a date."""
    defined = op.get_bind().execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'delivery'")
    )
    (sql,) = defined.one()
    constraint = f", CONSTRAINT {_ONE_A_DATE} UNIQUE (subscription_id, local_date)"
    flat = " ".join(str(sql).split()).replace(" ,", ",")
    return flat[:-1].rstrip() + f"{constraint})" if unique else flat.replace(constraint, "")


def _let_a_date_have_more(definition: str) -> None:
    """Make the table anew as it is defined here. Not by dropping it: SQLite would delete every part with it,
    and it takes no change of its foreign keys within a transaction."""
    (part,) = op.get_bind().execute(sa.text("SELECT sql FROM sqlite_master WHERE name = 'part'")).one()
    for index in ("ix_delivery_open", "ix_delivery_place"):
        op.execute(f"DROP INDEX {index}")
    op.execute("ALTER TABLE delivery RENAME TO delivery_before")
    op.execute("ALTER TABLE part RENAME TO part_before")
    op.execute(definition)
    op.execute(str(part))
    op.execute("INSERT INTO delivery SELECT * FROM delivery_before")
    op.execute("INSERT INTO part SELECT * FROM part_before")
    op.drop_table("part_before")
    op.drop_table("delivery_before")
    op.create_index("ix_delivery_open", "delivery", ["state", "not_before"])
    op.create_index("ix_delivery_place", "delivery", ["place"])


def downgrade() -> None:
    op.drop_table("change")
    op.drop_table("person")
    op.execute("DELETE FROM delivery WHERE by_hand AND subscription_id IS NOT NULL")
    for index in ("uq_delivery_scheduled", "ix_delivery_subscription", "ix_delivery_envelope"):
        op.drop_index(index, "delivery")
    for column in _of_delivery():
        op.drop_column("delivery", column.name)
    if op.get_bind().dialect.name == "sqlite":
        _let_a_date_have_more(_delivery_table(unique=True))
    else:
        op.create_unique_constraint(_ONE_A_DATE, "delivery", ["subscription_id", "local_date"])
    op.drop_index("ix_subscription_owner", "subscription")
    for column in _of_subscription():
        op.drop_column("subscription", column.name)
    op.drop_index("ix_edition_released_at", "edition")
    op.drop_column("edition", "released_at")
    op.drop_index("ix_paper_release", "paper")
    op.drop_column("paper", "release")
