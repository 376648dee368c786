"""The volunteer programme: seasons, places, nominations, perks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vip_nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("by_peer", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tier IN ('rising', 'vip', 'fellow', 'alumni')", name=op.f("ck_vip_nomination_tier")),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_vip_nomination_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_nomination_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_nomination")),
        sa.UniqueConstraint("member_id", "by_id", "tier", name=op.f("uq_vip_nomination_member_id_by_id_tier")),
    )
    op.create_table(
        "vip_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("tiers", sa.String(80), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("favours", sa.String(200), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tz", sa.String(40), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("online_url", sa.String(300), nullable=False),
        sa.Column("provides", sa.String(500), nullable=False),
        sa.Column("accessibility", sa.String(500), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("room_text", sa.Text(), nullable=False),
        sa.Column("room_html", sa.Text(), nullable=False),
        sa.Column("embargo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nda_text", sa.Text(), nullable=False),
        sa.Column("nda_version", sa.String(20), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("seed_hash", sa.String(64), nullable=False),
        sa.Column("draw", sa.Text(), nullable=False),
        sa.Column("declined", sa.Integer(), server_default="0", nullable=False),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "kind IN ('early_product', 'event', 'briefing', 'direct_line', 'conference')", name=op.f("ck_vip_offer_kind")
        ),
        sa.CheckConstraint("state IN ('draft', 'approved', 'inviting', 'held', 'withdrawn')", name=op.f("ck_vip_offer_state")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["member.id"], name=op.f("fk_vip_offer_approved_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name=op.f("fk_vip_offer_created_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_vip_offer_product_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_offer")),
    )
    op.create_index(op.f("ix_vip_offer_state_id"), "vip_offer", ["state", "id"], unique=False)
    op.create_table(
        "vip_rule",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("thresholds", sa.Text(), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applies_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_vip_rule_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_vip_rule")),
    )
    op.create_table(
        "vip_season",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("counted_from", sa.Date(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["member.id"], name=op.f("fk_vip_season_published_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_season")),
        sa.UniqueConstraint("name", name=op.f("uq_vip_season_name")),
    )
    op.create_table(
        "vip_appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(2000), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["member.id"], name=op.f("fk_vip_appeal_answered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_appeal_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["season_id"], ["vip_season.id"], name=op.f("fk_vip_appeal_season_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_appeal")),
        sa.UniqueConstraint("season_id", "member_id", name=op.f("uq_vip_appeal_season_id_member_id")),
    )
    op.create_index(op.f("ix_vip_appeal_answered_at"), "vip_appeal", ["answered_at"], unique=False)
    op.create_index(op.f("ix_vip_appeal_member_id"), "vip_appeal", ["member_id"], unique=False)
    op.create_table(
        "vip_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_vip_comment_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["nomination_id"], ["vip_nomination.id"], name=op.f("fk_vip_comment_nomination_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vip_comment")),
    )
    op.create_index(op.f("ix_vip_comment_nomination_id"), "vip_comment", ["nomination_id"], unique=False)
    op.create_table(
        "vip_consent",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("nda_version", sa.String(20), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_consent_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["vip_offer.id"], name=op.f("fk_vip_consent_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("offer_id", "member_id", name=op.f("pk_vip_consent")),
    )
    op.create_index(op.f("ix_vip_consent_member_id"), "vip_consent", ["member_id"], unique=False)
    op.create_table(
        "vip_invitation",
        sa.Column("ticket", sa.String(24), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("needs_sealed", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('invited', 'accepted', 'tentative', 'unplaced', 'waiting', 'expired', 'attended', 'absent')",
            name=op.f("ck_vip_invitation_state"),
        ),
        sa.CheckConstraint("tier IN ('rising', 'vip', 'fellow', 'alumni')", name=op.f("ck_vip_invitation_tier")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_invitation_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["vip_offer.id"], name=op.f("fk_vip_invitation_offer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_vip_invitation")),
        sa.UniqueConstraint("offer_id", "member_id", name=op.f("uq_vip_invitation_offer_id_member_id")),
    )
    op.create_index(op.f("ix_vip_invitation_member_id"), "vip_invitation", ["member_id"], unique=False)
    op.create_index(op.f("ix_vip_invitation_offer_id_state"), "vip_invitation", ["offer_id", "state"], unique=False)
    op.create_index(op.f("ix_vip_invitation_state_answer_by"), "vip_invitation", ["state", "answer_by"], unique=False)
    op.create_table(
        "vip_place",
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=24), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.CheckConstraint("basis IN ('criteria', 'grace', 'nominated', 'appeal', 'alumni')", name=op.f("ck_vip_place_basis")),
        sa.CheckConstraint("tier IN ('rising', 'vip', 'fellow', 'alumni')", name=op.f("ck_vip_place_tier")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_place_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["season_id"], ["vip_season.id"], name=op.f("fk_vip_place_season_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("season_id", "member_id", name=op.f("pk_vip_place")),
    )
    op.create_index(op.f("ix_vip_place_member_id"), "vip_place", ["member_id"], unique=False)
    op.create_table(
        "vip_snapshot",
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(24), nullable=False),
        sa.Column("path", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(24), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vip_snapshot_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["season_id"], ["vip_season.id"], name=op.f("fk_vip_snapshot_season_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("season_id", "member_id", "tier", "path", "criterion", name=op.f("pk_vip_snapshot")),
    )
    op.create_index(op.f("ix_vip_snapshot_member_id"), "vip_snapshot", ["member_id"], unique=False)
    op.add_column("member", sa.Column("early_access", sa.String(400), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("member", "early_access")
    op.drop_index(op.f("ix_vip_snapshot_member_id"), table_name="vip_snapshot")
    op.drop_table("vip_snapshot")
    op.drop_index(op.f("ix_vip_place_member_id"), table_name="vip_place")
    op.drop_table("vip_place")
    op.drop_index(op.f("ix_vip_invitation_state_answer_by"), table_name="vip_invitation")
    op.drop_index(op.f("ix_vip_invitation_offer_id_state"), table_name="vip_invitation")
    op.drop_index(op.f("ix_vip_invitation_member_id"), table_name="vip_invitation")
    op.drop_table("vip_invitation")
    op.drop_index(op.f("ix_vip_consent_member_id"), table_name="vip_consent")
    op.drop_table("vip_consent")
    op.drop_index(op.f("ix_vip_comment_nomination_id"), table_name="vip_comment")
    op.drop_table("vip_comment")
    op.drop_index(op.f("ix_vip_appeal_member_id"), table_name="vip_appeal")
    op.drop_index(op.f("ix_vip_appeal_answered_at"), table_name="vip_appeal")
    op.drop_table("vip_appeal")
    op.drop_table("vip_season")
    op.drop_table("vip_rule")
    op.drop_index(op.f("ix_vip_offer_state_id"), table_name="vip_offer")
    op.drop_table("vip_offer")
    op.drop_table("vip_nomination")
