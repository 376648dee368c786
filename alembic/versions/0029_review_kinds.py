"""suggested edits have a list of their own and never were review items"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM review_item WHERE kind = 'edit'")
    _kinds("ck_review_item_kind", "kind", "'flag', 'first_post'")


def _kinds(old: str, new: str, allowed: str) -> None:
    with op.batch_alter_table("review_item") as batch:
        batch.drop_constraint(old, type_="check")
        batch.create_check_constraint(new, f"kind IN ({allowed})")


def downgrade() -> None:
    _kinds("kind", "ck_review_item_kind", "'flag', 'first_post', 'edit'")
