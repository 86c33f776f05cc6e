"""Mailboxes"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0008a"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_mailbox"),
    )
    op.create_table(
        "opt_in",
        sa.Column("token", AutoString(), nullable=False),
        sa.Column("delivery", AutoString(), nullable=False),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("filter", AutoString(), nullable=False),
        sa.Column("wish", AutoString(), nullable=False),
        sa.Column("zone", AutoString(), nullable=False),
        sa.Column("box", AutoString(), nullable=False),
        sa.Column("origin", AutoString(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token", name="pk_opt_in"),
    )
    for column in ("delivery", "box", "origin", "asked_at"):
        op.create_index(f"ix_opt_in_{column}", "opt_in", [column])


def downgrade() -> None:
    op.drop_table("opt_in")
    op.drop_table("mailbox")
