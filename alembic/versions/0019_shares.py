"""replies that are approved, sent, looked at again, corrected"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PURPOSES = ("resolution", "ask", "reply", "private", "holding", "outcome", "correction", "withdrawal")
STATES = (
    *("draft", "awaiting", "approved", "sending", "retrying", "unknown", "sent", "visible", "hidden", "unverified"),
    *("by_hand", "posted", "failed", "dropped", "withdrawn"),
)
APPROVED = (
    "state NOT IN ('approved', 'sending', 'retrying', 'unknown', 'sent', 'visible', 'hidden', 'unverified')"
    " OR approved_at IS NOT NULL"
)
OLD_STATES = ("draft", "sent", "dropped")


def upgrade() -> None:
    with op.batch_alter_table("share") as batch:
        batch.drop_constraint("uq_share_resolution_id_thread_id", type_="unique")
        batch.drop_constraint("state", type_="check")
        batch.alter_column("resolution_id", existing_type=sa.Integer, nullable=True)
        batch.add_column(sa.Column("channel_id", sa.Integer))
        batch.add_column(sa.Column("purpose", sa.String(24), nullable=False, server_default="resolution"))
        batch.add_column(sa.Column("said", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("target_ext_id", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("dedup_key", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("remote_key", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("second", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("why_second", sa.JSON, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("drafted_by_id", sa.Integer))
        batch.add_column(sa.Column("approved_by_id", sa.Integer))
        batch.add_column(sa.Column("approved_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("approved_hash", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("expires_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("next_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("attempts", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("misses", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("receipt_ext_id", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("receipt_revision", sa.String(100), nullable=False, server_default=""))
        batch.add_column(sa.Column("checked_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("corrects_id", sa.Integer))
    op.execute("UPDATE share SET dedup_key = 'before-' || id, state = CASE state WHEN 'sent' THEN 'posted' ELSE state END")
    with op.batch_alter_table("share") as batch:
        batch.create_unique_constraint("uq_share_dedup_key", ["dedup_key"])
        batch.create_check_constraint("state", _one_of("state", STATES))
        batch.create_check_constraint("purpose", _one_of("purpose", PURPOSES))
        batch.create_check_constraint("approved", APPROVED)
        batch.create_check_constraint("two_people", "NOT second OR approved_by_id IS NULL OR approved_by_id <> drafted_by_id")
        for column, target, rule in (
            ("channel_id", "channel", "SET NULL"),
            ("drafted_by_id", "member", "SET NULL"),
            ("approved_by_id", "member", "SET NULL"),
            ("corrects_id", "share", "SET NULL"),
        ):
            batch.create_foreign_key(f"fk_share_{column}", target, [column], ["id"], ondelete=rule)
        batch.create_index("ix_share_state_next_at", ["state", "next_at"])
        batch.create_index("ix_share_resolution_id", ["resolution_id"])
    op.create_table(
        "share_attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "share_id",
            sa.Integer,
            sa.ForeignKey("share.id", name="fk_share_attempt_share_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.UniqueConstraint("share_id", "number", name="uq_share_attempt_share_id_number"),
    )
    op.create_table(
        "share_visit",
        sa.Column(
            "thread_id",
            sa.Integer,
            sa.ForeignKey("thread_link.id", name="fk_share_visit_thread_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("visits", sa.Integer, nullable=False, server_default="0"),
    )
    op.add_column("recognition_choices", sa.Column("named_elsewhere", sa.Boolean, nullable=False, server_default=sa.true()))


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def downgrade() -> None:
    op.drop_column("recognition_choices", "named_elsewhere")
    op.drop_table("share_visit")
    op.drop_table("share_attempt")
    op.execute("DELETE FROM share WHERE resolution_id IS NULL OR purpose <> 'resolution'")
    op.execute(
        "UPDATE share SET state = CASE WHEN state IN ('posted', 'sent', 'visible', 'hidden', 'unverified') THEN 'sent'"
        " WHEN state = 'dropped' THEN state ELSE 'draft' END"
    )
    with op.batch_alter_table("share") as batch:
        batch.drop_index("ix_share_resolution_id")
        batch.drop_index("ix_share_state_next_at")
        for column in ("corrects_id", "approved_by_id", "drafted_by_id", "channel_id"):
            batch.drop_constraint(f"fk_share_{column}", type_="foreignkey")
        for name in ("two_people", "approved", "purpose", "state"):
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint("uq_share_dedup_key", type_="unique")
        for column in (
            *("corrects_id", "checked_at", "receipt_revision", "receipt_ext_id", "misses", "attempts", "next_at", "expires_at"),
            *("approved_hash", "approved_at", "approved_by_id", "drafted_by_id", "why_second", "second", "remote_key"),
            *("dedup_key", "target_ext_id", "said", "purpose", "channel_id"),
        ):
            batch.drop_column(column)
        batch.create_check_constraint("state", _one_of("state", OLD_STATES))
        batch.alter_column("resolution_id", existing_type=sa.Integer, nullable=False)
        batch.create_unique_constraint("uq_share_resolution_id_thread_id", ["resolution_id", "thread_id"])
