"""Posts that led to a defect which the company confirmed: linked by staff, marked fixed later, said beside the post."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from forum.core import clock, paging, text
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict
from forum.core.events import emit
from forum.models import Defect, Member, Post, Topic
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.events import DefectConfirmed, DefectFixed, DefectUnlinked
from forum.topics.inputs import ConfirmDefect
from forum.topics.rows import visible_topics

PAGE = 25
MOST_OPEN = 200


@dataclass(frozen=True, slots=True)
class DefectRow:
    reference: str
    post_id: int
    topic_title: str
    excerpt: str
    author: str
    confirmed_at: datetime
    fixed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DefectList:
    open: list[DefectRow]
    """The longest known first."""
    fixed: list[DefectRow]
    more_url: str | None
    first_url: str | None


def confirm_defect(session: Session, actor: Actor, topic: Topic, post: Post, data: ConfirmDefect) -> None:
    """Linking it again corrects the reference."""
    require(actor, Permission.defect_confirm, About(topic, post))
    values = {"post_id": post.id, "reference": data.reference, "confirmed_at": clock.now(), "by_id": actor.id}
    if insert_ignoring(session, Defect, values):
        emit(session, DefectConfirmed(actor.member_id, topic.id, post.id, post.author_id, data.reference))
        return
    _locked(session, post).reference = data.reference


def fix_defect(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    require(actor, Permission.defect_confirm, About(topic, post))
    row = _locked(session, post)
    if row.fixed_at is not None:
        raise Conflict("It is marked as fixed already.")
    row.fixed_at = clock.now()
    emit(session, DefectFixed(actor.member_id, topic.id, post.id, post.author_id, row.reference))


def unlink_defect(session: Session, actor: Actor, topic: Topic, post: Post) -> None:
    """For a link made by mistake."""
    require(actor, Permission.defect_confirm, About(topic, post))
    row = _locked(session, post)
    if row.fixed_at is not None:
        raise Conflict("It was fixed, and the person who found it was told. It stays.")
    session.execute(delete(Defect).where(col(Defect.post_id) == post.id))
    emit(session, DefectUnlinked(actor.member_id, topic.id, post.id))


def _locked(session: Session, post: Post) -> Defect:
    row = session.scalars(select(Defect).where(col(Defect.post_id) == post.id).with_for_update()).first()
    if row is None:
        raise Conflict("No defect is linked to this post. Link it first.")
    return row


def reference_of(session: Session, post: Post) -> str:
    row = session.get(Defect, post.id)
    return row.reference if row else ""


def defect_list(session: Session, actor: Actor, after: str | None) -> DefectList:
    """Those that wait for a fix, and of those that were fixed the newest."""
    require(actor, Permission.defects_see)
    waiting = col(Defect.fixed_at).is_(None)
    first = _rows(actor).where(waiting).order_by(col(Defect.confirmed_at), col(Defect.post_id)).limit(MOST_OPEN)
    open_ = [_view(row) for row in session.execute(first)] if after is None else []
    key = paging.decode(after, datetime)
    query = _rows(actor).where(~waiting)
    if key is not None:
        at, post_id = key
        query = query.where((col(Defect.fixed_at) < at) | ((col(Defect.fixed_at) == at) & (col(Defect.post_id) < post_id)))
    fixed = session.execute(query.order_by(col(Defect.fixed_at).desc(), col(Defect.post_id).desc()).limit(PAGE + 1)).all()
    page = paging.cut(fixed, PAGE, _view, lambda row: (row.fixed_at, row.post_id), first=key is None)
    older = f"/desk/defects?after={page.after}" if page.after else None
    return DefectList(open_, page.items, older, "/desk/defects" if after is not None else None)


def _rows(actor: Actor) -> Any:
    return (
        select(
            *(col(Defect.reference), col(Defect.post_id), col(Defect.confirmed_at), col(Defect.fixed_at)),
            *(col(Topic.title), func.substr(Post.body, 1, 400).label("body"), col(Member.name)),
        )
        .join(Post, col(Post.id) == col(Defect.post_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(visible_topics(actor))
    )


def _view(row: Any) -> DefectRow:
    said = text.excerpt(row.body, 200)
    return DefectRow(row.reference, row.post_id, row.title, said, row.name or "", row.confirmed_at, row.fixed_at)
