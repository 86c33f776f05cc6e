"""What ranking has learnt"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ranking_fit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.Column("fitted_at", UTCDateTime(), nullable=True),
        sa.Column("begun_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_ranking_fit"),
    )
    op.create_table(
        "ranking_piece",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ranking_piece"),
    )


def downgrade() -> None:
    op.drop_table("ranking_piece")
    op.drop_table("ranking_fit")
