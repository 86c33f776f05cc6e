"""Saved searches"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_search",
        sa.Column("token", AutoString(), nullable=False),
        sa.Column("filter", AutoString(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_saved_search"),
    )
    op.create_index("ix_saved_search_used_at", "saved_search", ["used_at"])


def downgrade() -> None:
    op.drop_table("saved_search")
