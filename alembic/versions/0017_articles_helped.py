"""Whether a resolution helped, as members say it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_said",
        _owner("resolution"),
        _owner("member"),
        sa.Column("yes", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_article_said_member_id", "article_said", ["member_id"])


def _owner(table: str) -> sa.Column:
    target = sa.ForeignKey(f"{table}.id", name=f"fk_article_said_{table}_id", ondelete="CASCADE")
    return sa.Column(f"{table}_id", sa.Integer, target, primary_key=True)


def downgrade() -> None:
    op.drop_table("article_said")
