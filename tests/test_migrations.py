"""The schema forward and back, with data, and equal to the models."""

from sqlalchemy import func, inspect, select, text

from forum.core import db, migrations
from forum.models import Member, Post, RepEvent, Topic
from tests import make


def test_the_models_and_the_migrations_say_the_same(database):
    migrations.differences()


def test_up_down_up_with_data(session):
    answer = make.answer(session)
    make.comment(session, answer)
    session.rollback()
    try:
        migrations.downgrade("0001")
        with db.engine().connect() as connection:
            kept = connection.execute(select(func.count()).select_from(Post)).scalar_one()
        migrations.upgrade()
        assert kept == 3
        assert session.scalar(select(func.count()).select_from(Topic)) == 1
        session.rollback()
        migrations.downgrade("base")
        with db.engine().connect() as connection:
            assert inspect(connection).get_table_names() in ([], ["alembic_version"])
    finally:
        migrations.upgrade()
    assert session.scalar(select(func.count()).select_from(Member)) == 0
    assert make.topic(session).id == 1


def test_the_ledger_refuses_changes_after_going_back_and_forth(session):
    migrations.downgrade("0001")
    migrations.upgrade()
    with db.engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        else:
            names = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars().all()
    assert any(name.startswith(RepEvent.__tablename__) for name in names)
