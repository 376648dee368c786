"""A thread that goes on in private: an invitation, the page that answering it opens, the desk's side, a last word for the public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import delete, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.ids import public_id, sign, unsign
from forum.core.settings import settings
from forum.core.text import Line, Words, excerpt
from forum.jobs import unsent
from forum.models import (
    CaseState,
    ExternalAccount,
    ExternalPost,
    Member,
    PrivateCase,
    PrivateMessage,
    ThreadLink,
    TriageState,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import shown_handle
from forum.social.inbox.turning import OPEN, turn, write_down
from forum.social.inputs import Input
from forum.social.privately.events import CaseAnswered, CaseClosed, CaseOpened
from forum.social.sharing.actions import write_reply
from forum.social.sharing.inputs import WriteReply

INVITATION, SEAL = "private-case-invitation", "private-case-page"
"""Everybody reads the invitation, where it is posted. Only who answered it, and staff, know the page."""
MAX_TEXT = 5_000
MOST = 200
"""Messages in one case: beyond that, a person should ring."""
AGAIN = "Reply where you first asked, and we open it again."
ENDED = "This page has ended. If it was you who asked, reply there, and we send you a new link."


class WriteMessage(Input):
    text: Annotated[Words, Field(min_length=1, max_length=MAX_TEXT)]


class CloseCase(Input):
    outcome: Annotated[Words, Field(max_length=1_000)] = ""
    no_outcome: Annotated[Line, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True)
class Message:
    who: str
    ours: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InvitationPage:
    about: str
    open: bool
    begun: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    id: int
    open: bool
    withdrawn: bool
    begun: bool
    """The customer, or whoever answered, has written."""
    messages: list[Message]
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    no_outcome: str
    link: str
    thread_url: str
    about: str
    address: str
    """Where the customer reads our answers by mail."""


def open_case(session: Session, actor: Actor, thread: ThreadLink) -> PrivateCase:
    """With the invitation prepared as a reply: it goes out once somebody has approved it."""
    require(actor, Permission.case_answer)
    made = {"name": public_id(), "thread_id": thread.id, "state": CaseState.open, "opened_by_id": actor.id}
    made |= {"opened_at": clock.now(), "outcome": "", "no_outcome": ""}
    fresh = insert_ignoring(session, PrivateCase, made)
    mine = select(PrivateCase).where(col(PrivateCase.thread_id) == thread.id).order_by(col(PrivateCase.id)).with_for_update()
    *before, case = [one for one in session.scalars(mine) if fresh or one.state != CaseState.withdrawn]
    if not fresh:
        return _open_again(session, actor, case, thread)
    if thread.state in (TriageState.published, TriageState.private):
        write_down(session, thread.id, actor.member_id, "Invited anew" if before else "Taken private", "")
    else:
        turn(session, thread, OPEN, TriageState.private, actor.member_id, "")
    how = "Our first link no longer works; here is another" if before else "We'd like to fix this with you directly"
    text = f"{how}: {_invitation_to(case)} (please don't post personal details here)"
    return _invite(session, actor, case, thread, text)


def _open_again(session: Session, actor: Actor, case: PrivateCase, thread: ThreadLink) -> PrivateCase:
    """With all that was said; the customer's page is the one they had, or the first answer opens it."""
    if case.state == CaseState.open:
        raise Conflict("This thread is handled in private already.")
    case.state, case.opened_at, case.opened_by_id = CaseState.open, clock.now(), actor.id
    case.closed_at, case.closed_by_id, case.outcome, case.no_outcome = None, None, "", ""
    session.add(case)
    write_down(session, thread.id, actor.member_id, "Taken private again", "")
    begun = bool(_heard(session, case))
    where = "on the page you had" if begun else f"here: {_invitation_to(case)}"
    return _invite(
        session, actor, case, thread, f"We have opened our private conversation again, {where}. Please write to us there."
    )


def _invite(session: Session, actor: Actor, case: PrivateCase, thread: ThreadLink, text: str) -> PrivateCase:
    author = session.execute(_asker(thread)).first()
    handle = shown_handle(thread.platform, author.handle) + " " if author else ""
    write_reply(session, actor, thread, WriteReply(purpose="private", text=handle + text))
    emit(session, CaseOpened(actor.member_id, case.id, thread.id))
    return case


