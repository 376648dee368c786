"""Drafts on the server, one for each member and place."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Conflict
from forum.core.ids import token_hash
from forum.models import Draft
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.topics.inputs import Ask, KeepDraft

GUEST_KEPT = timedelta(days=7)
MOST_DRAFTS = 50


def keep(session: Session, actor: Actor, data: KeepDraft) -> None:
    """Saving nothing discards."""
    require(actor, Permission.draft_keep)
    if not (data.title or data.body):
        discard(session, actor, data.place)
        return
    count = session.scalar(select(func.count()).select_from(Draft).where(col(Draft.member_id) == actor.id)) or 0
    if count >= MOST_DRAFTS:
        raise Conflict(f"You have {count} drafts. Post or discard one first.")
    values = data.model_dump() | {"saved_at": clock.now()}
    if insert_ignoring(session, Draft, values | {"member_id": actor.member_id}):
        return
    draft = find(session, actor, data.place)
    if draft is not None:
        for name, value in values.items():
            setattr(draft, name, value)


def keep_for_guest(session: Session, token: str, data: Ask) -> None:
    """Hold what a visitor wrote until they have signed in, under the hash of a cookie only they have."""
    place = guest_place(token)
    session.execute(delete(Draft).where(col(Draft.member_id).is_(None), col(Draft.place) == place))
    session.add(
        Draft(
            place=place, title=data.title, body=data.body, tags=", ".join(data.tags), section=data.section, saved_at=clock.now()
        )
    )


def adopt(session: Session, actor: Actor, token: str) -> None:
    """After signing in: the visitor's draft becomes the member's. Older writing of theirs gives way."""
    held = session.scalars(select(Draft).where(col(Draft.member_id).is_(None), col(Draft.place) == guest_place(token))).first()
    if held is not None:
        discard(session, actor, "ask")
        held.member_id, held.place = actor.member_id, "ask"


def guest_place(token: str) -> str:
    return f"guest:{token_hash(token)}"


def sweep() -> None:
    """Job: visitors who never came back."""
    with transaction() as session:
        old = clock.now() - GUEST_KEPT
        session.execute(delete(Draft).where(col(Draft.member_id).is_(None), col(Draft.saved_at) < old))


def find(session: Session, actor: Actor, place: str) -> Draft | None:
    if not actor.signed_in:
        return None
    return session.scalars(select(Draft).where(col(Draft.member_id) == actor.id, col(Draft.place) == place)).first()


def discard(session: Session, actor: Actor, place: str) -> None:
    session.execute(delete(Draft).where(col(Draft.member_id) == actor.id, col(Draft.place) == place))
