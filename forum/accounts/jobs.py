"""Work for accounts that can wait: letters that need a look at the rows first, and the daily sweep."""

from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col

from forum.accounts import credentials, sessions
from forum.core import clock
from forum.core.db import transaction
from forum.jobs import unsent
from forum.models.accounts import Attempt, FormKey, MailLink

KEPT = timedelta(days=2)


def send_reset(address: str) -> None:
    with transaction() as session:
        credentials.send_reset(session, address)


def sweep() -> None:
    """Deletes counted tries, form keys, sessions, links and unsent letters that nothing looks at any more."""
    older = clock.now() - KEPT
    with transaction() as session:
        session.execute(delete(Attempt).where(col(Attempt.at) < older))
        session.execute(delete(FormKey).where(col(FormKey.at) < older))
        session.execute(delete(MailLink).where(col(MailLink.expires_at) < older))
        sessions.sweep(session)
        unsent.sweep(session)
