"""files of outside posts brought in through a page"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("file", sa.String(64), nullable=False),
        sa.Column("form", sa.String(24), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="uploaded"),
        sa.Column("columns", sa.JSON, nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
        sa.Column("report", sa.JSON, nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_archive_by_id", ondelete="SET NULL")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('uploaded', 'running', 'done', 'refused')", name="ck_archive_state"),
    )


def downgrade() -> None:
    op.drop_table("archive")
