"""The outbox of many processes"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")
_OPEN = sa.text("state IN ('pending', 'sending')")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("direct", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE delivery SET direct = true WHERE place LIKE '%:@%' AND finished_at IS NULL")
    op.add_column("part", sa.Column("tried_at", UTCDateTime(), nullable=True))
    for name, columns, where in (
        ("ix_delivery_turn", ["direct", "id"], _PENDING),
        ("ix_delivery_lane", ["place", "id"], _OPEN),
    ):
        op.create_index(name, "delivery", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "budget",
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("free_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_budget"),
    )


def downgrade() -> None:
    op.drop_table("budget")
    op.drop_index("ix_delivery_lane", "delivery")
    op.drop_index("ix_delivery_turn", "delivery")
    op.execute("UPDATE part SET state = 'refused' WHERE state = 'doubtful'")
    op.drop_column("part", "tried_at")
    op.drop_column("delivery", "direct")
