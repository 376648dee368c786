"""The schema goes forward, back and forward again, with rows in it, and equals the models."""

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, SQLModel, select

from forum.core import clock, db, migrations
from forum.models import ExternalAccount, ExternalPost, Platform, Post, ThreadLink, Topic
from forum.policy.actor import actor_of
from forum.topics.actions import post_answer
from forum.topics.inputs import WriteAnswer
from tests import make


@pytest.fixture
def schema_again(database):
    """Leaves the newest schema behind, whatever happens."""
    yield
    db.engine().dispose()
    migrations.upgrade()
    db.engine().dispose()


def tables() -> set[str]:
    with db.engine().begin() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_models_and_the_database_agree(database):
    migrations.differences()
    assert tables() == set(SQLModel.metadata.tables)


def test_one_step_back_and_forward_keeps_the_rows(session, schema_again):
    make.community(session)
    count = len(session.exec(select(Post)).all())
    session.close()
    db.engine().dispose()
    migrations.downgrade("-1")
    migrations.upgrade()
    with Session(db.engine()) as again:
        assert len(again.exec(select(Post)).all()) == count
        topic = again.exec(select(Topic)).first()
        post_answer(again, actor_of(make.member(again)), topic, WriteAnswer(body="Still here, and writing."))
        again.commit()
    migrations.differences()


def test_all_the_way_down_and_up(session, schema_again):
    make.community(session)
    session.close()
    db.engine().dispose()
    migrations.downgrade("base")
    assert tables() == set()
    migrations.upgrade()
    migrations.upgrade()
    migrations.differences()
    with Session(db.engine()) as again:
        make.community(again)


def test_the_database_keeps_its_promises(database):
    with db.engine().execution_options(forum_writes=False).connect() as connection:
        if connection.dialect.name == "sqlite":
            settings = [
                connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("foreign_keys", "synchronous", "journal_mode")
            ]
            assert settings == [1, 2, "wal"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        else:
            settings = [
                connection.execute(text(f"SHOW {name}")).scalar()
                for name in ("fsync", "synchronous_commit", "full_page_writes", "timezone")
            ]
            assert settings == ["on", "on", "on", "UTC"]


def test_every_foreign_key_says_what_a_delete_does():
    for table in SQLModel.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            assert constraint.ondelete in ("CASCADE", "SET NULL", "RESTRICT"), f"{table.name}: {constraint.column_keys}"


def test_rebuilding_a_table_takes_nothing_along(session, schema_again):
    """SQLite changes a table by dropping the old one; posts of a thread refer to it."""
    now = clock.now()
    account = ExternalAccount(platform=Platform.x, host="x.com", ext_id="1", handle="someone")
    thread = ThreadLink(platform=Platform.x, host="x.com", root_ext_id="1", first_post_at=now, last_post_at=now)
    session.add_all([account, thread])
    session.flush()
    post = {"platform": Platform.x, "host": "x.com", "ext_id": "1", "text_hash": "", "created_at": now}
    session.add(ExternalPost(**post, thread_id=thread.id, account_id=account.id))
    session.commit()
    session.close()
    db.engine().dispose()
    migrations.downgrade("0016-1")
    migrations.upgrade()
    with Session(db.engine()) as again:
        assert again.exec(select(ExternalPost)).one().thread_id == again.exec(select(ThreadLink)).one().id
