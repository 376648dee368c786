"""where a customer reads our answers, and which letter a message came in

Revision ID: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("private_case", sa.Column("address", sa.String(254), nullable=False, server_default=""))
    with op.batch_alter_table("private_message") as batch:
        batch.add_column(sa.Column("mail_id", sa.String(255)))
        batch.create_unique_constraint("uq_private_message_mail_id", ["mail_id"])


def downgrade() -> None:
    with op.batch_alter_table("private_message") as batch:
        batch.drop_constraint("uq_private_message_mail_id", type_="unique")
        batch.drop_column("mail_id")
    with op.batch_alter_table("private_case") as batch:
        batch.drop_column("address")
