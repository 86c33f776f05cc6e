"""The search index"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paper_id", AutoString(), nullable=False),
        sa.Column("listed_day", sa.Integer(), nullable=False),
        sa.Column("upvotes", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("has_code", sa.Boolean(), nullable=False),
        sa.Column("has_project", sa.Boolean(), nullable=False),
        sa.Column("has_media", sa.Boolean(), nullable=False),
        sa.Column("has_summary", sa.Boolean(), nullable=False),
        sa.Column("organization", AutoString(), nullable=False),
        sa.Column("organization_name", AutoString(), nullable=False),
        sa.Column("submitter", AutoString(), nullable=False),
        sa.Column("submitter_name", AutoString(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("learnt", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_search_document_paper_id"),
        sa.PrimaryKeyConstraint("key", name="pk_search_document"),
        sa.UniqueConstraint("paper_id", name="uq_search_document_paper_id"),
    )
    for flag in ("standing", "learnt"):
        op.create_index(f"ix_search_document_{flag}", "search_document", [flag])
    op.create_table(
        "search_name",
        sa.Column("field", AutoString(), nullable=False),
        sa.Column("folded", AutoString(), nullable=False),
        sa.Column("written", AutoString(), nullable=False),
        sa.Column("papers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("field", "folded", name="pk_search_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_state"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _create_for_sqlite()
    else:
        _create_for_postgresql()


def _create_for_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE search_text USING fts5("
        "abstract, title, keywords, authors, content='', tokenize='ascii', columnsize=0)"
    )
    # Two typed characters behind the letter of their column are the widest prefix that a filter may have.
    op.execute(
        "CREATE VIRTUAL TABLE search_forms USING fts5("
        "forms, content='', tokenize='ascii', columnsize=0, detail=none, prefix='3 4')"
    )


def _create_for_postgresql() -> None:
    op.execute(
        "CREATE TABLE search_text ("
        "key integer PRIMARY KEY REFERENCES search_document ON DELETE CASCADE, abstract text NOT NULL, "
        "title text NOT NULL, keywords text NOT NULL, authors text NOT NULL, terms tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_text_terms ON search_text USING gin (terms)")


def downgrade() -> None:
    op.execute("DROP TABLE search_text")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_forms")
    for table in ("search_state", "search_name", "search_document"):
        op.drop_table(table)
