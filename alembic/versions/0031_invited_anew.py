"""an invitation can be taken back and written anew; an address can be taken back

Revision ID: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("private_case") as batch:
        batch.add_column(sa.Column("addresses_left", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint("ck_private_case_state", type_="check")
        batch.create_check_constraint("state", "state IN ('open', 'closed', 'withdrawn')")
        batch.drop_constraint("uq_private_case_thread_id", type_="unique")
    op.create_index("ix_private_case_thread_id", "private_case", ["thread_id"])
    stands = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_private_case_thread", "private_case", ["thread_id"], unique=True, sqlite_where=stands, postgresql_where=stands
    )


def downgrade() -> None:
    op.execute("DELETE FROM private_message WHERE case_id IN (SELECT id FROM private_case WHERE state = 'withdrawn')")
    op.execute("DELETE FROM private_case WHERE state = 'withdrawn'")
    op.drop_index("uq_private_case_thread", "private_case")
    op.drop_index("ix_private_case_thread_id", "private_case")
    with op.batch_alter_table("private_case") as batch:
        batch.create_unique_constraint("uq_private_case_thread_id", ["thread_id"])
        batch.drop_constraint("state", type_="check")
        batch.create_check_constraint("ck_private_case_state", "state IN ('open', 'closed')")
        batch.drop_column("addresses_left")
