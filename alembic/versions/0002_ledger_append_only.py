"""The reputation ledger refuses UPDATE and DELETE, whoever asks."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SENTENCE = "rep_event is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER rep_event_no_{act.lower()} BEFORE {act} ON rep_event "
                f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION rep_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER rep_event_append_only BEFORE UPDATE OR DELETE ON rep_event "
        "FOR EACH ROW EXECUTE FUNCTION rep_event_refuse()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER rep_event_no_update")
        op.execute("DROP TRIGGER rep_event_no_delete")
        return
    op.execute("DROP TRIGGER rep_event_append_only ON rep_event")
    op.execute("DROP FUNCTION rep_event_refuse()")
