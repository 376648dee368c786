"""Subjects that end, join or wait to be claimed; votes that outlive the voter; corrections by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OUTLIVE = ("vote", "me_too", "answer_mark")


def upgrade() -> None:
    with op.batch_alter_table("rep_subject") as batch:
        batch.alter_column("member_id", existing_type=sa.Integer, nullable=True)
        batch.add_column(sa.Column("external_account_id", sa.Integer))
        batch.add_column(sa.Column("merged_into", sa.String(32)))
        batch.create_foreign_key(
            "fk_rep_subject_external_account_id", "external_account", ["external_account_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_unique_constraint("uq_rep_subject_external_account_id", ["external_account_id"])
        batch.create_index("ix_rep_subject_merged_into", ["merged_into"])
    op.add_column("member", sa.Column("staff_until", sa.DateTime(timezone=True)))
    for table in OUTLIVE:
        _owner(table, "SET NULL", nullable=True)
    op.create_table(
        "points_proposal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("member_id", sa.Integer, _key("member_id", "CASCADE"), nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("by_id", sa.Integer, _key("by_id", "SET NULL")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer, _key("decided_by_id", "SET NULL")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('open', 'approved', 'dropped')", name="ck_points_proposal_state"),
    )
    op.create_index("ix_points_proposal_member_id", "points_proposal", ["member_id"])


def _key(column: str, on_delete: str) -> sa.ForeignKey:
    return sa.ForeignKey("member.id", name=f"fk_points_proposal_{column}", ondelete=on_delete)


def _owner(table: str, on_delete: str, *, nullable: bool) -> None:
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"fk_{table}_member_id", type_="foreignkey")
        batch.alter_column("member_id", existing_type=sa.Integer, nullable=nullable or table == "me_too")
        batch.create_foreign_key(f"fk_{table}_member_id", "member", ["member_id"], ["id"], ondelete=on_delete)


def downgrade() -> None:
    op.drop_table("points_proposal")
    for table in OUTLIVE:
        if table != "me_too":
            op.execute(f"DELETE FROM {table} WHERE member_id IS NULL")
        _owner(table, "CASCADE", nullable=False)
    op.drop_column("member", "staff_until")
    op.execute("DELETE FROM rep_subject WHERE member_id IS NULL")
    with op.batch_alter_table("rep_subject") as batch:
        batch.drop_index("ix_rep_subject_merged_into")
        batch.drop_constraint("uq_rep_subject_external_account_id", type_="unique")
        batch.drop_constraint("fk_rep_subject_external_account_id", type_="foreignkey")
        batch.drop_column("merged_into")
        batch.drop_column("external_account_id")
        batch.alter_column("member_id", existing_type=sa.Integer, nullable=False)
