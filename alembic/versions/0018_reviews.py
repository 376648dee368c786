"""reviews: flags, items to look at, opinions, votes to close or reopen, objections to findings"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_item",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(24), nullable=False),
        _key("review_item", "post_id", "post.id", "CASCADE", nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("weight", sa.Integer, nullable=False, server_default="0"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _key("review_item", "claimed_by_id", "member.id", "SET NULL"),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        _key("review_item", "decided_by_id", "member.id", "SET NULL"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("returned", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.CheckConstraint("kind IN ('flag', 'first_post', 'edit')", name="ck_review_item_kind"),
        sa.CheckConstraint("state IN ('open', 'kept', 'acted')", name="ck_review_item_state"),
    )
    op.create_index("ix_review_item_state_weight_id", "review_item", ["state", "weight", "id"])
    op.create_index("ix_review_item_state_decided_at_id", "review_item", ["state", "decided_at", "id"])
    op.create_index("ix_review_item_post_id", "review_item", ["post_id"])
    _one_open("uq_review_item_open", "review_item", ["post_id", "kind"])
    op.create_table(
        "review_opinion",
        _key("review_opinion", "item_id", "review_item.id", "CASCADE", primary_key=True),
        _key("review_opinion", "member_id", "member.id", "CASCADE", primary_key=True),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('fine', 'needs')", name="ck_review_opinion_verdict"),
    )
    op.create_index("ix_review_opinion_member_id", "review_opinion", ["member_id"])
    _flags()
    _votes()
    _objections()


def _flags() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("flag", "item_id", "review_item.id", "CASCADE", nullable=False),
        _key("flag", "post_id", "post.id", "CASCADE", nullable=False),
        _key("flag", "member_id", "member.id", "SET NULL"),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason IN ('spam', 'rude', 'not_an_answer', 'other')", name="ck_flag_reason"),
        sa.CheckConstraint("state IN ('open', 'upheld', 'declined')", name="ck_flag_state"),
    )
    op.create_index("ix_flag_item_id", "flag", ["item_id"])
    op.create_index("ix_flag_member_id_at", "flag", ["member_id", "at"])
    _one_open("uq_flag_open", "flag", ["post_id", "member_id"])


def _votes() -> None:
    op.create_table(
        "state_vote",
        sa.Column("id", sa.Integer, primary_key=True),
        _key("state_vote", "topic_id", "topic.id", "CASCADE", nullable=False),
        _key("state_vote", "member_id", "member.id", "CASCADE", nullable=False),
        sa.Column("wish", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("wish IN ('close', 'reopen')", name="ck_state_vote_wish"),
        sa.UniqueConstraint("topic_id", "member_id", name="uq_state_vote_topic_id_member_id"),
    )
    op.create_index("ix_state_vote_member_id", "state_vote", ["member_id"])


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer, nullable=False),
        _key("objection", "member_id", "member.id", "CASCADE", nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("upheld", sa.Boolean, nullable=False, server_default=sa.text("false")),
        _key("objection", "answered_by_id", "member.id", "SET NULL"),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("event_id", name="uq_objection_event_id"),
    )
    op.create_index("ix_objection_member_id", "objection", ["member_id"])
    op.create_index("ix_objection_answered_at_id", "objection", ["answered_at", "id"])


def _key(table: str, name: str, target: str, on_delete: str, **more: bool) -> sa.Column:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target, name=f"fk_{table}_{name}", ondelete=on_delete), **more)


def _one_open(name: str, table: str, columns: list[str]) -> None:
    is_open = sa.text("state = 'open'")
    op.create_index(name, table, columns, unique=True, sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    for table in ("objection", "state_vote", "flag", "review_opinion", "review_item"):
        op.drop_table(table)
