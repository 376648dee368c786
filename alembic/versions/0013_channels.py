"""channels, and what threads from elsewhere need to be read again"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PLATFORMS = ("mastodon", "bluesky", "x", "reddit", "discourse", "feed", "mail", "simulated", "elsewhere")
STATES = ("new", "watching", "escalated", "replied", "private", "published", "ignored")
POST_STATES = ("live", "gone", "denied", "withheld")
ROLES = ("question", "segment", "answer", "comment", "me_too", "mention_only")


def upgrade() -> None:
    _channels()
    with op.batch_alter_table("external_account") as batch:
        _allow(batch, "platform", PLATFORMS)
        batch.add_column(sa.Column("followers_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("protected", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("state", sa.String(24), nullable=False, server_default="live"))
        batch.add_column(sa.Column("privacy", sa.String(24), nullable=False, server_default="usual"))
        batch.add_column(sa.Column("claimed_by_id", sa.Integer))
        batch.create_check_constraint("state", _one_of("state", ("live", "deactivated", "deleted")))
        batch.create_check_constraint("privacy", _one_of("privacy", ("usual", "show", "anonymise", "withheld")))
        batch.create_foreign_key("fk_external_account_claimed_by_id", "member", ["claimed_by_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_external_account_claimed_by_id", ["claimed_by_id"])
    op.create_table(
        "external_handle",
        sa.Column(
            "account_id", sa.Integer, _key("external_handle", "account_id", "external_account", "CASCADE"), primary_key=True
        ),
        sa.Column("handle", sa.String(300), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    with op.batch_alter_table("external_post") as batch:
        _allow(batch, "platform", PLATFORMS)
        _allow(batch, "state", POST_STATES)
        batch.add_column(sa.Column("native_id", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("revision", sa.String(100), nullable=False, server_default=""))
        batch.add_column(sa.Column("denied", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("orphan", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("checked_at", sa.DateTime(timezone=True)))
        batch.create_index("ix_external_post_checked_at", ["checked_at"])
    with op.batch_alter_table("thread_link") as batch:
        _allow(batch, "platform", PLATFORMS)
        _allow(batch, "state", STATES)
        batch.add_column(sa.Column("imported_by_id", sa.Integer))
        batch.add_column(sa.Column("channel_id", sa.Integer))
        batch.add_column(sa.Column("origin", sa.String(24), nullable=False, server_default="file"))
        batch.add_column(sa.Column("consent", sa.String(60), nullable=False, server_default=""))
        batch.add_column(sa.Column("complete", sa.Boolean, nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("gaps", sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("refresh_at", sa.DateTime(timezone=True)))
        batch.create_check_constraint("origin", _one_of("origin", ("file", "url", "mention", "search", "paste")))
        batch.create_foreign_key("fk_thread_link_imported_by_id", "member", ["imported_by_id"], ["id"], ondelete="SET NULL")
        batch.create_foreign_key("fk_thread_link_channel_id", "channel", ["channel_id"], ["id"], ondelete="SET NULL")
        batch.create_index("ix_thread_link_channel_id", ["channel_id"])
        batch.create_index("ix_thread_link_refresh_at", ["refresh_at"])
    with op.batch_alter_table("post_map") as batch:
        _allow(batch, "role", ROLES)
        batch.add_column(sa.Column("text_hash", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE post_map SET text_hash = (SELECT p.text_hash FROM external_post p WHERE p.id = post_map.external_post_id)"
        " WHERE role IN ('question', 'segment', 'answer', 'comment') AND post_id IN (SELECT id FROM post WHERE author_id IS NULL)"
    )
    op.create_table(
        "thread_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("thread_id", sa.Integer, _key("thread_run", "thread_id", "thread_link", "CASCADE"), nullable=False),
        sa.Column("trigger", sa.String(24), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
    )
    op.create_index("ix_thread_run_thread_id", "thread_run", ["thread_id"])
    op.create_table(
        "reading_request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("channel_id", sa.Integer, _key("reading_request", "channel_id", "channel", "SET NULL")),
        sa.Column("thread_id", sa.Integer, _key("reading_request", "thread_id", "thread_link", "SET NULL")),
        sa.Column("state", sa.String(24), nullable=False, server_default="waiting"),
        sa.Column("said", sa.String(300), nullable=False),
        sa.Column("by_id", sa.Integer, _key("reading_request", "by_id", "member", "SET NULL")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_one_of("state", ("waiting", "done", "refused")), name="ck_reading_request_state"),
    )


def _channels() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("platform", sa.String(24), nullable=False),
        sa.Column("base_url", sa.String(300), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("own_ext_id", sa.String(300), nullable=False),
        sa.Column("own_handle", sa.String(300), nullable=False),
        sa.Column("state", sa.String(24), nullable=False, server_default="ok"),
        sa.Column("state_reason", sa.String(300), nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("limits", sa.JSON, nullable=False),
        sa.Column("monthly_budget", sa.BigInteger, nullable=False),
        sa.Column("prices", sa.JSON, nullable=False),
        sa.Column("auth_failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("breaker_step", sa.Integer, nullable=False, server_default="0"),
        sa.Column("breaker_until", sa.DateTime(timezone=True)),
        sa.Column("last_success_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.String(300), nullable=False),
        sa.Column("last_error_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer, _key("channel", "created_by_id", "member", "SET NULL")),
        sa.UniqueConstraint("platform", "base_url", "own_ext_id", name="uq_channel_platform_base_url_own_ext_id"),
        sa.CheckConstraint(_one_of("platform", PLATFORMS), name="ck_channel_platform"),
        sa.CheckConstraint(_one_of("state", ("ok", "needs_reauth", "paused", "broken", "disabled")), name="ck_channel_state"),
    )
    op.create_table(
        "channel_secret",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel_id", sa.Integer, _key("channel_secret", "channel_id", "channel", "CASCADE"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ciphertext", sa.Text, nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("last_four", sa.String(4), nullable=False),
        sa.Column("scopes", sa.String(300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("channel_id", "kind", name="uq_channel_secret_channel_id_kind"),
    )
    op.create_table(
        "channel_cursor",
        _of_channel("channel_cursor"),
        sa.Column("stream", sa.String(80), primary_key=True),
        sa.Column("value", sa.String(600), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("high_water_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "channel_gap",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel_id", sa.Integer, _key("channel_gap", "channel_id", "channel", "CASCADE"), nullable=False),
        sa.Column("stream", sa.String(80), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_channel_gap_channel_id_closed_at", "channel_gap", ["channel_id", "closed_at"])
    op.create_table(
        "channel_spending",
        _of_channel("channel_spending"),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("units", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cost", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "channel_rate",
        _of_channel("channel_rate"),
        sa.Column("endpoint", sa.String(24), primary_key=True),
        sa.Column("limit", sa.Integer, nullable=False),
        sa.Column("remaining", sa.Integer, nullable=False),
        sa.Column("reset_at", sa.DateTime(timezone=True)),
    )


def _of_channel(table: str) -> sa.Column:
    return sa.Column("channel_id", sa.Integer, _key(table, "channel_id", "channel", "CASCADE"), primary_key=True)


def _key(table: str, column: str, target: str, on_delete: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}", ondelete=on_delete)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _allow(batch, column: str, values: tuple[str, ...]) -> None:
    batch.drop_constraint(column, type_="check")
    batch.create_check_constraint(column, _one_of(column, values))


def downgrade() -> None:
    """What only this version can hold goes; what an older one can hold stays."""
    newer = ", ".join(repr(name) for name in PLATFORMS[6:])
    for table in ("external_post", "thread_link", "external_account"):
        op.execute(f"DELETE FROM {table} WHERE platform IN ({newer})")
    op.execute("DELETE FROM post_map WHERE role = 'mention_only' OR external_post_id NOT IN (SELECT id FROM external_post)")
    op.execute("UPDATE external_post SET state = 'denied' WHERE state = 'withheld'")
    op.execute("UPDATE thread_link SET state = 'new' WHERE state IN ('watching', 'escalated', 'replied', 'private')")
    op.drop_table("reading_request")
    op.drop_table("thread_run")
    with op.batch_alter_table("post_map") as batch:
        for name in ("locked", "text_hash"):
            batch.drop_column(name)
        _allow(batch, "role", ROLES[:-1])
    with op.batch_alter_table("thread_link") as batch:
        batch.drop_index("ix_thread_link_refresh_at")
        batch.drop_index("ix_thread_link_channel_id")
        batch.drop_constraint("fk_thread_link_channel_id", type_="foreignkey")
        batch.drop_constraint("fk_thread_link_imported_by_id", type_="foreignkey")
        batch.drop_constraint("origin", type_="check")
        for name in ("refresh_at", "gaps", "complete", "consent", "origin", "channel_id", "imported_by_id"):
            batch.drop_column(name)
        _allow(batch, "state", ("new", "published", "ignored"))
        _allow(batch, "platform", PLATFORMS[:6])
    with op.batch_alter_table("external_post") as batch:
        batch.drop_index("ix_external_post_checked_at")
        for name in ("checked_at", "orphan", "denied", "revision", "native_id"):
            batch.drop_column(name)
        _allow(batch, "state", POST_STATES[:3])
        _allow(batch, "platform", PLATFORMS[:6])
    op.drop_table("external_handle")
    with op.batch_alter_table("external_account") as batch:
        batch.drop_index("ix_external_account_claimed_by_id")
        batch.drop_constraint("fk_external_account_claimed_by_id", type_="foreignkey")
        for name in ("privacy", "state"):
            batch.drop_constraint(name, type_="check")
        for name in ("claimed_by_id", "privacy", "state", "protected", "followers_at"):
            batch.drop_column(name)
        _allow(batch, "platform", PLATFORMS[:6])
    for table in ("channel_rate", "channel_spending", "channel_gap", "channel_cursor", "channel_secret", "channel"):
        op.drop_table(table)
