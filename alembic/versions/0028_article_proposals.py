"""articles that members propose"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article_proposal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("topic_id", sa.Integer, _key("topic_id", "topic", "CASCADE"), nullable=False),
        sa.Column("by_id", sa.Integer, _key("by_id", "member", "SET NULL")),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("answer", sa.String(400), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("scope", sa.String(120), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer, _key("decided_by_id", "member", "SET NULL")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("said", sa.String(300), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="ck_article_proposal_state"),
    )
    op.create_index("ix_article_proposal_topic_id", "article_proposal", ["topic_id"])
    op.create_index("ix_article_proposal_by_id_id", "article_proposal", ["by_id", "id"])
    op.create_index("ix_article_proposal_state_at_id", "article_proposal", ["state", "at", "id"])
    waits = sa.text("state = 'open'")
    op.create_index(
        "uq_article_proposal_open", "article_proposal", ["topic_id"], unique=True, sqlite_where=waits, postgresql_where=waits
    )
    _roles("helped", "wrote")


def _key(column: str, target: str, on_delete: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_article_proposal_{column}", ondelete=on_delete)


def _roles(old: str, new: str) -> None:
    """Nobody was ever credited as `helped`."""
    with op.batch_alter_table("credit") as batch:
        batch.drop_constraint("role", type_="check")
    op.execute(f"UPDATE credit SET role = '{new}' WHERE role = '{old}'")
    with op.batch_alter_table("credit") as batch:
        batch.create_check_constraint("role", f"role IN ('solved', 'confirmed', '{new}')")


def downgrade() -> None:
    _roles("wrote", "helped")
    op.drop_table("article_proposal")
