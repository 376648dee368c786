"""What members and staff are told about accounts elsewhere, channels and replies."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from forum.core import clock, templating
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import (
    Channel,
    ExternalAccount,
    Incident,
    Member,
    MeToo,
    NoticeKind,
    PrivateCase,
    PrivateMessage,
    Share,
    ShareState,
    ThreadLink,
    Topic,
)
from forum.notifications.handlers import tell
from forum.policy.actor import actor_of
from forum.policy.check import may
from forum.policy.permissions import Permission
from forum.recognition.choices import STAFF
from forum.social.authors import network_name, shown_handle
from forum.social.channels.events import ChannelNeedsSigningIn
from forum.social.contacts.events import AccountClaimed, ClaimFailed
from forum.social.incidents.events import IncidentClosed
from forum.social.lengths import open_url
from forum.social.privately.events import CaseAnswered
from forum.social.sharing.events import DelegationChanged, ShareAwaiting, ShareStuck


def tell_claimed(session: Session, event: AccountClaimed) -> None:
    account = session.get_one(ExternalAccount, event.account_id)
    title = f"{_called(account)} is yours. Your name stands beside what you said there."
    _own(session, event.actor_id, f"claimed:{event.account_id}", title)


def tell_claim_tried(session: Session, event: ClaimFailed) -> None:
    account = session.get_one(ExternalAccount, event.account_id)
    title = f"Somebody else said that {_called(account)} is theirs. It stays yours; tell us if that is wrong."
    _own(session, event.holder_id, f"claim-tried:{event.account_id}:{event.actor_id}", title)


def _own(session: Session, member_id: int, cause: str, title: str) -> None:
    tell(session, [member_id], NoticeKind.account, cause, actor_id=None, title=title[:200], link="/settings/accounts")


def _called(account: ExternalAccount) -> str:
    return f"{shown_handle(account.platform, account.handle)} on {network_name(account.platform)}"


def tell_signing_in(session: Session, event: ChannelNeedsSigningIn) -> None:
    """Whoever connected it, and every administrator."""
    channel = session.get_one(Channel, event.channel_id)
    admins = [one.id for one in _staff(session) if may(actor_of(one), Permission.channel_manage)]
    title = f"{channel.name} needs you to sign in again. Nothing is lost; nothing is read or sent meanwhile."
    cause = f"channel:{channel.id}:{channel.last_error_at:%Y%m%d%H%M}" if channel.last_error_at else f"channel:{channel.id}"
    people = {*admins, channel.created_by_id}
    tell(session, people, NoticeKind.channel, cause, actor_id=None, title=title[:200], link=f"/desk/channels/{channel.id}")


def tell_second_reader(session: Session, event: ShareAwaiting) -> None:
    """All who may read it, but not whoever wrote it."""
    title = "A reply needs a second reader before it goes out."
    link = f"/desk/shares/{event.share_id}"
    readers = [one.id for one in _staff(session)]
    tell(session, readers, NoticeKind.share, f"second:{event.share_id}", actor_id=event.actor_id, title=title, link=link)


def tell_stuck(session: Session, event: ShareStuck) -> None:
    """Whoever wrote or approved it. What a person has to post by hand comes with all they need for it, as a letter."""
    share = session.get_one(Share, event.share_id)
    title = f"A reply did not get through: {event.said or 'look at it once more.'}"
    people = {share.drafted_by_id, share.approved_by_id}
    cause = f"stuck:{share.id}:{event.state}:{share.attempts}"
    link = f"/desk/shares/{share.id}"
    told = tell(session, people, NoticeKind.share, cause, actor_id=None, title=title[:200], link=link)
    if share.state in (ShareState.by_hand, ShareState.failed) and share.approved_by_id in told:
        _ask_by_hand(session, share, session.get_one(Member, share.approved_by_id), cause)


def _ask_by_hand(session: Session, share: Share, member: Member, cause: str) -> None:
    thread = session.get_one(ThreadLink, share.thread_id)
    place = network_name(thread.platform)
    words = templating.render(
        "email/by_hand.txt",
        name=member.name,
        place=place,
        said=share.said,
        text=share.text,
        there=open_url(thread.platform, thread, share.text),
        here=f"{settings().base_url}/desk/shares/{share.id}",
        site=settings().site_name,
    )
    subject = f"Please post a reply by hand on {place} · {settings().site_name}"
    enqueue(session, "mail.send", dedup_key=f"mail:{cause}", to=member.email, subject=subject, text=words, key=cause)


def tell_case(session: Session, event: CaseAnswered) -> None:
    """The customer wrote: whoever opened the case, and whoever answered in it, hears that; the words stay on its page."""
    if event.actor_id is not None:
        return
    case = session.get_one(PrivateCase, event.case_id)
    said = session.exec(select(PrivateMessage).where(PrivateMessage.case_id == case.id).order_by(col(PrivateMessage.id))).all()
    people = {case.opened_by_id, *(one.by_id for one in said)}
    title = "A customer wrote to us in private."
    link = f"/desk/cases/{case.id}"
    tell(session, people, NoticeKind.share, f"case:{case.id}:{said[-1].id}", actor_id=None, title=title, link=link)


def tell_over(session: Session, event: IncidentClosed) -> None:
    """Who asked about it or has it too, each once, whatever the number of questions."""
    incident = session.get_one(Incident, event.incident_id)
    asked = session.exec(select(Topic.author_id).where(col(Topic.id).in_(event.topic_ids))).all()
    same = session.exec(select(MeToo.member_id).where(col(MeToo.topic_id).in_(event.topic_ids))).all()
    link = f"/incidents/{incident.id}"
    tell(
        session,
        {*asked, *same},
        NoticeKind.solved,
        f"incident:{incident.id}",
        actor_id=event.actor_id,
        title=incident.title,
        link=link,
    )


def tell_delegated(session: Session, event: DelegationChanged) -> None:
    channel = session.get_one(Channel, event.channel_id)
    said = {
        "suggest": f"You may suggest replies on {channel.name}.",
        "approval": f"You may write replies on {channel.name}; staff read them second.",
        "limits": f"You may send replies on {channel.name} yourself.",
        "ended": f"Your replies on {channel.name} came to an end. Thank you for them.",
    }[event.level]
    cause = f"delegation:{event.channel_id}:{event.level}:{clock.now():%Y%m%d}"
    tell(session, [event.member_id], NoticeKind.share, cause, actor_id=None, title=said, link="/me/replies")


def _staff(session: Session) -> Sequence[Member]:
    return session.exec(select(Member).where(col(Member.role).in_(STAFF), col(Member.deleted_at).is_(None))).all()
