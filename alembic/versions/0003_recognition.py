"""All kinds of ledger lines and notices; points per tag; members' choices; privileges."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS_BEFORE = ("solution.accepted", "solution.verified", "answer.helpful", "reversal", "restore", "staff.adjust")
KINDS = (
    *("solution.accepted", "solution.credited", "solution.verified", "answer.helpful", "answer.fixed_me_too"),
    *("question.me_too", "question.helpful", "article.published", "article.helpful", "edit.accepted"),
    *("duplicate.confirmed", "review.agreed", "flag.upheld", "harmful.upheld", "spam.upheld", "staff.adjust"),
    *("reversal", "restore"),
)
NOTICES_BEFORE = (*("answer", "comment", "mention", "accepted", "official", "solved", "needs_info", "duplicate", "resolution"),)
NOTICES = (
    *NOTICES_BEFORE,
    *("badge", "thanks", "outcome", "privilege", "points", "invitation", "perk", "nomination", "endorsement"),
    *("mentoring", "season", "quiet", "impact"),
)
SENTENCE = "rep_event is append-only"


def upgrade() -> None:
    _kinds(KINDS)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", _one_of(NOTICES))
        batch.add_column(sa.Column("title", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("link", sa.String(300), nullable=False, server_default=""))
    op.add_column("member", sa.Column("privileges", sa.String(400), nullable=False, server_default=""))
    op.add_column("member", sa.Column("mail_recognition", sa.Boolean, nullable=False, server_default=sa.true()))
    _tables()


def _tables() -> None:
    op.create_table(
        "rep_tag",
        sa.Column("subject", sa.String(32), primary_key=True),
        sa.Column("tag_id", sa.Integer, sa.ForeignKey("tag.id", name="fk_rep_tag_tag_id", ondelete="CASCADE"), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in ("points", "solutions", "askers")),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_rep_tag_tag_id_points", "rep_tag", ["tag_id", "points"])
    op.create_table(
        "recognition_choices",
        _member("recognition_choices"),
        *(
            sa.Column(name, sa.Boolean, nullable=False)
            for name in ("on_boards", "shows_level", "vip", "takes_invitations", "staff_contact", "impact_mail")
        ),
    )
    op.create_table(
        "privilege_hold",
        _member("privilege_hold"),
        sa.Column("privilege", sa.String(24), primary_key=True),
        sa.Column("below_since", sa.DateTime(timezone=True)),
        sa.Column("suspended_until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(300), nullable=False),
        _by("privilege_hold"),
    )
    op.create_table(
        "site_choice",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _by("site_choice"),
    )


def _member(table: str) -> sa.Column:
    target = sa.ForeignKey("member.id", name=f"fk_{table}_member_id", ondelete="CASCADE")
    return sa.Column("member_id", sa.Integer, target, primary_key=True)


def _by(table: str) -> sa.Column:
    return sa.Column("by_id", sa.Integer, sa.ForeignKey("member.id", name=f"fk_{table}_by_id", ondelete="SET NULL"))


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _kinds(kinds: tuple[str, ...]) -> None:
    """Rebuilding the table on SQLite takes its triggers with it, so they are made again."""
    lite = op.get_bind().dialect.name == "sqlite"
    if lite:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER rep_event_no_{act}")
    else:
        op.execute("ALTER TABLE rep_event DISABLE TRIGGER rep_event_append_only")
    if kinds == KINDS_BEFORE:
        unknown = f"SELECT id FROM rep_event WHERE NOT ({_one_of(kinds)})"
        op.execute(f"DELETE FROM rep_event WHERE reverses_id IN ({unknown})")
        op.execute(f"DELETE FROM rep_event WHERE NOT ({_one_of(kinds)})")
    with op.batch_alter_table("rep_event") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", _one_of(kinds))
    if lite:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER rep_event_no_{act.lower()} BEFORE {act} ON rep_event "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
    else:
        op.execute("ALTER TABLE rep_event ENABLE TRIGGER rep_event_append_only")


def downgrade() -> None:
    for table in ("site_choice", "privilege_hold", "recognition_choices", "rep_tag"):
        op.drop_table(table)
    op.drop_column("member", "mail_recognition")
    op.drop_column("member", "privileges")
    op.execute(f"DELETE FROM notice WHERE NOT ({_one_of(NOTICES_BEFORE)})")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("link")
        batch.drop_column("title")
        batch.drop_constraint("kind", type_="check")
        batch.create_check_constraint("kind", _one_of(NOTICES_BEFORE))
    _kinds(KINDS_BEFORE)
