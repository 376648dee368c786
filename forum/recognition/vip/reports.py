"""What people with a seat say about an early product, in its room: read by staff and by themselves, and by nobody else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.core.events import emit
from forum.models import Member, OfferKind, OfferState, PreviewReport, ReportState, VipInvitation, VipOffer
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.recognition.vip.embargo import SEATED, has_signed
from forum.recognition.vip.events import PreviewReportRead, PreviewReportWritten
from forum.recognition.vip.inputs import ReadReport, WriteReport
from forum.recognition.vip.invitations import access_invited

MOST = 20
"""From one person about one product."""
STATE_WORDS = {
    ReportState.new: ("", "clock", "Not read yet"),
    ReportState.useful: ("ok", "circle-check", "Useful to us"),
    ReportState.read: ("", "eye", "Read, with thanks"),
}


@dataclass(frozen=True, slots=True)
class ReportView:
    id: int
    text: str
    at: datetime
    waits: bool
    tone: str
    icon: str
    words: str
    sentence: str
    name: str
    """For staff: who wrote it."""
    handle: str


@dataclass(frozen=True, slots=True)
class RoomReports:
    """The reader's own part of a room. `wanted` is whether this is a product to report on, `open` whether one may now."""

    wanted: bool
    open: bool
    until: datetime | None
    own: list[ReportView]


def deadline(offer: VipOffer) -> datetime | None:
    """A report helps before everybody else has the product. Without any date, until the offer is closed."""
    return offer.ends_at or offer.embargo_until or offer.event_at


def _takes_reports(offer: VipOffer) -> bool:
    until = deadline(offer)
    still = clock.now() < until if until else offer.state == OfferState.inviting
    return still and offer.kind == OfferKind.early_product and offer.state in (OfferState.inviting, OfferState.held)


def _tries_it(session: Session, actor: Actor, offer: VipOffer, own: VipInvitation | None) -> bool:
    """Has a seat, and has signed where there is something to sign."""
    return own is not None and own.state in SEATED and (not offer.nda_text or has_signed(session, offer, actor))


def room_reports(session: Session, actor: Actor, offer_id: int) -> RoomReports:
    if may(actor, Permission.programme_run):
        return RoomReports(wanted=False, open=False, until=None, own=[])
    offer, own = access_invited(session, actor, offer_id)
    reports = _views(session, col(PreviewReport.offer_id) == offer.id, col(PreviewReport.member_id) == actor.id)
    tries = offer.kind == OfferKind.early_product and _tries_it(session, actor, offer, own)
    return RoomReports(tries or bool(reports), tries and _takes_reports(offer), deadline(offer), reports)


def write_report(session: Session, actor: Actor, offer_id: int, data: WriteReport) -> PreviewReport:
    require(actor, Permission.preview_report)
    offer, own = access_invited(session, actor, offer_id, to_change=True)
    if not _tries_it(session, actor, offer, own):
        raise Forbidden("Reports come from people with a seat who have signed.")
    if not _takes_reports(offer):
        raise Conflict("The time for reports is over. If it is urgent, write to the person who invited you.")
    mine = (col(PreviewReport.offer_id) == offer.id) & (col(PreviewReport.member_id) == actor.id)
    if (session.scalar(select(func.count()).select_from(PreviewReport).where(mine)) or 0) >= MOST:
        raise Conflict(f"That is {MOST} reports from you, thank you. The team reads them first.")
    row = PreviewReport(offer_id=offer.id, member_id=actor.member_id, text=data.text, at=clock.now())
    session.add(row)
    session.flush()
    emit(session, PreviewReportWritten(offer_id=offer.id, report_id=row.id))
    return row


def read_report(session: Session, actor: Actor, offer_id: int, report_id: int, data: ReadReport) -> None:
    """Once: a report that was answered is answered."""
    require(actor, Permission.programme_run)
    row = session.scalars(select(PreviewReport).where(col(PreviewReport.id) == report_id).with_for_update()).first()
    if row is None or row.offer_id != offer_id:
        raise NotFound
    if row.state != ReportState.new:
        raise Conflict("Somebody has answered this report meanwhile.")
    row.state, row.sentence = ReportState(data.verdict), data.sentence
    row.decided_by_id, row.decided_at = actor.member_id, clock.now()
    session.flush()
    useful = row.state == ReportState.useful
    emit(session, PreviewReportRead(actor_id=actor.member_id, offer_id=offer_id, report_id=row.id, useful=useful))


def reports_for_staff(session: Session, actor: Actor, offer: VipOffer) -> list[ReportView]:
    """Those that wait come first."""
    require(actor, Permission.programme_run)
    return sorted(_views(session, col(PreviewReport.offer_id) == offer.id), key=lambda view: not view.waits)


def _views(session: Session, *which: object) -> list[ReportView]:
    rows = session.execute(
        select(PreviewReport, col(Member.name), col(Member.handle_key))
        .outerjoin(Member, col(Member.id) == col(PreviewReport.member_id))
        .where(*which)  # type: ignore[arg-type]
        .order_by(col(PreviewReport.id).desc())
    )
    return [_view(row.PreviewReport, row.name or "A former member", row.handle_key or "") for row in rows]


def _view(row: PreviewReport, name: str, handle: str) -> ReportView:
    state = ReportState(row.state)
    tone, icon, words = STATE_WORDS[state]
    return ReportView(row.id, row.text, row.at, state == ReportState.new, tone, icon, words, row.sentence, name, handle)