def _asker(thread: ThreadLink) -> Any:
    return (
        select(col(ExternalAccount.handle), col(ExternalPost.text))
        .join(ExternalPost, col(ExternalPost.account_id) == col(ExternalAccount.id))
        .where(col(ExternalPost.thread_id) == thread.id, col(ExternalPost.ext_id) == thread.root_ext_id)
    )


def _invitation_to(case: PrivateCase) -> str:
    return f"{settings().base_url}/private/invitations/{sign(case.name, INVITATION)}"


def link_of(case: PrivateCase) -> str:
    return f"{settings().base_url}{page_of(case)}"


def page_of(case: PrivateCase) -> str:
    return f"/private/{sign(known_as(case), SEAL)}"


def known_as(case: PrivateCase) -> str:
    """In links that let in. Another one after each address that was taken back."""
    return f"{case.name}~{case.addresses_left}" if case.addresses_left else case.name


def invitation_page(session: Session, token: str) -> InvitationPage:
    """Nothing that was said in private: anybody may look at it."""
    case = _invited(session, token)
    withdrawn = case.state == CaseState.withdrawn
    about = "" if withdrawn else _about(session, session.get_one(ThreadLink, case.thread_id))
    return InvitationPage(about, case.state == CaseState.open, bool(_heard(session, case)), withdrawn)


def begin(session: Session, token: str, data: WriteMessage, form_key: str) -> PrivateCase:
    """The first answer opens the page, and none after it; the same form sent twice leads there twice."""
    case = _invited(session, token, lock=True)
    heard = _heard(session, case)
    if form_key and _form(case, form_key) in heard:
        return case
    if heard:
        raise Conflict("Somebody has answered this invitation already. If that was not you, tell us where you first asked.")
    write_as_customer(session, case, data, form_key)
    return case


def _invited(session: Session, token: str, *, lock: bool = False) -> PrivateCase:
    case = case_named(session, unsign(token, INVITATION) or "", lock=lock)
    if case is None:
        raise NotFound
    return case


def _heard(session: Session, case: PrivateCase) -> list[str | None]:
    """As what each message of the customer came."""
    theirs = select(col(PrivateMessage.came_as)).where(
        col(PrivateMessage.case_id) == case.id, col(PrivateMessage.ours).is_(False)
    )
    return list(session.scalars(theirs))


def _form(case: PrivateCase, key: str) -> str:
    return f"form:{case.id}:{key[:64]}"


def case_behind(session: Session, token: str, *, lock: bool = False) -> PrivateCase:
    """Only who has the link gets in; a wrong one looks like nothing at all."""
    return case_known_as(session, unsign(token, SEAL) or "", lock=lock)


def case_known_as(session: Session, known: str, *, lock: bool = False) -> PrivateCase:
    case = case_named(session, known.partition("~")[0], lock=lock)
    if case is None or known_as(case) != known:
        raise NotFound
    return case


def case_named(session: Session, name: str, *, lock: bool = False) -> PrivateCase | None:
    found = select(PrivateCase).where(col(PrivateCase.name) == name)
    return session.scalars(found.with_for_update() if lock else found).first()


def access_case(session: Session, actor: Actor, case_id: int) -> PrivateCase:
    require(actor, Permission.case_answer)
    case = session.get(PrivateCase, case_id)
    if case is None:
        raise NotFound
    return case


def write_as_customer(session: Session, case: PrivateCase, data: WriteMessage, form_key: str) -> None:
    hear(session, case, data.text, _form(case, form_key) if form_key else None)


def hear(session: Session, case: PrivateCase, text: str, came_as: str | None) -> bool:
    """What the customer says joins the case, once. Says whether it was new."""
    check_open(session, case)
    values = {"case_id": case.id, "by_id": None, "ours": False, "text": text, "came_as": came_as, "at": clock.now()}
    made = insert_ignoring(session, PrivateMessage, values)
    if made:
        emit(session, CaseAnswered(None, case.id))
    return made


def write_as_staff(session: Session, actor: Actor, case: PrivateCase, data: WriteMessage) -> None:
    require(actor, Permission.case_answer)
    check_open(session, case)
    session.add(PrivateMessage(case_id=case.id, by_id=actor.id, ours=True, text=data.text))
    session.flush()
    emit(session, CaseAnswered(actor.member_id, case.id))


