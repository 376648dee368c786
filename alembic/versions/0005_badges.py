"""badges: awards, and what administrators changed about the definitions"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_award",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("badge", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("scope", sa.String(40), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("evidence_event_id", sa.Integer),
        sa.Column("evidence_post_id", sa.Integer),
        sa.Column("earned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True)),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("given_by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_badge_award_given_by_id", ondelete="SET NULL")),
        sa.Column("note", sa.String(300), nullable=False),
        sa.UniqueConstraint("badge", "subject", "scope", "ordinal", name="uq_badge_award_badge_subject_scope_ordinal"),
    )
    op.create_index("ix_badge_award_subject_badge", "badge_award", ["subject", "badge"])
    op.create_index("ix_badge_award_badge_awarded_at_id", "badge_award", ["badge", "awarded_at", "id"])
    op.create_index("ix_badge_award_given_by_id_awarded_at", "badge_award", ["given_by_id", "awarded_at"])
    op.create_table(
        "badge_setting",
        sa.Column("badge", sa.String(40), primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("thresholds", sa.JSON, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_badge_setting_by_id", ondelete="SET NULL")),
    )
    op.create_index("ix_rep_event_kind_subject", "rep_event", ["kind", "subject"])


def downgrade() -> None:
    op.drop_index("ix_rep_event_kind_subject", "rep_event")
    op.drop_table("badge_setting")
    op.drop_table("badge_award")
