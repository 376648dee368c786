"""Boards, readers as sketches, what readers said, and what came of it by month."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_row",
        sa.Column("board", sa.String(16), primary_key=True),
        sa.Column("scope", sa.String(60), primary_key=True),
        sa.Column("member_id", sa.Integer, _key("board_row", "member"), primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_board_row_board_scope_rank", "board_row", ["board", "scope", "rank"])
    op.create_table(
        "readership",
        sa.Column("topic_id", sa.Integer, _key("readership", "topic"), primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("sketch", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "help_said",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("topic_id", sa.Integer, _key("help_said", "topic"), nullable=False),
        sa.Column("member_id", sa.Integer, _key("help_said", "member", "SET NULL")),
        sa.Column("visitor", sa.String(64)),
        sa.Column("yes", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("topic_id", "member_id", name="uq_help_said_topic_id_member_id"),
        sa.UniqueConstraint("topic_id", "visitor", name="uq_help_said_topic_id_visitor"),
    )
    op.create_index("ix_help_said_topic_id", "help_said", ["topic_id"])
    op.create_table(
        "impact_month",
        sa.Column("member_id", sa.Integer, _key("impact_month", "member"), primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default="0")
            for name in ("readers", "said_yes", "said_no", "threads")
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )


def _key(table: str, target: str, on_delete: str = "CASCADE") -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{target}_id", ondelete=on_delete)


def downgrade() -> None:
    for table in ("impact_month", "help_said", "readership", "board_row"):
        op.drop_table(table)
