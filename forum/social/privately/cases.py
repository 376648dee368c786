"""A thread that goes on in private: a page that a signed link opens, answered on the desk, closed with a word for the public."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.core.ids import public_id, sign, unsign
from forum.core.settings import settings
from forum.core.text import Line, Words, excerpt
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

SEAL = "private-case"
MAX_TEXT = 5_000
MOST = 200
"""Messages in one case: beyond that, a person should ring."""


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
class CasePage:
    id: int
    open: bool
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
    if not insert_ignoring(session, PrivateCase, made):
        raise Conflict("This thread is handled in private already.")
    case = session.scalars(select(PrivateCase).where(col(PrivateCase.thread_id) == thread.id)).one()
    if thread.state == TriageState.published:
        write_down(session, thread.id, actor.member_id, "Taken private", "")
    else:
        turn(session, thread, OPEN, TriageState.private, actor.member_id, "")
    author = session.execute(_asker(thread)).first()
    handle = shown_handle(thread.platform, author.handle) + " " if author else ""
    text = f"{handle}We'd like to fix this with you directly: {link_of(case)} (please don't post personal details here)"
    write_reply(session, actor, thread, WriteReply(purpose="private", text=text))
    emit(session, CaseOpened(actor.member_id, case.id, thread.id))
    return case


def _asker(thread: ThreadLink) -> Any:
    return (
        select(col(ExternalAccount.handle), col(ExternalPost.text))
        .join(ExternalPost, col(ExternalPost.account_id) == col(ExternalAccount.id))
        .where(col(ExternalPost.thread_id) == thread.id, col(ExternalPost.ext_id) == thread.root_ext_id)
    )


def link_of(case: PrivateCase) -> str:
    return f"{settings().base_url}/private/{sign(case.name, SEAL)}"


def case_behind(session: Session, token: str) -> PrivateCase:
    """Only who has the link gets in; a wrong one looks like nothing at all."""
    case = case_named(session, unsign(token, SEAL) or "")
    if case is None:
        raise NotFound
    return case


def case_named(session: Session, name: str) -> PrivateCase | None:
    return session.scalars(select(PrivateCase).where(col(PrivateCase.name) == name)).first()


def access_case(session: Session, actor: Actor, case_id: int) -> PrivateCase:
    require(actor, Permission.case_answer)
    case = session.get(PrivateCase, case_id)
    if case is None:
        raise NotFound
    return case


def write_as_customer(session: Session, case: PrivateCase, data: WriteMessage) -> None:
    _write(session, case, None, data)


def write_as_staff(session: Session, actor: Actor, case: PrivateCase, data: WriteMessage) -> None:
    require(actor, Permission.case_answer)
    _write(session, case, actor.member_id, data)


def check_open(session: Session, case: PrivateCase) -> None:
    """Something may still be said in it."""
    if case.state == CaseState.closed:
        raise Conflict("This conversation is closed. Reply where you first asked, and we open it again.")
    count = len(session.scalars(select(col(PrivateMessage.id)).where(col(PrivateMessage.case_id) == case.id)).all())
    if count >= MOST:
        raise Conflict("This has become long. Please ring us, and we go on from here.")


def _write(session: Session, case: PrivateCase, member_id: int | None, data: WriteMessage) -> None:
    check_open(session, case)
    session.add(PrivateMessage(case_id=case.id, by_id=member_id, ours=member_id is not None, text=data.text))
    session.flush()
    emit(session, CaseAnswered(member_id, case.id))


def close_case(session: Session, actor: Actor, case: PrivateCase, data: CloseCase) -> None:
    """What ends in private is told in public, or there is a reason why not."""
    require(actor, Permission.case_answer)
    if not data.outcome and not data.no_outcome:
        raise Invalid({"outcome": "Write how it ended for everybody to read, or below why not."})
    if case.state == CaseState.closed:
        raise Conflict("This case is closed already.")
    case.state, case.closed_at, case.closed_by_id = CaseState.closed, clock.now(), actor.id
    case.outcome, case.no_outcome = data.outcome, "" if data.outcome else data.no_outcome
    case.address = ""  # it was for this conversation only
    session.add(case)
    write_down(session, case.thread_id, actor.member_id, "Private case closed", case.no_outcome)
    emit(session, CaseClosed(actor.member_id, case.id, bool(data.outcome)))


def case_page(session: Session, case: PrivateCase, *, for_staff: bool) -> CasePage:
    """The customer reads first names of staff, never the desk's address."""
    rows = session.execute(
        select(PrivateMessage, col(Member.name))
        .outerjoin(Member, col(Member.id) == col(PrivateMessage.by_id))
        .where(col(PrivateMessage.case_id) == case.id)
        .order_by(col(PrivateMessage.id))
    )
    thread = session.get_one(ThreadLink, case.thread_id)
    asked = session.execute(_asker(thread)).first()
    return CasePage(
        id=case.id,
        open=case.state == CaseState.open,
        messages=[Message(_who(one, name), one.ours, one.text, one.at) for one, name in rows],
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        no_outcome=case.no_outcome if for_staff else "",
        link=link_of(case) if for_staff else "",
        thread_url=f"/desk/social/{thread.id}" if for_staff else "",
        about=excerpt(asked.text, 160) if asked else "",
        address=case.address,
    )


def _who(message: PrivateMessage, name: str | None) -> str:
    if not message.ours:
        return "Customer"
    return (name or "Staff").split()[0]


def handled_since(session: Session, topic_id: int) -> tuple[datetime, bool, str] | None:
    """For the public topic: since when it is handled in private, and how it ended."""
    statement = (
        select(PrivateCase)
        .join(ThreadLink, col(ThreadLink.id) == col(PrivateCase.thread_id))
        .where(col(ThreadLink.topic_id) == topic_id)
        .order_by(col(PrivateCase.id))
        .limit(1)
    )
    case = session.scalars(statement).first()
    return (case.opened_at, case.state == CaseState.open, case.outcome) if case else None