def check_open(session: Session, case: PrivateCase) -> None:
    """Something may still be said in it."""
    if case.state != CaseState.open:
        raise Conflict(ENDED if case.state == CaseState.withdrawn else "This conversation is closed. " + AGAIN)
    count = len(session.scalars(select(col(PrivateMessage.id)).where(col(PrivateMessage.case_id) == case.id)).all())
    if count >= MOST:
        raise Conflict("This has become long. Please ring us, and we go on from here.")


def close_case(session: Session, actor: Actor, case: PrivateCase, data: CloseCase) -> None:
    """What ends in private is told in public, or there is a reason why not."""
    require(actor, Permission.case_answer)
    if not data.outcome and not data.no_outcome:
        raise Invalid({"outcome": "Write how it ended for everybody to read, or below why not."})
    if case.state != CaseState.open:
        raise Conflict("This case is closed already.")
    case.state, case.closed_at, case.closed_by_id = CaseState.closed, clock.now(), actor.id
    case.outcome, case.no_outcome = data.outcome, "" if data.outcome else data.no_outcome
    session.add(case)
    write_down(session, case.thread_id, actor.member_id, "Private case closed", case.no_outcome)
    emit(session, CaseClosed(actor.member_id, case.id, bool(data.outcome)))


def forget(session: Session, account_id: int) -> None:
    """Whoever was invited asked to be erased: both sides' words go, and the address; what is open ends."""
    invited = (
        select(PrivateCase)
        .join(ThreadLink, col(ThreadLink.id) == col(PrivateCase.thread_id))
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .where(col(ExternalPost.ext_id) == col(ThreadLink.root_ext_id), col(ExternalPost.account_id) == account_id)
    )
    for case in session.scalars(invited):
        session.execute(delete(PrivateMessage).where(col(PrivateMessage.case_id) == case.id))
        forget_letters(session, case)
        if case.state == CaseState.open:
            case.state, case.closed_at, case.no_outcome = CaseState.closed, clock.now(), "They asked to be erased."
        session.add(case)


def forget_letters(session: Session, case: PrivateCase) -> None:
    """Where they went, and those that could not be sent: a job that failed would keep the address."""
    case.address = ""
    session.add(case)
    unsent.forget_about(session, letters_about(case))


def letters_about(case: PrivateCase) -> str:
    """How the keys of letters begin that ask whether an address is right."""
    return f"case-address:{case.id}:"


def case_page(session: Session, case: PrivateCase, *, for_staff: bool) -> CasePage:
    """The customer reads first names of staff, never the desk's address; behind a link that was taken back is nothing any more."""
    withdrawn = case.state == CaseState.withdrawn
    hidden = withdrawn and not for_staff
    rows = session.execute(
        select(PrivateMessage, col(Member.name))
        .outerjoin(Member, col(Member.id) == col(PrivateMessage.by_id))
        .where(col(PrivateMessage.case_id) == case.id)
        .order_by(col(PrivateMessage.id))
    )
    thread = session.get_one(ThreadLink, case.thread_id)
    messages = [Message(_who(one, name), one.ours, one.text, one.at) for one, name in rows]
    return CasePage(
        id=case.id,
        open=case.state == CaseState.open,
        withdrawn=withdrawn,
        begun=any(not one.ours for one in messages),
        messages=[] if hidden else messages,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        no_outcome=case.no_outcome if for_staff else "",
        link=link_of(case) if for_staff else "",
        thread_url=f"/desk/social/{thread.id}" if for_staff else "",
        about="" if hidden else _about(session, thread),
        address=case.address,
    )


def _about(session: Session, thread: ThreadLink) -> str:
    asked = session.execute(_asker(thread)).first()
    return excerpt(asked.text, 160) if asked else ""


def _who(message: PrivateMessage, name: str | None) -> str:
    if not message.ours:
        return "Customer"
    return (name or "Staff").split()[0]


def handled_since(session: Session, topic_id: int) -> tuple[datetime, bool, str] | None:
    """For the public topic: since when it is handled in private, and how it ended."""
    statement = (
        select(PrivateCase)
        .join(ThreadLink, col(ThreadLink.id) == col(PrivateCase.thread_id))
        .where(col(ThreadLink.topic_id) == topic_id, col(PrivateCase.state) != CaseState.withdrawn)
        .order_by(col(PrivateCase.id))
        .limit(1)
    )
    case = session.scalars(statement).first()
    return (case.opened_at, case.state == CaseState.open, case.outcome) if case else None
