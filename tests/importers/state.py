"""One hash of everything an import wrote, without row ids of logs and without times of running."""

import hashlib
import json

from sqlalchemy import select

from forum.core.db import transaction
from forum.models import (
    Acceptance,
    ExternalAccount,
    ExternalPost,
    ExternalPostRevision,
    ImportProblem,
    LegacyId,
    Member,
    Post,
    Revision,
    Tag,
    ThreadLink,
    Topic,
    TopicTag,
)

TABLES = (
    Acceptance,
    ExternalAccount,
    ExternalPost,
    ExternalPostRevision,
    ImportProblem,
    LegacyId,
    Member,
    Post,
    Revision,
    Tag,
    ThreadLink,
    Topic,
    TopicTag,
)
CLOCKED = {"seen_at", "first_seen_at", "imported_at", "run_id"}


def state() -> str:
    made = hashlib.sha256()
    with transaction(writes=False) as session:
        for table in TABLES:
            columns = [column for column in table.__table__.columns if column.name not in CLOCKED]
            rows = sorted(json.dumps([str(value) for value in row]) for row in session.execute(select(*columns)))
            made.update("\n".join([table.__name__, *rows]).encode())
    return made.hexdigest()
