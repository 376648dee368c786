"""Reading a thread because somebody pasted its address."""

from typing import Annotated

from pydantic import Field
from sqlmodel import Session

from forum.core.errors import Invalid, NotFound
from forum.core.events import emit
from forum.core.outgoing import Refused, checked_url
from forum.core.text import Line
from forum.jobs.queue import enqueue
from forum.models.social import ReadingRequest, ReadingState, ThreadLink
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.inputs import Input
from forum.social.reading.addresses import find, known_thread
from forum.social.reading.events import ThreadAsked

UNKNOWN = "None of your channels reads that address. Connect one for its network, or paste the posts by hand."
UNREADABLE = "That is not a web address. Copy it from your browser's address bar."


class ReadAddress(Input):
    url: Annotated[Line, Field(min_length=8, max_length=2000)]


def ask_for(session: Session, actor: Actor, data: ReadAddress) -> ReadingRequest | ThreadLink:
    """The thread when we have it already, else a request whose page says what becomes of it."""
    require(actor, Permission.triage)
    try:
        checked_url(data.url)
    except Refused:
        raise Invalid({"url": UNREADABLE}) from None
    found = find(session, data.url)
    if found is None:
        raise Invalid({"url": UNKNOWN})
    if (thread := known_thread(session, found, data.url)) is not None:
        return thread
    request = ReadingRequest(url=data.url, channel_id=found.channel_id, by_id=actor.id)
    session.add(request)
    session.flush()
    enqueue(session, "social.read_address", dedup_key=f"read-address:{request.id}", request_id=request.id)
    emit(session, ThreadAsked(actor.member_id, request.id))
    return request


def access_request(session: Session, actor: Actor, request_id: int) -> ReadingRequest:
    require(actor, Permission.triage)
    request = session.get(ReadingRequest, request_id)
    if request is None:
        raise NotFound
    return request


def settle(session: Session, request_id: int, *, thread_id: int | None = None, said: str = "") -> None:
    request = session.get(ReadingRequest, request_id)
    if request is not None:
        request.state = ReadingState.done if thread_id else ReadingState.refused
        request.thread_id, request.said = thread_id, said[:300]
        session.add(request)
