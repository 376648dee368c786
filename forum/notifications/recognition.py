"""What members are told about their points and what they open."""

from sqlmodel import Session

from forum.core import clock
from forum.models import FraudCase, Member, NoticeKind
from forum.notifications.handlers import tell
from forum.policy.privileges import LABELS, Privilege
from forum.recognition.events import (
    Endorsed,
    FindingRecorded,
    MentoringChanged,
    PointsAdjusted,
    PrivilegesUnlocked,
    PrivilegeSuspended,
    RestSuggested,
    TagReviewDecided,
    Thanked,
    YearReady,
)
from forum.recognition.fairness.events import VotesDoubted, VotesRestored
from forum.recognition.fairness.wording import subject
from forum.recognition.findings.events import ObjectionAnswered
from forum.recognition.routing.events import InvitationSent, VolunteerInvited
from forum.topics.events import HelperCredited
from forum.topics.reviews.events import FlagDecided


def _say(session: Session, member_id: int, kind: NoticeKind, cause: str, title: str, link: str, *, by: int | None = None) -> None:
    """One person, one sentence, and where it leads."""
    tell(session, [member_id], kind, cause, actor_id=by, title=title[:200], link=link)


def tell_unlocked(session: Session, event: PrivilegesUnlocked) -> None:
    """Each privilege is news once, however often points come and go."""
    for privilege in event.privileges:
        title = f"New for you: {LABELS[Privilege(privilege)][0].lower()}{LABELS[Privilege(privilege)][1:]}"
        cause = f"privilege:{privilege}"
        _say(session, event.member_id, NoticeKind.privilege, cause, title, "/recognition#opens")


def tell_suspended(session: Session, event: PrivilegeSuspended) -> None:
    label = LABELS[Privilege(event.privilege)]
    title = f"Paused until {event.until:%d %B %Y}: {label[0].lower()}{label[1:]}. {event.reason}"
    cause = f"paused:{event.privilege}:{event.until:%Y%m%d%H%M%S}"
    link = _own_page(session, event.member_id)
    _say(session, event.member_id, NoticeKind.privilege, cause, title, link)


def tell_adjusted(session: Session, event: PointsAdjusted) -> None:
    title = f"Staff corrected your points by {event.points:+,}: {event.reason}"
    cause = f"adjusted:{event.member_id}:{event.points}:{event.reason}"[:80]
    link = _own_page(session, event.member_id)
    _say(session, event.member_id, NoticeKind.points, cause, title, link)


def tell_doubted(session: Session, event: VotesDoubted) -> None:
    """A plain sentence to both sides, accusing nobody."""
    what = subject(session.get_one(FraudCase, event.case_id).detector)
    if not event.points:
        said = f"Some {what} between you and others did not look independent, so they do not count for now."
    else:
        whose = "Some votes on your answers" if what == "votes" else f"Some of your {what}"
        said = f"{whose} did not look independent, so {event.points} points do not count for now."
    title = f"{said} If this is wrong, tell us."
    _say(session, event.member_id, NoticeKind.points, f"doubt:{event.case_id}", title, f"/me/votes/{event.case_id}")


def tell_restored(session: Session, event: VotesRestored) -> None:
    what = subject(session.get_one(FraudCase, event.case_id).detector)
    title = f"{what.capitalize()} that were doubted count again. Thank you for your patience."
    link = f"/me/votes/{event.case_id}"
    _say(session, event.member_id, NoticeKind.points, f"restored:{event.case_id}", title, link)


def tell_finding(session: Session, event: FindingRecorded) -> None:
    what = "could do harm" if event.kind == "harmful" else "was spam"
    title = f"A moderator found that a post of yours {what}. Read why, and say so if it is wrong."
    link = f"/settings/findings/{event.event_id}"
    cause = f"finding:{event.event_id}"
    _say(session, event.member_id, NoticeKind.points, cause, title, link)


def tell_objection(session: Session, event: ObjectionAnswered) -> None:
    outcome = "Your objection was upheld, and the points count again." if event.upheld else "Your objection was answered."
    link, cause = f"/settings/findings/{event.event_id}", f"objection:{event.objection_id}"
    _say(session, event.member_id, NoticeKind.points, cause, outcome, link)


