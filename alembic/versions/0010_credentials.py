"""Portable credentials."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("achievement", sa.String(60), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("list_number", sa.Integer(), nullable=False),
        sa.Column("list_index", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(200), nullable=False),
        sa.Column("outlives_account", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_credential_member_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("list_number", "list_index", name=op.f("uq_credential_list_number_list_index")),
        sa.UniqueConstraint("member_id", "source", name=op.f("uq_credential_member_id_source")),
    )
    op.create_index(op.f("ix_credential_member_id"), "credential", ["member_id"], unique=False)
    op.create_index(op.f("ix_credential_revoked_at"), "credential", ["revoked_at"], unique=False)
    op.create_index(op.f("ix_credential_source"), "credential", ["source"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_credential_source"), table_name="credential")
    op.drop_index(op.f("ix_credential_revoked_at"), table_name="credential")
    op.drop_index(op.f("ix_credential_member_id"), table_name="credential")
    op.drop_table("credential")
