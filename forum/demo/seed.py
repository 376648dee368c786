"""Makes the demo community once: an invented half year, through the same acts as anybody's."""

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from sqlalchemy import func
from sqlmodel import Session, col, select

from forum import wiring
from forum.accounts.passwords import hash_password
from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import Conflict
from forum.core.settings import settings
from forum.demo import asking, care, elsewhere, people, plot, practice, programme, secret, tidy
from forum.demo.content import community
from forum.demo.timeline import Timeline
from forum.models import Member, Section, Topic

SIGN_INS = {
    "joel": "member, asked about the evening drop",
    "priya": "member, a volunteer who solves a lot",
    "tomasz": "moderator",
    "marta": "staff, Network Care",
    "aoife": "administrator",
}
REFUSED = "The demo is not made in production unless FORUM_DEMO_PASSWORD is set, since its sign-ins are well known."
OCCUPIED = "There is a community here already, so the demo was not added. Name an empty folder with FORUM_DATA_DIR to see it."


@dataclass(frozen=True, slots=True)
class Report:
    made: bool
    members: int
    topics: int
    password: str

    def words(self, base_url: str) -> str:
        done = "The demo community is ready" if self.made else "The demo community is there already; nothing was changed"
        password = self.password or "the one that was chosen when the demo was made"
        lines = [
            f"{done}: {self.members} members, {self.topics} topics.",
            "",
            f"  Open      {base_url}",
            f"  Password  {password}  (the same for everybody)",
            "",
            *(f"  {handle:<9} {what}" for handle, what in SIGN_INS.items()),
        ]
        return "\n".join(lines)


def seed() -> Report:
    """Once. An interrupted run leaves no members and no topics, so the next one starts afresh; or all of them, and the
    next one adds what is going on just now."""
    if settings().env == "production" and not settings().demo_password:
        raise Conflict(REFUSED)
    wiring.wire()
    with transaction(writes=False) as session:
        there = _standing(session)
    if there is not None:
        return replace(there, made=practice.perform())
    hashed = hash_password(secret.chosen())
    try:
        _perform(hashed)
    finally:
        clock.use(None)
    practice.perform()
    tidy.index()
    with transaction(writes=False) as session:
        made = _standing(session)
    assert made is not None
    return Report(True, made.members, made.topics, made.password)


def _standing(session: Session) -> Report | None:
    """What stands here; None where nothing does yet."""
    known = session.exec(select(Member).where(Member.email_key == f"priya@{people.MAIL_DOMAIN}")).first()
    if known is None:
        if session.exec(select(col(Section.id)).limit(1)).first() is not None:
            raise Conflict(OCCUPIED)
        return None
    members = session.exec(select(func.count()).select_from(Member)).one()
    topics = session.exec(select(func.count()).select_from(Topic)).one()
    return Report(False, members, topics, secret.shown(known.password_hash or ""))


def _perform(hashed: str) -> None:
    """All of it in one transaction; only the threads of other networks come before, and those may be read twice."""
    end = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=61)
    elsewhere.bring_in(community(), end)
    with transaction() as session:
        stage = people.Stage(session, Timeline(end), Random(1940), community(), hashed)  # noqa: S311  # a repeatable play
        people.furnish(stage)
        people.invite(stage)
        elsewhere.find_threads(stage)
        plot.plan(stage)
        elsewhere.plan_outcomes(stage)
        programme.plan(stage)
        care.plan(stage)
        stage.timeline.play()
        clock.use(None)
        asking.invite_volunteers(stage)
        tidy.tidy(stage, list(SIGN_INS))
        people.last_seen(stage)