def tell_flagger(session: Session, event: FlagDecided) -> None:
    """Once for each outcome, so that a decision that was changed is told too."""
    if event.upheld:
        title, link = "Thank you for your flag. A moderator looked, and we acted.", _own_page(session, event.member_id)
    else:
        title, link = "Thank you for your flag. A moderator looked, and left the post as it is.", f"/posts/{event.post_id}"
    cause = f"flag:{event.flag_id}:{'upheld' if event.upheld else 'declined'}"
    _say(session, event.member_id, NoticeKind.points, cause, title, link, by=event.actor_id)


def tell_rest(session: Session, event: RestSuggested) -> None:
    """Its cause carries the month, so it comes once in one."""
    _say(session, event.member_id, NoticeKind.quiet, f"rest:{event.month}", event.sentence, "/settings/recognition")


def tell_year(session: Session, event: YearReady) -> None:
    title = f"What your answers did in {event.year}"
    cause = f"year:{event.year}"
    _say(session, event.member_id, NoticeKind.impact, cause, title, f"/me/impact/{event.year}")


def tell_thanked(session: Session, event: Thanked) -> None:
    """The very first one is also told by mail at once; later ones come in the weekly letter."""
    cause = f"thanks:{event.post_id}:{event.actor_id}"
    tell(
        session,
        [event.member_id],
        NoticeKind.thanks,
        cause,
        actor_id=event.actor_id,
        topic_id=event.topic_id,
        post_id=event.post_id,
        link="/me/thanks",
        mail=event.first,
    )


def tell_invited(session: Session, event: InvitationSent | VolunteerInvited) -> None:
    by = event.actor_id if isinstance(event, VolunteerInvited) else None
    cause = f"invitation:{event.invite_id}"
    link = f"/invitations#i-{event.invite_id}"
    tell(session, [event.member_id], NoticeKind.invitation, cause, actor_id=by, topic_id=event.topic_id, link=link)


def tell_led_there(session: Session, event: HelperCredited) -> None:
    cause = f"credited:{event.post_id}"
    tell(
        session,
        [event.author_id],
        NoticeKind.accepted,
        cause,
        actor_id=event.actor_id,
        topic_id=event.topic_id,
        post_id=event.post_id,
    )


def _own_page(session: Session, member_id: int) -> str:
    return f"/members/{session.get_one(Member, member_id).handle_key}/reputation"


def tell_endorsed(session: Session, event: Endorsed) -> None:
    who = session.get_one(Member, event.actor_id).name
    title = f"{who} says that you know {event.tag}"
    cause = f"endorsed:{event.tag}:{event.actor_id}"[:80]
    link = _own_page(session, event.member_id).removesuffix("/reputation")
    _say(session, event.member_id, NoticeKind.endorsement, cause, title, link, by=event.actor_id)


def tell_review(session: Session, event: TagReviewDecided) -> None:
    """To both sides, with the reason."""
    name, link = session.get_one(Member, event.member_id).name, _own_page(session, event.member_id).removesuffix("/reputation")
    outcome = "stands on the profile for a year" if event.agreed else "does not stand on the profile yet"
    cause = f"review:{event.review_id}"
    own = f"“Knows {event.tag}” {outcome}: {event.reason}"
    _say(session, event.member_id, NoticeKind.endorsement, cause, own, link)
    tell(session, event.backers, NoticeKind.endorsement, cause, actor_id=None, title=f"{name}: {own}"[:200], link=link)


MENTORING = {
    "asked": "{who} would like you as a mentor",
    "accepted": "{who} is your mentor for thirty days",
    "draft": "{who} shows you a draft",
    "comment": "{who} said something about your draft",
}


def tell_mentoring(session: Session, event: MentoringChanged) -> None:
    who = session.get_one(Member, event.actor_id).name
    cause = f"mentoring:{event.what}:{event.actor_id}:{clock.now():%Y%m%d%H}"
    title = MENTORING[event.what].format(who=who)
    _say(session, event.member_id, NoticeKind.mentoring, cause, title, "/mentoring", by=event.actor_id)
