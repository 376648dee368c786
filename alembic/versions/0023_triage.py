"""triage: watch rules, how threads are weighed, decisions, private cases, incidents"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spike_term",
        sa.Column("term", sa.String(length=120), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("false_alarms", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("term", name="pk_spike_term"),
    )
    op.create_table(
        "thread_cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_thread_cluster"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'suspected'"), nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("here", sa.Integer(), server_default="0", nullable=False),
        sa.Column("p", sa.Float(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False),
        sa.Column("minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('suspected', 'campaign', 'confirmed', 'dismissed', 'merged', 'closed')", name="ck_incident_state"
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["member.id"], name="fk_incident_decided_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["merged_into_id"], ["incident.id"], name="fk_incident_merged_into_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_incident_product_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    with op.batch_alter_table("incident") as batch:
        batch.create_index("ix_incident_state_raised_at", ["state", "raised_at"])

    op.create_table(
        "trouble_words",
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["member.id"], name="fk_trouble_words_changed_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("language", name="pk_trouble_words"),
    )
    op.create_table(
        "watch_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), server_default=sa.text("'keyword'"), nullable=False),
        sa.Column("expression", sa.String(length=300), nullable=False),
        sa.Column("exclude", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("author_kind", sa.String(length=24), nullable=False),
        sa.Column("days", sa.String(length=7), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("to_hour", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("severity", sa.String(length=24), server_default=sa.text("'usual'"), nullable=False),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("on_duty_id", sa.Integer(), nullable=True),
        sa.Column("ladder", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'active'"), nullable=False),
        sa.Column("state_reason", sa.String(length=300), nullable=False),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.Column("suggestion", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('handle', 'hashtag', 'keyword', 'regex', 'product')", name="ck_watch_rule_kind"),
        sa.CheckConstraint("severity IN ('low', 'usual', 'high')", name="ck_watch_rule_severity"),
        sa.CheckConstraint("state IN ('active', 'paused')", name="ck_watch_rule_state"),
        sa.ForeignKeyConstraint(["created_by_id"], ["member.id"], name="fk_watch_rule_created_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["on_duty_id"], ["member.id"], name="fk_watch_rule_on_duty_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_watch_rule"),
    )
    op.create_table(
        "incident_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_incident_report_incident_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name="fk_incident_report_thread_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name="fk_incident_report_topic_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_incident_report"),
        sa.UniqueConstraint("incident_id", "thread_id", name="uq_incident_report_incident_id_thread_id"),
        sa.UniqueConstraint("incident_id", "topic_id", name="uq_incident_report_incident_id_topic_id"),
    )
    with op.batch_alter_table("incident_report") as batch:
        batch.create_index("ix_incident_report_incident_id", ["incident_id"])
        batch.create_index("ix_incident_report_thread_id", ["thread_id"])
        batch.create_index("ix_incident_report_topic_id", ["topic_id"])

    op.create_table(
        "private_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), server_default=sa.text("'open'"), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=False),
        sa.Column("no_outcome", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name="ck_private_case_state"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["member.id"], name="fk_private_case_closed_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["member.id"], name="fk_private_case_opened_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name="fk_private_case_thread_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_private_case"),
        sa.UniqueConstraint("name", name="uq_private_case_name"),
        sa.UniqueConstraint("thread_id", name="uq_private_case_thread_id"),
    )
    op.create_table(
        "rule_hit",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["watch_rule.id"], name="fk_rule_hit_rule_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name="fk_rule_hit_thread_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("rule_id", "thread_id", name="pk_rule_hit"),
    )
    with op.batch_alter_table("rule_hit") as batch:
        batch.create_index("ix_rule_hit_rule_id_at", ["rule_id", "at"])
        batch.create_index("ix_rule_hit_thread_id", ["thread_id"])

    op.create_table(
        "thread_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("decided", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("advised", sa.String(length=8), nullable=False),
        sa.Column("advised_why", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_thread_decision_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name="fk_thread_decision_thread_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_thread_decision"),
    )
    with op.batch_alter_table("thread_decision") as batch:
        batch.create_index("ix_thread_decision_thread_id", ["thread_id"])

    op.create_table(
        "thread_weight",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("influence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("addressed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("advice", sa.String(length=8), nullable=False),
        sa.Column("advice_why", sa.String(length=500), nullable=False),
        sa.Column("meta", sa.String(length=120), nullable=False),
        sa.Column("similar", sa.JSON(), nullable=False),
        sa.Column("twin_id", sa.Integer(), nullable=True),
        sa.Column("queue", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread_link.id"], name="fk_thread_weight_thread_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["twin_id"], ["thread_link.id"], name="fk_thread_weight_twin_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("thread_id", name="pk_thread_weight"),
    )
    op.create_table(
        "private_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["member.id"], name="fk_private_message_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["case_id"], ["private_case.id"], name="fk_private_message_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_private_message"),
    )
    with op.batch_alter_table("private_message") as batch:
        batch.create_index("ix_private_message_case_id", ["case_id"])

    with op.batch_alter_table("thread_link") as batch:
        batch.add_column(sa.Column("assignee_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("watch_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("attention", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("cluster_id", sa.Integer(), nullable=True))
        batch.create_index("ix_thread_link_assignee_id", ["assignee_id"])
        batch.create_index("ix_thread_link_cluster_id", ["cluster_id"])
        batch.create_index("ix_thread_link_state_attention_last_post_at_id", ["state", "attention", "last_post_at", "id"])
        batch.create_index("ix_thread_link_watch_until", ["watch_until"])
        batch.create_foreign_key("fk_thread_link_cluster_id", "thread_cluster", ["cluster_id"], ["id"], ondelete="SET NULL")
        batch.create_foreign_key("fk_thread_link_assignee_id", "member", ["assignee_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    with op.batch_alter_table("thread_link") as batch:
        batch.drop_constraint("fk_thread_link_assignee_id", type_="foreignkey")
        batch.drop_constraint("fk_thread_link_cluster_id", type_="foreignkey")
        batch.drop_index("ix_thread_link_watch_until")
        batch.drop_index("ix_thread_link_state_attention_last_post_at_id")
        batch.drop_index("ix_thread_link_cluster_id")
        batch.drop_index("ix_thread_link_assignee_id")
        batch.drop_column("cluster_id")
        batch.drop_column("attention")
        batch.drop_column("watch_until")
        batch.drop_column("due_at")
        batch.drop_column("assignee_id")

    with op.batch_alter_table("private_message") as batch:
        batch.drop_index("ix_private_message_case_id")

    op.drop_table("private_message")
    op.drop_table("thread_weight")
    with op.batch_alter_table("thread_decision") as batch:
        batch.drop_index("ix_thread_decision_thread_id")

    op.drop_table("thread_decision")
    with op.batch_alter_table("rule_hit") as batch:
        batch.drop_index("ix_rule_hit_thread_id")
        batch.drop_index("ix_rule_hit_rule_id_at")

    op.drop_table("rule_hit")
    op.drop_table("private_case")
    with op.batch_alter_table("incident_report") as batch:
        batch.drop_index("ix_incident_report_topic_id")
        batch.drop_index("ix_incident_report_thread_id")
        batch.drop_index("ix_incident_report_incident_id")

    op.drop_table("incident_report")
    op.drop_table("watch_rule")
    op.drop_table("trouble_words")
    with op.batch_alter_table("incident") as batch:
        batch.drop_index("ix_incident_state_raised_at")

    op.drop_table("incident")
    op.drop_table("thread_cluster")
    op.drop_table("spike_term")
