"""a private message names the form it was written in, as it named its letter

Revision ID: 0030
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("mail_id", "came_as")


def downgrade() -> None:
    _rename("came_as", "mail_id")


def _rename(old: str, new: str) -> None:
    with op.batch_alter_table("private_message") as batch:
        batch.drop_constraint(f"uq_private_message_{old}", type_="unique")
        batch.alter_column(old, new_column_name=new)
    with op.batch_alter_table("private_message") as batch:
        batch.create_unique_constraint(f"uq_private_message_{new}", [new])
