"""Endorsements, reviews of them, labels, and mentoring."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("draft_shown", "mentorship", "mentor", "tag_label", "tag_review_vote", "tag_review", "endorsement")


def upgrade() -> None:
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("endorsement", "tag_id", "tag"),
        sa.Column("from_id", sa.Integer, sa.ForeignKey("member.id", name="fk_endorsement_from_id", ondelete="SET NULL")),
        _key("endorsement", "to_id", "member"),
        sa.Column("text", sa.String(300), nullable=False),
        _at("at"),
        sa.UniqueConstraint("tag_id", "from_id", "to_id", name="uq_endorsement_tag_id_from_id_to_id"),
    )
    op.create_index("ix_endorsement_to_id_tag_id", "endorsement", ["to_id", "tag_id"])
    op.create_index("ix_endorsement_from_id_at", "endorsement", ["from_id", "at"])
    _reviews()
    _mentoring()


def _reviews() -> None:
    op.create_table(
        "tag_review",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("tag_review", "tag_id", "tag"),
        _key("tag_review", "member_id", "member"),
        _at("opened_at"),
        sa.Column("outcome", sa.String(24), nullable=False, server_default="open"),
        sa.Column("reason", sa.String(300), nullable=False),
        _at("decided_at", nullable=True),
        sa.CheckConstraint("outcome IN ('open', 'agreed', 'declined')", name="ck_tag_review_outcome"),
    )
    _one("uq_tag_review_open", "tag_review", ["tag_id", "member_id"], "outcome = 'open'")
    op.create_table(
        "tag_review_vote",
        _key("tag_review_vote", "review_id", "tag_review", primary_key=True),
        _key("tag_review_vote", "member_id", "member", primary_key=True),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        _at("at"),
    )
    op.create_table(
        "tag_label",
        _key("tag_label", "tag_id", "tag", primary_key=True),
        _key("tag_label", "member_id", "member", primary_key=True),
        _at("until"),
    )
    op.create_index("ix_tag_label_member_id", "tag_label", ["member_id"])


def _mentoring() -> None:
    op.create_table("mentor", _key("mentor", "member_id", "member", primary_key=True), _at("since"))
    op.create_table(
        "mentorship",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("mentorship", "mentor_id", "member"),
        _key("mentorship", "mentee_id", "member"),
        sa.Column("state", sa.String(24), nullable=False, server_default="asked"),
        _at("asked_at"),
        _at("ends_at", nullable=True),
        sa.CheckConstraint("state IN ('asked', 'active', 'ended')", name="ck_mentorship_state"),
    )
    _one("uq_mentorship_mentee", "mentorship", ["mentee_id"], "state <> 'ended'")
    op.create_index("ix_mentorship_mentor_id_state", "mentorship", ["mentor_id", "state"])
    op.create_table(
        "draft_shown",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("draft_shown", "mentorship_id", "mentorship"),
        _key("draft_shown", "topic_id", "topic"),
        sa.Column("body", sa.Text, nullable=False),
        _at("at"),
        sa.Column("comment", sa.Text, nullable=False),
        _at("commented_at", nullable=True),
    )
    op.create_index("ix_draft_shown_mentorship_id", "draft_shown", ["mentorship_id"])


def _key(table: str, column: str, target: str, *, primary_key: bool = False) -> sa.Column:
    reference = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete="CASCADE")
    return sa.Column(column, sa.Integer, reference, nullable=False, primary_key=primary_key)


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one(name: str, table: str, columns: list[str], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
