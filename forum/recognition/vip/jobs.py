"""What happens by the clock: seats go on, embargoes lift, what must not be kept is deleted, alumni get their letter."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from forum.core import clock, templating
from forum.core.db import insert_ignoring, transaction
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import (
    Acceptance,
    Member,
    OfferState,
    Resolution,
    ResolutionState,
    SiteChoice,
    Tier,
    VipConsent,
    VipInvitation,
    VipOffer,
    VipPlace,
)
from forum.recognition.choices import eligible, wants
from forum.recognition.vip.embargo import lift, remind
from forum.recognition.vip.invitations import expire, fill
from forum.recognition.vip.seasons import current_season

NEEDS_KEPT = timedelta(days=30)
ADDRESS_KEPT = timedelta(days=90)
QUARTER = timedelta(days=91)


def tick() -> None:
    """Every five minutes. Running twice changes nothing."""
    moment = clock.now()
    for offer_id in _to_look_at():
        with transaction() as session:
            offer = session.scalars(select(VipOffer).where(col(VipOffer.id) == offer_id).with_for_update()).one()
            expire(session, offer, moment)
            fill(session, offer)
    with transaction() as session:
        remind(session, moment)
        lift(session, moment)
        forget(session, moment)


def _to_look_at() -> list[int]:
    with transaction(writes=False) as session:
        return list(session.scalars(select(col(VipOffer.id)).where(col(VipOffer.state) == OfferState.inviting)))


def forget(session: Session, moment: datetime) -> None:
    """Needs go 30 days after, addresses of signatures after 90 days; and signatures that ended with their seat 90 days later."""
    ended = func.coalesce(col(VipOffer.ends_at), col(VipOffer.event_at), col(VipOffer.closes_at))
    past = select(col(VipOffer.id)).where((ended <= moment - NEEDS_KEPT) | (col(VipOffer.state) == OfferState.withdrawn))
    open_ = select(col(VipOffer.id)).where(
        (col(VipOffer.embargo_until).is_(None))
        | (col(VipOffer.lifted_at).is_not(None))
        | (col(VipOffer.state) == OfferState.withdrawn)
    )
    session.execute(
        update(VipInvitation)
        .where(col(VipInvitation.needs_sealed) != "", col(VipInvitation.offer_id).in_(past))
        .values(needs_sealed="")
    )
    session.execute(
        update(VipConsent)
        .where(col(VipConsent.address) != "", col(VipConsent.signed_at) <= moment - ADDRESS_KEPT)
        .values(address="")
    )
    session.execute(
        delete(VipConsent).where(col(VipConsent.ended_at) <= moment - ADDRESS_KEPT, col(VipConsent.offer_id).in_(open_))
    )


def alumni_letter() -> None:
    """Once a quarter, to alumni who take mail about recognition: what the community did meanwhile."""
    moment = clock.now()
    quarter = f"{moment.year}-q{(moment.month - 1) // 3 + 1}"
    with transaction() as session:
        season = current_season(session)
        values = {"name": f"alumni-letter:{quarter}", "value": "", "changed_at": moment, "by_id": None}
        if season is None or not insert_ignoring(session, SiteChoice, values):
            return
        facts = _facts(session, moment - QUARTER)
        rows = session.execute(
            select(col(Member.id), col(Member.name), col(Member.email))
            .join(VipPlace, col(VipPlace.member_id) == col(Member.id))
            .where(
                col(VipPlace.season_id) == season.id,
                col(VipPlace.tier) == Tier.alumni,
                col(Member.mail_recognition).is_(True),
                col(Member.email).is_not(None),
                eligible(),
                wants("vip"),
            )
        ).all()
        for row in rows:
            text = templating.render(
                "email/alumni_letter.txt", name=row.name, site=settings().site_name, base_url=settings().base_url, **facts
            )
            subject = f"A letter from {settings().site_name}"
            enqueue(session, "mail.send", to=row.email, subject=subject, text=text, key=f"alumni:{quarter}:{row.id}")


def _facts(session: Session, since: datetime) -> dict[str, int]:
    solved = session.execute(
        select(func.count(func.distinct(Acceptance.topic_id))).where(col(Acceptance.at) >= since)
    ).scalar_one()
    published = session.execute(
        select(func.count())
        .select_from(Resolution)
        .where(col(Resolution.state) == ResolutionState.public, col(Resolution.published_at) >= since)
    ).scalar_one()
    offers = session.execute(
        select(func.count()).select_from(VipOffer).where(col(VipOffer.state).in_((OfferState.approved, OfferState.inviting)))
    ).scalar_one()
    return {"solved": solved, "published": published, "offers": offers}
