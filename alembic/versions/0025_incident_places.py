"""which section and tag an incident is about"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incident") as batch:
        batch.add_column(sa.Column("section_id", sa.Integer))
        batch.add_column(sa.Column("tag_id", sa.Integer))
        batch.create_foreign_key("fk_incident_section_id_section", "section", ["section_id"], ["id"], ondelete="SET NULL")
        batch.create_foreign_key("fk_incident_tag_id_tag", "tag", ["tag_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("incident") as batch:
        batch.drop_constraint("fk_incident_section_id_section", type_="foreignkey")
        batch.drop_constraint("fk_incident_tag_id_tag", type_="foreignkey")
        batch.drop_column("section_id")
        batch.drop_column("tag_id")
