"""Private feeds"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0009a"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "private_feed",
        sa.Column("who", AutoString(), nullable=False),
        sa.Column("salt", AutoString(), nullable=False),
        sa.Column("lookup", AutoString(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_private_feed"),
        sa.UniqueConstraint("lookup", name="uq_private_feed_lookup"),
    )


def downgrade() -> None:
    op.drop_table("private_feed")
