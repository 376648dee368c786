"""Questions that were merged into another one, and what moved, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("topic") as batch:
        batch.add_column(sa.Column("merged_into_id", sa.Integer))
        batch.create_foreign_key("fk_topic_merged_into_id", "topic", ["merged_into_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_topic_merged_into_id", ["merged_into_id"])
    op.create_table(
        "topic_merge",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("source_id", "topic", "CASCADE", nullable=False),
        _key("target_id", "topic", "CASCADE", nullable=False),
        _key("by_id", "member", "SET NULL"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("moved", sa.JSON, nullable=False),
    )
    op.create_index("ix_topic_merge_source_id", "topic_merge", ["source_id"])
    op.create_index("ix_topic_merge_target_id", "topic_merge", ["target_id"])


def _key(name: str, table: str, on_delete: str, **more: bool) -> sa.Column:
    target = sa.ForeignKey(f"{table}.id", name=f"fk_topic_merge_{name}", ondelete=on_delete)
    return sa.Column(name, sa.Integer, target, **more)


def downgrade() -> None:
    op.drop_table("topic_merge")
    with op.batch_alter_table("topic") as batch:
        batch.drop_index("ix_topic_merged_into_id")
        batch.drop_constraint("fk_topic_merged_into_id", type_="foreignkey")
        batch.drop_column("merged_into_id")
