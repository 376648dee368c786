"""What members are told when the company made something of what they wrote: a defect, a report on an early product."""

from sqlmodel import Session

from forum.models import NoticeKind, PreviewReport, VipOffer
from forum.notifications.handlers import tell
from forum.recognition.vip.events import PreviewReportRead
from forum.topics.events import DefectConfirmed, DefectFixed


def tell_defect(session: Session, event: DefectConfirmed | DefectFixed) -> None:
    fixed = isinstance(event, DefectFixed)
    title = f"{event.reference} is fixed. You led us to it" if fixed else f"You led us to a defect: {event.reference}"
    cause = f"defect:{'fixed' if fixed else 'confirmed'}:{event.post_id}"
    link = f"/posts/{event.post_id}"
    tell(session, [event.author_id], NoticeKind.points, cause, actor_id=event.actor_id, title=title, link=link)


def tell_report(session: Session, event: PreviewReportRead) -> None:
    """Nothing of what it says: that stays in the room."""
    report = session.get_one(PreviewReport, event.report_id)
    offer = session.get_one(VipOffer, event.offer_id)
    title = f"Your report {'was useful to us' if event.useful else 'was read'}: {offer.title}"
    link = f"/perks/{offer.id}/room#r-{report.id}"
    tell(session, [report.member_id], NoticeKind.perk, f"report:{report.id}", actor_id=event.actor_id, title=title, link=link)
