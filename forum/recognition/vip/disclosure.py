"""Who received a product early: kept on the member, so that the words beside their posts cost no further question."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.models import Member, SeatState, VipInvitation, VipOffer
from forum.topics.disclosure import kept_days

SHOWN_FOR = timedelta(days=365)
MOST = 20


def note_early_access(session: Session, offer: VipOffer) -> None:
    """For twelve months from now, for everybody with a seat."""
    if offer.product_id is None:
        return
    until = clock.now().date() + SHOWN_FOR
    seats = select(col(VipInvitation.member_id)).where(
        col(VipInvitation.offer_id) == offer.id, col(VipInvitation.state).in_((SeatState.accepted, SeatState.attended))
    )
    for member in session.scalars(select(Member).where(col(Member.id).in_(seats)).with_for_update()):
        kept = {product: day for product, day in kept_days(member.early_access).items() if day >= clock.now().date()}
        kept[offer.product_id] = until
        member.early_access = ",".join(f"{product}:{day.isoformat()}" for product, day in list(kept.items())[-MOST:])
    session.flush()
