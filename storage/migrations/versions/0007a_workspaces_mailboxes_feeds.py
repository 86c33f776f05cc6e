"""Workspaces, mailboxes and feeds"""

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
        sa.Column("enterprise", AutoString(), nullable=True),
        sa.Column("bot", AutoString(), nullable=False),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("installed_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "name", name="pk_installation"),
    )
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
    for column in ("delivery", "place", "box", "origin", "asked_at"):
        op.create_index(f"ix_opt_in_{column}", "opt_in", [column])
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
    op.drop_table("opt_in")
    op.drop_table("mailbox")
    op.drop_table("installation")
