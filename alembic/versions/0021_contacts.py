"""contacts, claims of accounts elsewhere, requests for privacy, delegated replies"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NOTICES = (
    *("answer", "comment", "mention", "accepted", "official", "solved", "needs_info", "duplicate", "resolution", "badge"),
    *("thanks", "outcome", "privilege", "points", "invitation", "perk", "nomination", "endorsement", "mentoring", "season"),
    *("quiet", "impact", "edit", "account", "channel", "share"),
)


def upgrade() -> None:
    _notices(NOTICES)
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("merged_into_id", sa.Integer, _key("contact", "merged_into_id", "contact", "SET NULL")),
        _time("created_at"),
    )
    op.create_index("ix_contact_merged_into_id", "contact", ["merged_into_id"])
    op.create_table(
        "contact_identity",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact_id", sa.Integer, _key("contact_identity", "contact_id", "contact", "CASCADE"), nullable=False),
        sa.Column(
            "external_account_id", sa.Integer, _key("contact_identity", "external_account_id", "external_account", "CASCADE")
        ),
        sa.Column("member_id", sa.Integer, _key("contact_identity", "member_id", "member", "CASCADE")),
        _time("added_at"),
        sa.UniqueConstraint("external_account_id", name="uq_contact_identity_external_account_id"),
        sa.UniqueConstraint("member_id", name="uq_contact_identity_member_id"),
    )
    op.create_index("ix_contact_identity_contact_id", "contact_identity", ["contact_id"])
    op.create_table(
        "contact_merge",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kept_id", sa.Integer, _key("contact_merge", "kept_id", "contact", "CASCADE"), nullable=False),
        sa.Column("gone_id", sa.Integer, _key("contact_merge", "gone_id", "contact", "CASCADE"), nullable=False),
        sa.Column("moved", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("by_id", sa.Integer, _key("contact_merge", "by_id", "member", "SET NULL")),
        _time("at"),
        _perhaps("undone_at"),
    )
    op.create_index("ix_contact_merge_kept_id", "contact_merge", ["kept_id"])
    op.create_index("ix_contact_merge_gone_id", "contact_merge", ["gone_id"])
    op.create_table(
        "contact_proposal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("one_id", sa.Integer, _key("contact_proposal", "one_id", "contact", "CASCADE"), nullable=False),
        sa.Column("other_id", sa.Integer, _key("contact_proposal", "other_id", "contact", "CASCADE"), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="open"),
        _time("found_at"),
        sa.Column("decided_by_id", sa.Integer, _key("contact_proposal", "decided_by_id", "member", "SET NULL")),
        _perhaps("decided_at"),
        sa.UniqueConstraint("one_id", "other_id", name="uq_contact_proposal_one_id_other_id"),
        sa.CheckConstraint("state IN ('open', 'accepted', 'refused')", name="ck_contact_proposal_state"),
    )
    op.create_index("ix_contact_proposal_other_id", "contact_proposal", ["other_id"])
    _claims()
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "external_account_id", sa.Integer, _key("privacy_request", "external_account_id", "external_account", "CASCADE")
        ),
        sa.Column("external_post_id", sa.Integer, _key("privacy_request", "external_post_id", "external_post", "CASCADE")),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("said", sa.String(500), nullable=False),
        _time("received_at"),
        _time("due_at"),
        _perhaps("done_at"),
        sa.Column("by_id", sa.Integer, _key("privacy_request", "by_id", "member", "SET NULL")),
        sa.CheckConstraint("kind IN ('delete', 'anonymise', 'withdraw')", name="ck_privacy_request_kind"),
    )
    op.create_index("ix_privacy_request_external_account_id", "privacy_request", ["external_account_id"])
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("member_id", sa.Integer, _key("delegation", "member_id", "member", "CASCADE"), nullable=False),
        sa.Column("channel_id", sa.Integer, _key("delegation", "channel_id", "channel", "CASCADE"), nullable=False),
        sa.Column("level", sa.String(24), nullable=False, server_default="suggest"),
        sa.Column("daily_limit", sa.Integer, nullable=False),
        _time("until"),
        sa.Column("granted_by_id", sa.Integer, _key("delegation", "granted_by_id", "member", "SET NULL")),
        _time("granted_at"),
        _perhaps("ended_at"),
        sa.UniqueConstraint("member_id", "channel_id", name="uq_delegation_member_id_channel_id"),
        sa.CheckConstraint("level IN ('suggest', 'approval', 'limits')", name="ck_delegation_level"),
    )
    op.create_index("ix_delegation_channel_id", "delegation", ["channel_id"])


def _notices(kinds: tuple[str, ...]) -> None:
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def _claims() -> None:
    op.create_table(
        "account_claim",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "external_account_id",
            sa.Integer,
            _key("account_claim", "external_account_id", "external_account", "CASCADE"),
            nullable=False,
        ),
        sa.Column("member_id", sa.Integer, _key("account_claim", "member_id", "member", "CASCADE"), nullable=False),
        sa.Column("method", sa.String(24), nullable=False, server_default="profile"),
        sa.Column("state", sa.String(24), nullable=False, server_default="waiting"),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _time("expires_at"),
        _time("created_at"),
        _perhaps("proved_at"),
        _perhaps("ended_at"),
        sa.CheckConstraint("method IN ('profile', 'reply')", name="ck_account_claim_method"),
        sa.CheckConstraint("state IN ('waiting', 'proved', 'review', 'expired', 'revoked')", name="ck_account_claim_state"),
    )
    op.create_index("ix_account_claim_member_id_state", "account_claim", ["member_id", "state"])
    op.create_index(
        "uq_account_claim_holder",
        "account_claim",
        ["external_account_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proved'"),
        postgresql_where=sa.text("state = 'proved'"),
    )


def _time(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _perhaps(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True))


def _key(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=on_delete)


def downgrade() -> None:
    for table in (
        *("delegation", "privacy_request", "account_claim", "contact_proposal", "contact_merge", "contact_identity", "contact"),
    ):
        op.drop_table(table)
    op.execute("DELETE FROM notice WHERE kind IN ('account', 'channel', 'share')")
    _notices(NOTICES[:-3])
