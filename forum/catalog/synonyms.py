"""Two names for one tag: proposed by members who know the tags, accepted by staff, and then one name everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.catalog.counting import recount_tags
from forum.catalog.events import SynonymAccepted, SynonymDeclined, SynonymProposed, TopicRetagged
from forum.core import clock
from forum.core.db import insert_all_ignoring, insert_ignoring, transaction
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import Member, RoutingProfile, Tag, TagSynonym, TopicTag
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission

BATCH = 100
SHOWN = 200


@dataclass(frozen=True, slots=True)
class SynonymRow:
    name: str
    stays: str
    topics: int
    """Questions that carry the name now."""
    by: str
    at: datetime
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class SynonymDesk:
    waiting: list[SynonymRow]
    accepted: list[SynonymRow]


def stays(session: Session, slugs: Iterable[str]) -> list[str]:
    """The names that these tags go by, each once, in the same order."""
    asked = list(slugs)
    if not any(asked):
        return asked
    known = {
        row.name: row.slug
        for row in session.execute(
            select(col(TagSynonym.name), col(Tag.slug))
            .join(Tag, col(Tag.id) == col(TagSynonym.tag_id))
            .where(col(TagSynonym.name).in_(asked), col(TagSynonym.accepted_at).is_not(None))
        )
    }
    return list(dict.fromkeys(known.get(slug, slug) for slug in asked))


def propose(session: Session, actor: Actor, name: str, same_as: str) -> None:
    require(actor, Permission.synonym_propose)
    (target,) = stays(session, [same_as])
    tag = session.scalars(select(Tag).where(col(Tag.slug) == target)).first()
    if tag is None:
        raise Invalid({"same_as": "There is no such tag. Name one from the list."})
    if target == name:
        raise Invalid({"name": "Name two different tags."})
    values = {"name": name, "tag_id": tag.id, "by_id": actor.id, "at": clock.now()}
    if not insert_ignoring(session, TagSynonym, values):
        raise Conflict("Somebody has proposed something for this tag already. Staff look at it.")
    emit(session, SynonymProposed(actor.member_id, name, target))


def accept(session: Session, actor: Actor, name: str) -> None:
    """Questions follow in the background; from now on nobody makes the old name again."""
    row, target = _waiting(session, actor, name)
    row.accepted_at, row.accepted_by_id = clock.now(), actor.member_id
    old = session.scalar(select(col(Tag.id)).where(col(Tag.slug) == name))
    if old is not None:  # what meant the old name means the one that stays
        session.execute(update(TagSynonym).where(col(TagSynonym.tag_id) == old).values(tag_id=row.tag_id))
        enqueue(session, "catalog.fold_tag", dedup_key=f"fold:{name}", synonym=name)
    emit(session, SynonymAccepted(actor.member_id, name, target, row.by_id))


def decline(session: Session, actor: Actor, name: str) -> None:
    row, target = _waiting(session, actor, name)
    emit(session, SynonymDeclined(actor.member_id, name, target, row.by_id))
    session.delete(row)


def _waiting(session: Session, actor: Actor, name: str) -> tuple[TagSynonym, str]:
    require(actor, Permission.synonym_decide)
    row = session.scalars(select(TagSynonym).where(col(TagSynonym.name) == name).with_for_update()).first()
    if row is None:
        raise NotFound
    if row.accepted_at is not None:
        raise Conflict("That was accepted already.")
    return row, session.get_one(Tag, row.tag_id).slug


def fold_tag(synonym: str) -> None:
    """Move every question, some at a time; points per tag follow as for any change of tags."""
    while _fold_some(synonym):
        pass


def _fold_some(name: str) -> bool:
    with transaction() as session:
        row = session.get(TagSynonym, name)
        old = session.scalar(select(col(Tag.id)).where(col(Tag.slug) == name))
        if row is None or row.accepted_at is None or old is None or old == row.tag_id:
            return False
        _move_wishes(session, old, row.tag_id)
        topics = list(session.scalars(select(col(TopicTag.topic_id)).where(col(TopicTag.tag_id) == old).limit(BATCH)))
        for topic_id in topics:
            insert_ignoring(session, TopicTag, {"topic_id": topic_id, "tag_id": row.tag_id})
        session.execute(delete(TopicTag).where(col(TopicTag.tag_id) == old, col(TopicTag.topic_id).in_(topics)))
        recount_tags(session, {old, row.tag_id})
        for topic_id in topics:
            emit(session, TopicRetagged(topic_id, tuple(sorted((old, row.tag_id)))))
        return len(topics) == BATCH


def _move_wishes(session: Session, old: int, new: int) -> None:
    """Who wants to be asked about the old name, or not, wants the same of the one that stays."""
    wishes = session.scalars(select(RoutingProfile).where(col(RoutingProfile.tag_id) == old)).all()
    kept = [{"member_id": one.member_id, "tag_id": new, "wanted": one.wanted, "at": one.at} for one in wishes]
    if kept:
        insert_all_ignoring(session, RoutingProfile, kept, "member_id")
        session.execute(delete(RoutingProfile).where(col(RoutingProfile.tag_id) == old))


def synonym_desk(session: Session, actor: Actor) -> SynonymDesk:
    require(actor, Permission.synonym_decide)
    Old = aliased(Tag)
    rows = session.execute(
        select(TagSynonym, col(Tag.slug), col(Old.topics), col(Member.name).label("by"))
        .join(Tag, col(Tag.id) == col(TagSynonym.tag_id))
        .outerjoin(Old, col(Old.slug) == col(TagSynonym.name))
        .outerjoin(Member, col(Member.id) == col(TagSynonym.by_id))
        .order_by(col(TagSynonym.accepted_at).desc(), col(TagSynonym.at), col(TagSynonym.name))
        .limit(SHOWN)
    )
    views = [
        SynonymRow(row.TagSynonym.name, row.slug, row.topics or 0, row.by or "", row.TagSynonym.at, row.TagSynonym.accepted_at)
        for row in rows
    ]
    return SynonymDesk([one for one in views if one.accepted_at is None], [one for one in views if one.accepted_at is not None])
