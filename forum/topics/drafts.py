"""Drafts on the server, one for each member and place."""

from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.models import Draft
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.topics.inputs import KeepDraft


def keep(session: Session, actor: Actor, data: KeepDraft) -> None:
    """Saving nothing discards."""
    require(actor, Permission.draft_keep)
    if not (data.title or data.body):
        discard(session, actor, data.place)
        return
    values = data.model_dump() | {"saved_at": clock.now()}
    if insert_ignoring(session, Draft, values | {"member_id": actor.member_id}):
        return
    draft = find(session, actor, data.place)
    if draft is not None:
        for name, value in values.items():
            setattr(draft, name, value)


def find(session: Session, actor: Actor, place: str) -> Draft | None:
    if not actor.signed_in:
        return None
    return session.scalars(select(Draft).where(col(Draft.member_id) == actor.id, col(Draft.place) == place)).first()


def discard(session: Session, actor: Actor, place: str) -> None:
    session.execute(delete(Draft).where(col(Draft.member_id) == actor.id, col(Draft.place) == place))
