"""guards: browsers, blocked members, preview reports, defects, ended consents, holders' keys"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("network_trace") as batch:
        batch.add_column(sa.Column("joined", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("vip_consent") as batch:
        batch.add_column(sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.create_table(
        "browser_trace",
        _member("browser_trace", "member_id", primary_key=True),
        sa.Column("browser", sa.String(64), primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_browser_trace_browser", "browser_trace", ["browser"])
    op.create_table(
        "member_block",
        _member("member_block", "member_id", primary_key=True),
        _member("member_block", "blocked_id", primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_member_block_blocked_id", "member_block", ["blocked_id"])
    op.create_table(
        "holder_key",
        _member("holder_key", "member_id", primary_key=True),
        sa.Column("did", sa.String(120), nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True)),
    )
    _programme()
    op.create_table(
        "defect",
        sa.Column(
            "post_id", sa.Integer, sa.ForeignKey("post.id", name="fk_defect_post_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        _member("defect", "by_id", ondelete="SET NULL"),
        sa.Column("fixed_at", sa.DateTime(timezone=True)),
    )


def _programme() -> None:
    op.create_table(
        "preview_report",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "offer_id",
            sa.Integer,
            sa.ForeignKey("vip_offer.id", name="fk_preview_report_offer_id", ondelete="CASCADE"),
            nullable=False,
        ),
        _member("preview_report", "member_id", ondelete="SET NULL"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="new"),
        sa.Column("sentence", sa.String(500), nullable=False),
        _member("preview_report", "decided_by_id", ondelete="SET NULL"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('new', 'useful', 'read')", name="ck_preview_report_state"),
    )
    op.create_index("ix_preview_report_offer_id_id", "preview_report", ["offer_id", "id"])
    op.create_index("ix_preview_report_member_id_state", "preview_report", ["member_id", "state"])


def _member(table: str, name: str, *, ondelete: str = "CASCADE", primary_key: bool = False) -> sa.Column:
    target = sa.ForeignKey("member.id", name=f"fk_{table}_{name}", ondelete=ondelete)
    return sa.Column(name, sa.Integer, target, primary_key=primary_key, nullable=not primary_key)


def downgrade() -> None:
    for table in ("defect", "preview_report", "holder_key", "member_block", "browser_trace"):
        op.drop_table(table)
    with op.batch_alter_table("vip_consent") as batch:
        batch.drop_column("ended_at")
    with op.batch_alter_table("network_trace") as batch:
        batch.drop_column("joined")
