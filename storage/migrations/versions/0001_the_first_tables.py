"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.Column("polled_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("day", name="pk_edition"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("filter", AutoString(), nullable=False),
        sa.Column("local_time", sa.Time(), nullable=False),
        sa.Column("zone", AutoString(), nullable=False),
        sa.Column("weekdays", AutoString(), nullable=False),
        sa.Column(
            "style", sa.Enum("thread", "compact", name="style", native_enum=False, length=16), nullable=False
        ),
        sa.Column("max_papers", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("active", "paused", name="subscriptionstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("next_due_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_due", "subscription", ["state", "next_due_at"])
    op.create_index("ix_subscription_place", "subscription", ["place"])

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", AutoString(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=True),
        sa.Column("place", AutoString(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column(
            "style", sa.Enum("thread", "compact", name="style", native_enum=False, length=16), nullable=False
        ),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("rest", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "failed",
                "skipped",
                name="deliverystate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("reason", AutoString(), nullable=True),
        sa.Column("not_before", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("owner", AutoString(), nullable=True),
        sa.Column("owner_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name="fk_delivery_subscription_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("subscription_id", "local_date", name="uq_delivery_subscription_id_local_date"),
        sa.UniqueConstraint("token", name="uq_delivery_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_open", "delivery", ["state", "not_before"])
    op.create_index("ix_delivery_place", "delivery", ["place"])

    op.create_table(
        "paper",
        sa.Column("id", AutoString(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("title", AutoString(), nullable=False),
        sa.Column("abstract", AutoString(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("upvotes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("submitter", AutoString(), nullable=True),
        sa.Column("submitter_name", AutoString(), nullable=True),
        sa.Column("summary", AutoString(), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("code_url", AutoString(), nullable=True),
        sa.Column("code_stars", sa.Integer(), nullable=True),
        sa.Column("project_url", AutoString(), nullable=True),
        sa.Column("organization", AutoString(), nullable=True),
        sa.Column("organization_name", AutoString(), nullable=True),
        sa.Column("media_urls", sa.JSON(), nullable=False),
        sa.Column("thumbnail_url", AutoString(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["listed_on"], ["edition.day"], name="fk_paper_listed_on"),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
    )
    op.create_index("ix_paper_listed_on", "paper", ["listed_on"])

    op.create_table(
        "part",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("head", "more", "card", name="partkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "sending", "sent", "refused", name="partstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("ref", AutoString(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_part_delivery_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "position", name="pk_part"),
    )
    op.create_table(
        "vote_snapshot",
        sa.Column("paper_id", AutoString(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("upvotes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("code_stars", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_vote_snapshot_paper_id"),
        sa.PrimaryKeyConstraint("paper_id", "taken_at", name="pk_vote_snapshot"),
    )


def downgrade() -> None:
    for table in ("vote_snapshot", "part", "paper", "delivery", "subscription", "edition"):
        op.drop_table(table)
