"""Appeals against a season's outcome: made within thirty days, answered by staff with a reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import Basis, Member, Tier, VipAppeal, VipPlace, VipSeason
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.vip.events import AppealAnswered, AppealMade
from forum.recognition.vip.inputs import AnswerAppeal, Appeal
from forum.recognition.vip.seasons import current_season
from forum.recognition.vip.standing import APPEAL_DAYS

PAGE = 100


@dataclass(frozen=True, slots=True)
class AppealRow:
    id: int
    name: str
    handle: str
    season: str
    text: str
    at: datetime
    answer: str
    answered: bool


def make_appeal(session: Session, actor: Actor, data: Appeal) -> None:
    require(actor, Permission.account_own)
    season = current_season(session)
    if season is None or season.published_at is None or (clock.now() - season.published_at).days >= APPEAL_DAYS:
        raise Conflict(f"An appeal can be made within {APPEAL_DAYS} days after a season is published.")
    values = {
        "season_id": season.id,
        "member_id": actor.member_id,
        "text": data.text,
        "at": clock.now(),
        "answer": "",
        "granted": False,
    }
    if not insert_ignoring(session, VipAppeal, values):
        raise Conflict("You have appealed already. The answer comes here, and as a notice.")
    row = session.scalars(
        select(VipAppeal).where(col(VipAppeal.season_id) == season.id, col(VipAppeal.member_id) == actor.member_id)
    ).one()
    emit(session, AppealMade(actor_id=actor.member_id, appeal_id=row.id))


def answer_appeal(session: Session, actor: Actor, appeal_id: int, data: AnswerAppeal) -> None:
    require(actor, Permission.programme_run)
    row = session.scalars(select(VipAppeal).where(col(VipAppeal.id) == appeal_id).with_for_update()).first()
    if row is None:
        raise NotFound
    if row.answered_at is not None:
        raise Conflict("Somebody has answered this appeal.")
    row.answer, row.answered_at, row.answered_by_id = data.answer, clock.now(), actor.member_id
    row.granted = data.tier is not None
    if data.tier is not None:
        _grant(session, row, data.tier)
    session.flush()
    emit(
        session,
        AppealAnswered(actor_id=actor.member_id, appeal_id=row.id, member_id=row.member_id, granted=row.granted),
    )


def _grant(session: Session, row: VipAppeal, tier: Tier) -> None:
    place = session.get(VipPlace, (row.season_id, row.member_id)) or VipPlace(
        season_id=row.season_id, member_id=row.member_id, tier=tier, basis=Basis.appeal
    )
    place.tier, place.basis, place.reason = tier, Basis.appeal, row.answer[:500]
    session.add(place)


def appeal_list(session: Session, actor: Actor) -> list[AppealRow]:
    """Waiting ones first, then the newest."""
    require(actor, Permission.programme_run)
    rows = session.execute(
        select(VipAppeal, col(Member.name), col(Member.handle_key), col(VipSeason.name).label("season"))
        .join(Member, col(Member.id) == col(VipAppeal.member_id))
        .join(VipSeason, col(VipSeason.id) == col(VipAppeal.season_id))
        .order_by(col(VipAppeal.answered_at).is_not(None), col(VipAppeal.id).desc())
        .limit(PAGE)
    )
    return [
        AppealRow(
            row[0].id, row.name, row.handle_key, row.season, row[0].text, row[0].at, row[0].answer, row[0].answered_at is not None
        )
        for row in rows
    ]
