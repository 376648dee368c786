"""press, public figures and VIPs elsewhere, as staff mark them"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KINDS = ("unknown", "private", "public_figure", "brand", "staff")


def upgrade() -> None:
    with op.batch_alter_table("external_account") as batch:
        batch.add_column(sa.Column("marked_by_id", sa.Integer))
        batch.add_column(sa.Column("marked_at", sa.DateTime(timezone=True)))
        batch.create_foreign_key(
            "fk_external_account_marked_by_id_member", "member", ["marked_by_id"], ["id"], ondelete="SET NULL"
        )
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", _one_of((*KINDS, "press", "vip")))


def downgrade() -> None:
    op.execute("UPDATE external_account SET kind = 'private' WHERE kind IN ('press', 'vip')")
    with op.batch_alter_table("external_account") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", _one_of(KINDS))
        batch.drop_constraint("fk_external_account_marked_by_id_member", type_="foreignkey")
        batch.drop_column("marked_at")
        batch.drop_column("marked_by_id")


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
