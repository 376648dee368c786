"""What a reader knows from a room under embargo: a word beside the form, before they write about it in public."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from forum.models import OfferState, Product, SeatState, Tag, Topic, TopicTag, VipInvitation, VipOffer
from forum.policy.actor import Actor

SEATED = (SeatState.accepted, SeatState.attended)


def _holds(reader: Any) -> ColumnElement[bool]:
    """A seat of this reader, at something whose embargo has not lifted."""
    held: ColumnElement[bool] = (
        (col(VipInvitation.member_id) == reader)
        & col(VipInvitation.state).in_(SEATED)
        & col(VipOffer.embargo_until).is_not(None)
        & col(VipOffer.lifted_at).is_(None)
        & col(VipOffer.state).in_((OfferState.inviting, OfferState.held))
    )
    return held


def embargo_on(topic_id: Any, reader: Any) -> Any:
    """A column for the topic page: until when the reader has to keep back what they know of its product, if at all."""
    product = select(col(Topic.product_id)).where(col(Topic.id) == topic_id).scalar_subquery()
    tagged = (
        select(col(Product.id))
        .join(Tag, col(Tag.slug) == col(Product.slug))
        .join(TopicTag, col(TopicTag.tag_id) == col(Tag.id))
        .where(col(TopicTag.topic_id) == topic_id)
    )
    about = or_(col(VipOffer.product_id) == product, col(VipOffer.product_id).in_(tagged))
    return (
        select(func.max(col(VipOffer.embargo_until)))
        .join(VipInvitation, col(VipInvitation.offer_id) == col(VipOffer.id))
        .where(_holds(reader), about)
        .scalar_subquery()
    )


def embargoes_of(session: Session, actor: Actor) -> list[tuple[str, datetime]]:
    """For the form of a new question, whose product is not known yet: the name of each product, and until when."""
    if not actor.signed_in:
        return []
    rows = session.execute(
        select(col(VipOffer.title), col(Product.name), col(VipOffer.embargo_until))
        .join(VipInvitation, col(VipInvitation.offer_id) == col(VipOffer.id))
        .outerjoin(Product, col(Product.id) == col(VipOffer.product_id))
        .where(_holds(actor.id))
        .order_by(col(VipOffer.embargo_until))
    )
    return [(row.name or row.title, row.embargo_until) for row in rows]
