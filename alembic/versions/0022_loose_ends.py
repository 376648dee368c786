"""invitations by hand, and tags that mean the same"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("routing_invite") as batch:
        batch.add_column(sa.Column("by_id", sa.Integer))
        batch.create_foreign_key("fk_routing_invite_by_id_member", "member", ["by_id"], ["id"], ondelete="SET NULL")
    op.create_table(
        "tag_synonym",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("tag.id", ondelete="CASCADE"), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_by_id", sa.Integer, sa.ForeignKey("member.id", ondelete="SET NULL")),
    )
    op.create_index("ix_tag_synonym_tag_id", "tag_synonym", ["tag_id"])


def downgrade() -> None:
    op.drop_table("tag_synonym")
    with op.batch_alter_table("routing_invite") as batch:
        batch.drop_constraint("fk_routing_invite_by_id_member", type_="foreignkey")
        batch.drop_column("by_id")
