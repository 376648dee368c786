"""fair votes: cases, their members and ledger lines, and digests of networks"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fraud_case",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("detector", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column(
            "decided_by_id", sa.Integer, sa.ForeignKey("member.id", name="fk_fraud_case_decided_by_id", ondelete="SET NULL")
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("fingerprint", name="uq_fraud_case_fingerprint"),
        sa.CheckConstraint("state IN ('open', 'voided', 'confirmed', 'dismissed')", name="ck_fraud_case_state"),
    )
    op.create_index("ix_fraud_case_state_found_at_id", "fraud_case", ["state", "found_at", "id"])
    op.create_table(
        "fraud_member",
        _case("fraud_member"),
        sa.Column(
            "member_id",
            sa.Integer,
            sa.ForeignKey("member.id", name="fk_fraud_member_member_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("appeal", sa.String(1000), nullable=False),
        sa.Column("appealed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_fraud_member_member_id", "fraud_member", ["member_id"])
    op.create_table("fraud_vote", _case("fraud_vote"), sa.Column("event_id", sa.Integer, primary_key=True))
    op.create_index("ix_fraud_vote_event_id", "fraud_vote", ["event_id"])
    op.create_table(
        "network_trace",
        sa.Column(
            "member_id",
            sa.Integer,
            sa.ForeignKey("member.id", name="fk_network_trace_member_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("prefix", sa.String(64), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_network_trace_prefix", "network_trace", ["prefix"])


def _case(table: str) -> sa.Column:
    target = sa.ForeignKey("fraud_case.id", name=f"fk_{table}_case_id", ondelete="CASCADE")
    return sa.Column("case_id", sa.Integer, target, primary_key=True)


def downgrade() -> None:
    for table in ("network_trace", "fraud_vote", "fraud_member", "fraud_case"):
        op.drop_table(table)
