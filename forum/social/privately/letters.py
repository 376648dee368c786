"""A private case by mail: the customer says where, confirms it, reads our answers there and may answer the letter."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.accounts import throttle
from forum.accounts.inputs import Address
from forum.core import templating
from forum.core.db import transaction
from forum.core.errors import Conflict, NotFound
from forum.core.ids import keyed, sign, unsign
from forum.core.mail import Letter, deliver, message_id
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import CaseState, PrivateCase, PrivateMessage
from forum.social.inputs import Input
from forum.social.privately.cases import (
    MAX_TEXT,
    case_known_as,
    check_open,
    forget_letters,
    hear,
    known_as,
    letters_about,
    link_of,
)
from forum.social.privately.events import CaseAnswered, CaseClosed
from forum.social.wire.mail import WRITE_ABOVE, Received

AFTER_CLOSING = timedelta(hours=1)
"""So long an address is kept when a case is closed, so that the last answer still goes out."""
SEAL, CONVERSATION = "private-case-address", "private-case-conversation"


class GiveAddress(Input):
    address: Address


def ask_address(session: Session, case: PrivateCase, data: GiveAddress) -> None:
    """Nothing is kept before its owner presses the button behind the letter's link, which shows nothing of the case."""
    check_open(session, case)
    address = data.address.lower()
    limits = (throttle.CASE_LETTERS, case.name), (throttle.CASE_ADDRESS, keyed(address, SEAL)[:40])
    throttle.check(session, *limits)
    throttle.count(session, *limits)
    known = known_as(case)
    token = sign(f"{known}:{address}", SEAL)
    words = templating.render(
        "email/case_address.txt", url=f"{settings().base_url}/private/addresses/{token}", site=settings().site_name
    )
    key = f"{letters_about(case)}{keyed(address, known)[:20]}"
    subject = f"Shall we answer you here? · {settings().site_name}"
    enqueue(session, "mail.send", dedup_key=f"mail:{key}", to=address, subject=subject, text=words, key=key)


def address_behind(session: Session, token: str, *, lock: bool = False) -> tuple[PrivateCase, str]:
    known, _, address = (unsign(token, SEAL) or "").partition(":")
    case = case_known_as(session, known, lock=lock)
    if case.state != CaseState.open:
        raise NotFound
    return case, address


def keep_address(session: Session, token: str) -> PrivateCase:
    """Once: who was asked before the address was corrected gets nothing of it."""
    case, address = address_behind(session, token, lock=True)
    if case.address not in ("", address):
        raise NotFound
    case.address = address
    session.add(case)
    return case


def take_back_address(session: Session, case: PrivateCase) -> None:
    """Letters there stop at once, and the links in those that came open nothing any more: the page gets another."""
    if case.address:
        forget_letters(session, case)
        case.addresses_left += 1


def write_to_customer(session: Session, event: CaseAnswered) -> None:
    """Our answer goes to the address they gave. The job has its number only, so nothing private lies in the queue."""
    case = session.get_one(PrivateCase, event.case_id)
    if event.actor_id is not None and case.address:
        newest = select(func.max(PrivateMessage.id)).where(col(PrivateMessage.case_id) == case.id)
        number = session.scalars(newest).one()
        enqueue(session, "social.mail_answer", dedup_key=f"case-message:{number}", number=number)


def forget_later(session: Session, event: CaseClosed) -> None:
    enqueue(
        session, "social.forget_address", dedup_key=f"case-address:{event.case_id}", delay=AFTER_CLOSING, case_id=event.case_id
    )


def forget_address(case_id: int) -> None:
    """It was for one conversation. A case that was opened again meanwhile goes on as it was."""
    with transaction() as session:
        case = session.get(PrivateCase, case_id)
        if case is not None and case.state == CaseState.closed:
            forget_letters(session, case)


def mail_answer(number: int) -> None:
    """The letters of a case are one conversation in any mail program."""
    with transaction(writes=False) as session:
        letter = _answer(session, number)
    if letter is not None:
        deliver(letter)


def _answer(session: Session, number: int) -> Letter | None:
    """None when it was erased, or the address taken back, meanwhile."""
    said = session.get(PrivateMessage, number)
    case = session.get_one(PrivateCase, said.case_id) if said is not None else None
    if said is None or case is None or not case.address:
        return None
    words = templating.render(
        "email/case_answer.txt",
        text=said.text,
        url=link_of(case),
        site=settings().site_name,
        above=WRITE_ABOVE,
        answerable=bool(settings().mail_reply_to),
    )
    subject = f"Our answer to you · {settings().site_name}"
    return Letter(case.address, subject, words, f"case-message:{number}", _conversation(case))


def _conversation(case: PrivateCase) -> str:
    """Sealed: the name of a case stands in its invitation, which everybody reads."""
    return f"case:{keyed(case.name, CONVERSATION)}"


def take_in(session: Session, mail: Received) -> bool:
    """An answer to one of our letters joins its case, once. Raises NotFound when it belongs to none."""
    if mail.automatic:
        return False
    theirs = select(PrivateCase).where(col(PrivateCase.address) == mail.sender, col(PrivateCase.state) == CaseState.open)
    answered = set(mail.answers)
    case = next((one for one in session.scalars(theirs) if message_id(_conversation(one)) in answered), None)
    if case is None:
        raise NotFound
    text = mail.text[:MAX_TEXT].strip()
    if not text:
        raise Conflict("There is nothing new in this letter.")
    return hear(session, case, text, mail.id)
