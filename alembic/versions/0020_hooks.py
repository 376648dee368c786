"""messages that networks send us"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("provider", sa.String(24), nullable=False),
        sa.Column("delivery_id", sa.String(100), nullable=False),
        sa.Column("channel_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
        sa.Column("waiting", sa.Boolean, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('posts', 'deletion', 'numbers')", name="kind"),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name="fk_hook_delivery_channel_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "delivery_id", name="uq_hook_delivery_provider_delivery_id"),
    )
    op.create_index("ix_hook_delivery_channel_id_waiting_id", "hook_delivery", ["channel_id", "waiting", "id"])


def downgrade() -> None:
    op.drop_table("hook_delivery")
