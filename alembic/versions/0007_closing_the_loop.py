"""Asking whether it helped, whose answer led there, and thank-you notes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("topic", sa.Column("credited_post_id", sa.Integer))
    op.create_table(
        "outcome_request",
        sa.Column("topic_id", sa.Integer, _key("outcome_request", "topic_id", "topic", "CASCADE"), primary_key=True),
        sa.Column("reply_id", sa.Integer, _key("outcome_request", "reply_id", "post", "CASCADE"), primary_key=True),
        sa.Column("stage", sa.Integer, primary_key=True),
        sa.Column("said", sa.String(24), nullable=False, server_default="waiting"),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("said IN ('waiting', 'fixed', 'own_way', 'not_yet')", name="ck_outcome_request_said"),
    )
    op.create_table(
        "thank_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("post_id", sa.Integer, _key("thank_note", "post_id", "post", "CASCADE"), nullable=False),
        sa.Column("from_id", sa.Integer, _key("thank_note", "from_id", "member", "SET NULL")),
        sa.Column("to_id", sa.Integer, _key("thank_note", "to_id", "member", "CASCADE"), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("may_publish", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("digested_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("post_id", "from_id", name="uq_thank_note_post_id_from_id"),
    )
    op.create_index("ix_thank_note_to_id_id", "thank_note", ["to_id", "id"])
    op.create_index("ix_thank_note_from_id_at", "thank_note", ["from_id", "at"])


def _key(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=on_delete)


def downgrade() -> None:
    op.drop_table("thank_note")
    op.drop_table("outcome_request")
    op.drop_column("topic", "credited_post_id")
