"""The practice network as staff use it: read it as a stranger, speak as anybody on it, make it fail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field
from sqlmodel import Session, select

from forum.core.errors import Invalid, NotFound
from forum.core.text import Line, Words
from forum.jobs.queue import enqueue
from forum.models import Channel, Platform
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.inputs import Input
from forum.social.simulated.network import Entry, Fault, Network

LOOK_AFTER = timedelta(seconds=1)
FAULTS = {
    Fault.down: "The server does not answer",
    Fault.rate_limited: "It asks for a pause",
    Fault.refused: "The secret is refused",
    Fault.garbled: "Its answer makes no sense",
    Fault.lost_answer: "It carries out, and the answer is lost",
    Fault.hidden: "It accepts, and shows nobody",
    Fault.cut_short: "A thread arrives half",
}


class Say(Input):
    handle: Annotated[Line, Field(min_length=2, max_length=30, pattern=r"^@?[A-Za-z0-9_]+$")]
    text: Annotated[Words, Field(min_length=1, max_length=500)]
    parent: Annotated[int, Field(ge=0, le=10**9)] = 0


class Describe(Input):
    bio: Annotated[Line, Field(max_length=300)] = ""


class Break(Input):
    fault: Literal["down", "rate_limited", "refused", "garbled", "lost_answer", "hidden", "cut_short"]
    times: Annotated[int, Field(ge=1, le=20)] = 1


@dataclass(frozen=True, slots=True)
class PracticePost:
    id: int
    name: str
    handle: str
    text: str
    at: datetime
    url: str
    reply: bool


@dataclass(frozen=True, slots=True)
class PracticeThread:
    id: int
    posts: list[PracticePost]


@dataclass(frozen=True, slots=True)
class PracticePage:
    threads: list[PracticeThread]
    people: list[tuple[str, str, str]]
    """Id, handle, description."""
    faults: list[tuple[str, str]]


def practice_page(actor: Actor) -> PracticePage:
    require(actor, Permission.triage)
    net = Network()
    return PracticePage(
        threads=[PracticeThread(one.id, _shown(net.thread(one.id))) for one in net.newest(20)],
        people=[(one.id, one.handle, one.bio) for one in net.accounts()],
        faults=[(fault.value, label) for fault, label in FAULTS.items()],
    )


def _shown(entries: list[Entry]) -> list[PracticePost]:
    """As a stranger sees it."""
    return [
        PracticePost(one.id, one.account.name, f"@{one.account.handle}", one.text, one.at, one.url, one.parent is not None)
        for one in entries
        if not one.gone and not one.hidden and one.visibility == "public"
    ]


def say(session: Session, actor: Actor, data: Say) -> int:
    """The id of the new post. Whoever speaks for the first time joins with it; our channels look at once."""
    require(actor, Permission.triage)
    net = Network()
    if data.parent and net.post(data.parent) is None:
        raise Invalid({"text": "The post it answers is gone."})
    account = net.join(data.handle.lstrip("@"))
    for channel_id in session.exec(select(Channel.id).where(Channel.platform == Platform.simulated)):
        enqueue(session, "social.poll", dedup_key=f"poll:{channel_id}", delay=LOOK_AFTER, channel_id=channel_id)
    return net.write(account, data.text, parent=data.parent or None)


def describe(actor: Actor, account_id: str, data: Describe) -> None:
    require(actor, Permission.triage)
    net = Network()
    if net.account(account_id) is None:
        raise NotFound
    net.change(account_id, bio=data.bio)


def break_next(actor: Actor, data: Break) -> None:
    """So that staff see what a failure looks like before they meet one."""
    require(actor, Permission.triage)
    fault = Fault(data.fault)
    act = "send" if fault in (Fault.lost_answer, Fault.hidden) else "read" if fault == Fault.cut_short else "any"
    Network().break_next(act, fault, data.times)
