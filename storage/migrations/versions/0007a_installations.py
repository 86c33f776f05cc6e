"""Installations"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0007a"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("platform", AutoString(), nullable=False),
        sa.Column("name", AutoString(), nullable=False),
        sa.Column("token", AutoString(), nullable=False),
        sa.Column("scopes", AutoString(), nullable=False),
        sa.Column("enterprise", AutoString(), nullable=True),
        sa.Column("bot", AutoString(), nullable=False),
        sa.Column("bot_user", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("installed_by", AutoString(), nullable=True),
        sa.Column("installed_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "name", name="pk_installation"),
    )


def downgrade() -> None:
    op.drop_table("installation")
