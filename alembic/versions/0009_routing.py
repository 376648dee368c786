"""Invitations to answer, what people want to be asked about, when, and what was learned."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routing_profile",
        sa.Column("member_id", sa.Integer, _key("routing_profile", "member_id", "member"), primary_key=True),
        sa.Column("tag_id", sa.Integer, _key("routing_profile", "tag_id", "tag"), primary_key=True),
        sa.Column("wanted", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_routing_profile_tag_id", "routing_profile", ["tag_id"])
    op.create_table(
        "availability",
        sa.Column("member_id", sa.Integer, _key("availability", "member_id", "member"), primary_key=True),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("quiet_from", sa.Integer, nullable=False),
        sa.Column("quiet_until", sa.Integer, nullable=False),
        sa.Column("per_day", sa.Integer, nullable=False),
        sa.Column("per_week", sa.Integer, nullable=False),
        sa.Column("weekends", sa.Boolean, nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True)),
        sa.Column("away_until", sa.Date),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23", name="ck_availability_quiet_from"),
        sa.CheckConstraint("quiet_until BETWEEN 0 AND 23", name="ck_availability_quiet_until"),
        sa.CheckConstraint("per_day BETWEEN 0 AND 3", name="ck_availability_per_day"),
        sa.CheckConstraint("per_week BETWEEN 0 AND 10", name="ck_availability_per_week"),
    )
    op.create_table(
        "routing_invite",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("topic_id", sa.Integer, _key("routing_invite", "topic_id", "topic"), nullable=False),
        sa.Column("member_id", sa.Integer, _key("routing_invite", "member_id", "member"), nullable=False),
        sa.Column("wave", sa.Integer, nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="asked"),
        sa.Column("chance", sa.Float, nullable=False),
        sa.Column("propensity", sa.Float, nullable=False),
        sa.Column("explored", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('asked', 'taken', 'later', 'not_mine', 'answered', 'unanswered')", name="ck_routing_invite_state"
        ),
        sa.UniqueConstraint("topic_id", "member_id", name="uq_routing_invite_topic_id_member_id"),
    )
    op.create_index("ix_routing_invite_member_id_at", "routing_invite", ["member_id", "at"])
    op.create_index("ix_routing_invite_state_at", "routing_invite", ["state", "at"])
    op.create_table(
        "routing_model",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("learned_from", sa.Integer, nullable=False),
        sa.Column("kept", sa.Text, nullable=False),
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete="CASCADE")


def downgrade() -> None:
    for table in ("routing_model", "routing_invite", "availability", "routing_profile"):
        op.drop_table(table)
