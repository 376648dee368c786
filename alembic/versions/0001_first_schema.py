"""first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_actor_id_id"), ["actor_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_topic_id_id"), ["topic_id", "id"], unique=False)

    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_bucket_at"), ["bucket", "at"], unique=False)

    op.create_table(
        "external_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=24), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("ext_id", sa.String(length=300), nullable=False),
        sa.Column("handle", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), server_default=sa.text("'unknown'"), nullable=False),
        sa.Column("bot", sa.Boolean(), nullable=False),
        sa.Column("noindex", sa.Boolean(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('unknown', 'private', 'public_figure', 'brand', 'staff')", name=op.f("ck_external_account_kind")
        ),
        sa.CheckConstraint(
            "platform IN ('mastodon', 'bluesky', 'x', 'reddit', 'discourse', 'feed')", name=op.f("ck_external_account_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_account")),
        sa.UniqueConstraint("platform", "host", "ext_id", name=op.f("uq_external_account_platform_host_ext_id")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_source"), ["source"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=80), nullable=False),
        sa.Column("dedup_key", sa.String(length=200), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'dead')", name=op.f("ck_job_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_job_dedup_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state_run_at_id"), ["state", "run_at", "id"], unique=False)

    op.create_table(
        "legacy_id",
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("old_id", sa.String(length=40), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "old_id", name=op.f("pk_legacy_id")),
    )
    with op.batch_alter_table("legacy_id", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legacy_id_kind_new_id"), ["kind", "new_id"], unique=False)

    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=40), nullable=False),
        sa.Column("handle_key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=24), server_default=sa.text("'member'"), nullable=False),
        sa.Column("theme", sa.String(length=24), server_default=sa.text("'system'"), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("bio_html", sa.Text(), nullable=False),
        sa.Column("languages", sa.String(length=120), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_reason", sa.String(length=300), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_answers", sa.Boolean(), nullable=False),
        sa.Column("mail_solved", sa.Boolean(), nullable=False),
        sa.Column("mail_mentions", sa.Boolean(), nullable=False),
        sa.Column("shows_impact", sa.Boolean(), nullable=False),
        sa.Column("shows_last_seen", sa.Boolean(), nullable=False),
        sa.Column("reputation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("questions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("officials", sa.Integer(), server_default="0", nullable=False),
        sa.Column("helped", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("role IN ('member', 'moderator', 'agent', 'admin')", name=op.f("ck_member_role")),
        sa.CheckConstraint("theme IN ('system', 'light', 'dark')", name=op.f("ck_member_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email_key", name=op.f("uq_member_email_key")),
        sa.UniqueConstraint("handle_key", name=op.f("uq_member_handle_key")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_table(
        "rep_day",
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cap_nominal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cap_counted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("negative", sa.Integer(), server_default="0", nullable=False),
        sa.Column("uncapped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", name=op.f("pk_rep_day")),
    )
    op.create_table(
        "rep_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("idem_key", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("earn_day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("cause_type", sa.String(length=24), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("actor_subject", sa.String(length=32), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('solution.accepted', 'solution.verified', 'answer.helpful', 'reversal', 'restore', 'staff.adjust')",
            name=op.f("ck_rep_event_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rep_event")),
        sa.UniqueConstraint("idem_key", name=op.f("uq_rep_event_idem_key")),
    )
    with op.batch_alter_table("rep_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rep_event_cause_type_cause_id"), ["cause_type", "cause_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rep_event_reverses_id"), ["reverses_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rep_event_subject_earn_day"), ["subject", "earn_day"], unique=False)

    op.create_table(
        "search_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_outbox")),
    )
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=24), server_default=sa.text("'support'"), nullable=False),
        sa.Column("visibility", sa.String(length=24), server_default=sa.text("'public'"), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('support', 'ideas', 'announcements', 'talk')", name=op.f("ck_section_kind")),
        sa.CheckConstraint("visibility IN ('public', 'members', 'staff')", name=op.f("ck_section_visibility")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("slug", name=op.f("uq_section_slug")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=50), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("topics", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("slug", name=op.f("uq_tag_slug")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tags", sa.String(length=300), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_draft_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("member_id", "place", name=op.f("uq_draft_member_id_place")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(
            "uq_draft_guest",
            ["place"],
            unique=True,
            sqlite_where=sa.text("member_id IS NULL"),
            postgresql_where=sa.text("member_id IS NULL"),
        )

    op.create_table(
        "form_key",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_form_key_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_form_key")),
    )
    with op.batch_alter_table("form_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_key_member_id"), ["member_id"], unique=False)

    op.create_table(
        "image",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("extension", sa.String(length=4), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_image_member_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image")),
    )
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_image_member_id"), ["member_id"], unique=False)

    op.create_table(
        "import_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_problem_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problem")),
    )
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_problem_run_id"), ["run_id"], unique=False)

    op.create_table(
        "mail_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('confirm', 'reset', 'email')", name=op.f("ck_mail_link_purpose")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mail_link_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_mail_link_token_hash")),
    )
    with op.batch_alter_table("mail_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_link_member_id"), ["member_id"], unique=False)

    op.create_table(
        "rep_subject",
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_rep_subject_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_rep_subject")),
        sa.UniqueConstraint("member_id", name=op.f("uq_rep_subject_member_id")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_sign_in_session_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_session_member_id"), ["member_id"], unique=False)

    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), server_default=sa.text("'question'"), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'new'"), nullable=False),
        sa.Column("audience", sa.String(length=24), server_default=sa.text("'public'"), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("product_detail", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_reason", sa.String(length=300), nullable=False),
        sa.Column("needs_info_text", sa.String(length=500), nullable=False),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_by_id", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("official_post_id", sa.Integer(), nullable=True),
        sa.Column("me_too", sa.Integer(), server_default="0", nullable=False),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("audience IN ('public', 'members', 'staff', 'removed')", name=op.f("ck_topic_audience")),
        sa.CheckConstraint("kind IN ('question', 'idea', 'announcement', 'talk')", name=op.f("ck_topic_kind")),
        sa.CheckConstraint(
            "state IN ('new', 'needs_info', 'answered', 'solved', 'archived', 'closed')", name=op.f("ck_topic_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_topic_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["duplicate_by_id"], ["member.id"], name=op.f("fk_topic_duplicate_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["topic.id"], name=op.f("fk_topic_duplicate_of_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_topic_product_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_topic_section_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.create_index("ix_topic_active", ["audience", "kind", "active_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_duplicate_of_id"), ["duplicate_of_id"], unique=False)
        batch_op.create_index("ix_topic_newest", ["audience", "kind", "created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_product_id"), ["product_id"], unique=False)
        batch_op.create_index("ix_topic_section_newest", ["section_id", "audience", "created_at", "id"], unique=False)
        batch_op.create_index("ix_topic_solved", ["audience", "solved_at", "id"], unique=False)
        batch_op.create_index("ix_topic_state_newest", ["audience", "kind", "state", "created_at", "id"], unique=False)
        batch_op.create_index("ix_topic_unanswered", ["audience", "answers", "created_at", "id"], unique=False)

    op.create_table(
        "follow",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_follow_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_follow_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "member_id", name=op.f("pk_follow")),
    )
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_member_id"), ["member_id"], unique=False)

    op.create_table(
        "me_too",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_me_too_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_me_too_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_me_too")),
        sa.UniqueConstraint("topic_id", "member_id", name=op.f("uq_me_too_topic_id_member_id")),
        sa.UniqueConstraint("topic_id", "visitor", name=op.f("uq_me_too_topic_id_visitor")),
    )
    with op.batch_alter_table("me_too", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_me_too_member_id"), ["member_id"], unique=False)

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), server_default=sa.text("'answer'"), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'visible'"), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revisions", sa.Integer(), server_default="1", nullable=False),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_reason", sa.String(length=300), nullable=False),
        sa.Column("helpful", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_helpful", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported_helpful", sa.Integer(), server_default="0", nullable=False),
        sa.Column("imported_not_helpful", sa.Integer(), server_default="0", nullable=False),
        sa.Column("works", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outdated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dangerous", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comments", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('question', 'answer', 'comment', 'note')", name=op.f("ck_post_kind")),
        sa.CheckConstraint("state IN ('visible', 'withdrawn', 'removed')", name=op.f("ck_post_state")),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_post_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["removed_by_id"], ["member.id"], name=op.f("fk_post_removed_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_post_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_author_newest", ["author_id", "kind", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_post_topic_order", ["topic_id", "kind", "created_at", "id"], unique=False)
        batch_op.create_index(
            "uq_post_question",
            ["topic_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'question'"),
            postgresql_where=sa.text("kind = 'question'"),
        )

    op.create_table(
        "thread_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=24), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("root_ext_id", sa.String(length=300), nullable=False),
        sa.Column("root_missing", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'new'"), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ignored_reason", sa.String(length=300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "platform IN ('mastodon', 'bluesky', 'x', 'reddit', 'discourse', 'feed')", name=op.f("ck_thread_link_platform")
        ),
        sa.CheckConstraint("state IN ('new', 'published', 'ignored')", name=op.f("ck_thread_link_state")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name=op.f("fk_thread_link_decided_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_thread_link_topic_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_link")),
        sa.UniqueConstraint("platform", "host", "root_ext_id", name=op.f("uq_thread_link_platform_host_root_ext_id")),
    )
    with op.batch_alter_table("thread_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_link_state_last_post_at_id"), ["state", "last_post_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_thread_link_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "topic_tag",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_topic_tag_tag_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_tag_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "tag_id", name=op.f("pk_topic_tag")),
    )
    with op.batch_alter_table("topic_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_tag_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "acceptance",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_acceptance_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_acceptance_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_acceptance_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_acceptance")),
    )
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "answer_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('works', 'outdated', 'dangerous')", name=op.f("ck_answer_mark_kind")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_answer_mark_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_answer_mark_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_mark")),
        sa.UniqueConstraint("post_id", "member_id", "kind", name=op.f("uq_answer_mark_post_id_member_id_kind")),
    )
    with op.batch_alter_table("answer_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_mark_member_id"), ["member_id"], unique=False)

    op.create_table(
        "external_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=24), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("ext_id", sa.String(length=300), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("parent_ext_id", sa.String(length=300), nullable=True),
        sa.Column("quote_of_ext_id", sa.String(length=300), nullable=True),
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("media", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'live'"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "platform IN ('mastodon', 'bluesky', 'x', 'reddit', 'discourse', 'feed')", name=op.f("ck_external_post_platform")
        ),
        sa.CheckConstraint("state IN ('live', 'gone', 'denied')", name=op.f("ck_external_post_state")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["external_account.id"], name=op.f("fk_external_post_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name=op.f("fk_external_post_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_post")),
        sa.UniqueConstraint("platform", "host", "ext_id", name=op.f("uq_external_post_platform_host_ext_id")),
    )
    with op.batch_alter_table("external_post", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_post_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_external_post_thread_id_created_at"), ["thread_id", "created_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('answer', 'comment', 'mention', 'accepted', 'official', 'solved', 'needs_info', 'duplicate', 'resolution')",
            name=op.f("ck_notice_kind"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["member.id"], name=op.f("fk_notice_actor_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_notice_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_notice_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_notice_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("member_id", "cause", name=op.f("uq_notice_member_id_cause")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_member_id_read_at_id"), ["member_id", "read_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "official_mark",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name=op.f("fk_official_mark_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_official_mark_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_official_mark_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_official_mark")),
        sa.UniqueConstraint("post_id", name=op.f("uq_official_mark_post_id")),
    )
    with op.batch_alter_table("official_mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_mark_review_by"), ["review_by"], unique=False)

    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'public', 'withdrawn')", name=op.f("ck_resolution_state")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_resolution_post_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_resolution_topic_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["written_by_id"], ["member.id"], name=op.f("fk_resolution_written_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("topic_id", name=op.f("uq_resolution_topic_id")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tags", sa.String(length=300), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_revision_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_revision_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_revision_post_id_number")),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name=op.f("ck_vote_value")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_vote_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_vote_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("post_id", "member_id", name=op.f("uq_vote_post_id_member_id")),
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_member_id"), ["member_id"], unique=False)

    op.create_table(
        "credit",
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('solved', 'confirmed', 'helped')", name=op.f("ck_credit_role")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_credit_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["resolution_id"], ["resolution.id"], name=op.f("fk_credit_resolution_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resolution_id", "member_id", name=op.f("pk_credit")),
    )
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_member_id"), ["member_id"], unique=False)

    op.create_table(
        "external_post_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["external_post.id"], name=op.f("fk_external_post_revision_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_post_revision")),
        sa.UniqueConstraint("post_id", "text_hash", name=op.f("uq_external_post_revision_post_id_text_hash")),
    )
    op.create_table(
        "post_map",
        sa.Column("external_post_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('question', 'segment', 'answer', 'comment', 'me_too')", name=op.f("ck_post_map_role")),
        sa.ForeignKeyConstraint(
            ["external_post_id"], ["external_post.id"], name=op.f("fk_post_map_external_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_map_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_post_map_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("external_post_id", name=op.f("pk_post_map")),
    )
    with op.batch_alter_table("post_map", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_map_post_id"), ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_map_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("receipt_url", sa.String(length=600), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'sent', 'dropped')", name=op.f("ck_share_state")),
        sa.ForeignKeyConstraint(["resolution_id"], ["resolution.id"], name=op.f("fk_share_resolution_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sent_by_id"], ["member.id"], name=op.f("fk_share_sent_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name=op.f("fk_share_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("resolution_id", "thread_id", name=op.f("uq_share_resolution_id_thread_id")),
    )
    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_thread_id"), ["thread_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_thread_id"))

    op.drop_table("share")
    with op.batch_alter_table("post_map", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_map_topic_id"))
        batch_op.drop_index(batch_op.f("ix_post_map_post_id"))

    op.drop_table("post_map")
    op.drop_table("external_post_revision")
    with op.batch_alter_table("credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_member_id"))

    op.drop_table("credit")
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vote_member_id"))

    op.drop_table("vote")
    op.drop_table("revision")
    op.drop_table("resolution")
    with op.batch_alter_table("official_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_mark_review_by"))

    op.drop_table("official_mark")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_topic_id"))
        batch_op.drop_index(batch_op.f("ix_notice_member_id_read_at_id"))

    op.drop_table("notice")
    with op.batch_alter_table("external_post", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_post_thread_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_external_post_account_id"))

    op.drop_table("external_post")
    with op.batch_alter_table("answer_mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_mark_member_id"))

    op.drop_table("answer_mark")
    with op.batch_alter_table("acceptance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_topic_id"))

    op.drop_table("acceptance")
    with op.batch_alter_table("topic_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_tag_tag_id"))

    op.drop_table("topic_tag")
    with op.batch_alter_table("thread_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_thread_link_topic_id"))
        batch_op.drop_index(batch_op.f("ix_thread_link_state_last_post_at_id"))

    op.drop_table("thread_link")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_post_question", sqlite_where=sa.text("kind = 'question'"), postgresql_where=sa.text("kind = 'question'")
        )
        batch_op.drop_index("ix_post_topic_order")
        batch_op.drop_index(batch_op.f("ix_post_parent_id"))
        batch_op.drop_index("ix_post_author_newest")

    op.drop_table("post")
    with op.batch_alter_table("me_too", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_me_too_member_id"))

    op.drop_table("me_too")
    with op.batch_alter_table("follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_member_id"))

    op.drop_table("follow")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_unanswered")
        batch_op.drop_index("ix_topic_state_newest")
        batch_op.drop_index("ix_topic_solved")
        batch_op.drop_index("ix_topic_section_newest")
        batch_op.drop_index(batch_op.f("ix_topic_product_id"))
        batch_op.drop_index("ix_topic_newest")
        batch_op.drop_index(batch_op.f("ix_topic_duplicate_of_id"))
        batch_op.drop_index(batch_op.f("ix_topic_author_id"))
        batch_op.drop_index("ix_topic_active")

    op.drop_table("topic")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_member_id"))

    op.drop_table("sign_in_session")
    op.drop_table("rep_subject")
    with op.batch_alter_table("mail_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_link_member_id"))

    op.drop_table("mail_link")
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_problem_run_id"))

    op.drop_table("import_problem")
    with op.batch_alter_table("image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_image_member_id"))

    op.drop_table("image")
    with op.batch_alter_table("form_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_form_key_member_id"))

    op.drop_table("form_key")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_draft_guest", sqlite_where=sa.text("member_id IS NULL"), postgresql_where=sa.text("member_id IS NULL")
        )

    op.drop_table("draft")
    op.drop_table("tag")
    op.drop_table("section")
    op.drop_table("search_outbox")
    with op.batch_alter_table("rep_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rep_event_subject_earn_day"))
        batch_op.drop_index(batch_op.f("ix_rep_event_reverses_id"))
        batch_op.drop_index(batch_op.f("ix_rep_event_cause_type_cause_id"))

    op.drop_table("rep_event")
    op.drop_table("rep_day")
    op.drop_table("product")
    op.drop_table("member")
    with op.batch_alter_table("legacy_id", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legacy_id_kind_new_id"))

    op.drop_table("legacy_id")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state_run_at_id"))

    op.drop_table("job")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_source"))

    op.drop_table("import_run")
    op.drop_table("external_account")
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_bucket_at"))

    op.drop_table("attempt")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_topic_id_id"))
        batch_op.drop_index(batch_op.f("ix_activity_actor_id_id"))

    op.drop_table("activity")
