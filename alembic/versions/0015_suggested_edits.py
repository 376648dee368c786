"""Suggested edits, versions that bring an earlier one back, and earlier questions that are confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NOTICES_BEFORE = (
    *("answer", "comment", "mention", "accepted", "official", "solved", "needs_info", "duplicate", "resolution"),
    *("badge", "thanks", "outcome", "privilege", "points", "invitation", "perk", "nomination", "endorsement"),
    *("mentoring", "season", "quiet", "impact"),
)
NOTICES = (*NOTICES_BEFORE, "edit")


def upgrade() -> None:
    _notices(NOTICES)
    op.add_column("revision", sa.Column("restored", sa.Integer))
    op.add_column("topic", sa.Column("duplicate_confirmed_at", sa.DateTime(timezone=True)))
    op.create_table(
        "suggested_edit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "post_id", sa.Integer, sa.ForeignKey("post.id", name="fk_suggested_edit_post_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_suggested_edit_by_id", ondelete="SET NULL")),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200)),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("tags", sa.String(300)),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decided_by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_suggested_edit_decided_by_id", ondelete="SET NULL")
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("revision", sa.Integer),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="ck_suggested_edit_state"),
    )
    op.create_index("ix_suggested_edit_post_id", "suggested_edit", ["post_id"])
    op.create_index("ix_suggested_edit_by_id_id", "suggested_edit", ["by_id", "id"])
    op.create_index("ix_suggested_edit_state_at_id", "suggested_edit", ["state", "at", "id"])
    waits = sa.text("state = 'open'")
    op.create_index(
        "uq_suggested_edit_open", "suggested_edit", ["post_id", "by_id"], unique=True, sqlite_where=waits, postgresql_where=waits
    )
    op.create_table(
        "duplicate_said", _owner("topic"), _owner("member"), sa.Column("at", sa.DateTime(timezone=True), nullable=False)
    )
    op.create_index("ix_duplicate_said_member_id", "duplicate_said", ["member_id"])


def _owner(table: str) -> sa.Column:
    target = sa.ForeignKey(f"{table}.id", name=f"fk_duplicate_said_{table}_id", ondelete="CASCADE")
    return sa.Column(f"{table}_id", sa.Integer, target, primary_key=True)


def _notices(kinds: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", f"kind IN ({allowed})")


def downgrade() -> None:
    op.drop_table("duplicate_said")
    op.drop_table("suggested_edit")
    op.drop_column("topic", "duplicate_confirmed_at")
    op.drop_column("revision", "restored")
    op.execute("DELETE FROM notice WHERE kind = 'edit'")
    _notices(NOTICES_BEFORE)
