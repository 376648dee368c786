"""What somebody's solutions did: readers, and how many of those who said something said that it helped. Private by default."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, func, insert, select, union
from sqlmodel import Session, col

from forum.core import clock, text
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Invalid, NotFound
from forum.core.events import emit
from forum.core.images import text_card
from forum.core.proportions import interval
from forum.core.settings import settings
from forum.core.sketches import Sketch, join
from forum.models import (
    Acceptance,
    Audience,
    HelpSaid,
    ImpactMonth,
    Member,
    OfficialMark,
    Post,
    PostState,
    Readership,
    Topic,
    TopicState,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.choices import eligible, wants
from forum.recognition.events import HelpAnswered, YearReady
from forum.votes.actions import visitor_key

FEW = 10
"""Below this a number says more about chance than about anybody's work."""
ASSISTING = 3
"""Besides the solver, this many of the most helpful answers of a thread share its readers."""


@dataclass(frozen=True, slots=True)
class MonthView:
    month: date
    readers: int
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """One year of one member."""

    year: int
    years: list[int]
    name: str
    reached: str
    said: str
    threads: int
    months: list[MonthView]

    @property
    def sentence(self) -> str:
        """The whole of it in words; also what the card says to those who cannot see it."""
        return " ".join(filter(None, [self.reached, self.said]))


def say_helped(session: Session, actor: Actor, topic: Topic, *, yes: bool) -> None:
    """One word for each reader and question; saying the other thing later changes it."""
    require(actor, Permission.topic_help_said, About(topic))
    wrote = select(col(Post.id)).where(
        col(Post.topic_id) == topic.id, col(Post.author_id) == actor.id, col(Post.kind) == "answer"
    )
    if actor.signed_in and session.scalar(wrote.limit(1)) is not None:
        raise Invalid({"helped": "You answered here yourself, so this question is for the others."})
    who = {"member_id": actor.id} if actor.signed_in else {"visitor": visitor_key(actor, topic)}
    if not insert_ignoring(session, HelpSaid, {"topic_id": topic.id, "yes": yes, "at": clock.now(), **who}):
        ((column, value),) = who.items()
        row = session.scalars(
            select(HelpSaid).where(col(HelpSaid.topic_id) == topic.id, getattr(HelpSaid, column) == value)
        ).one()
        row.yes, row.at = yes, clock.now()
    emit(session, HelpAnswered(actor.id, topic.id, yes))


def make() -> None:
    """Every night for this month, and for the last one while its readers still come in."""
    today = clock.now().date()
    this_month = today.replace(day=1)
    with transaction() as session:
        solvers = _threads_by_member(session)
        for month in {this_month, _before(this_month)}:
            _write_month(session, month, solvers)
        if today.month == 1:
            _announce(session, today.year - 1)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _threads_by_member(session: Session) -> dict[int, set[int]]:
    """Topics that each member solved, had confirmed, was credited for, or helped most in."""
    mine = col(Post.author_id).is_not(None) & (col(Post.state) == PostState.visible)
    shown = col(Topic.audience).in_((Audience.public, Audience.members))
    own = select(col(Post.author_id), col(Post.topic_id)).join(Topic, col(Topic.id) == col(Post.topic_id)).where(mine, shown)
    solved = own.join(Acceptance, col(Acceptance.post_id) == col(Post.id)).where(
        col(Topic.author_id).is_distinct_from(col(Post.author_id))
    )
    confirmed = own.join(OfficialMark, col(OfficialMark.post_id) == col(Post.id))
    credited = own.where(col(Topic.credited_post_id) == col(Post.id))
    place = func.row_number().over(partition_by=col(Post.topic_id), order_by=(col(Post.helpful).desc(), col(Post.id)))
    helpful = (
        select(col(Post.author_id).label("author_id"), col(Post.topic_id).label("topic_id"), place.label("place"))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(mine, shown, col(Post.kind) == "answer", col(Post.helpful) > 0, col(Topic.state) == TopicState.solved)
        .subquery()
    )
    assisting = select(helpful.c.author_id, helpful.c.topic_id).where(helpful.c.place <= ASSISTING)
    threads: dict[int, set[int]] = defaultdict(set)
    for member_id, topic_id in session.execute(union(solved, confirmed, credited, assisting)):
        threads[member_id].add(topic_id)
    volunteers = set(session.scalars(select(col(Member.id)).where(eligible())))
    return {member_id: topics for member_id, topics in threads.items() if member_id in volunteers}


def _write_month(session: Session, month: date, threads: dict[int, set[int]]) -> None:
    sketches = {
        row.topic_id: Sketch(row.sketch)
        for row in session.execute(select(col(Readership.topic_id), col(Readership.sketch)).where(col(Readership.month) == month))
    }
    said: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for topic_id, yes, at in session.execute(select(col(HelpSaid.topic_id), col(HelpSaid.yes), col(HelpSaid.at))):
        if at.date().replace(day=1) == month:
            said[topic_id][0 if yes else 1] += 1
    rows = [
        {
            "member_id": member_id,
            "month": month,
            "readers": join(sketches[topic] for topic in topics if topic in sketches).count,
            "said_yes": sum(said[topic][0] for topic in topics if topic in said),
            "said_no": sum(said[topic][1] for topic in topics if topic in said),
            "threads": len(topics),
            "made_at": clock.now(),
        }
        for member_id, topics in threads.items()
    ]
    session.execute(delete(ImpactMonth).where(col(ImpactMonth.month) == month))
    kept = [row for row in rows if row["readers"] or row["said_yes"] or row["said_no"]]
    if kept:
        session.execute(insert(ImpactMonth), kept)


def _announce(session: Session, year: int) -> None:
    """In January, to those who like such a letter. The notice's cause tells nobody twice."""
    whose = (
        select(col(ImpactMonth.member_id))
        .join(Member, col(Member.id) == col(ImpactMonth.member_id))
        .where(_of_year(year), eligible(), wants("impact_mail"))
        .distinct()
    )
    for member_id in session.scalars(whose).all():
        emit(session, YearReady(member_id, year))


def _of_year(year: int) -> ColumnElement[bool]:
    return (col(ImpactMonth.month) >= date(year, 1, 1)) & (col(ImpactMonth.month) <= date(year, 12, 31))


def report(session: Session, actor: Actor, year: int | None) -> ImpactReport:
    """One's own; the newest year unless one is named."""
    require(actor, Permission.account_own)
    months = list(
        session.scalars(select(ImpactMonth).where(col(ImpactMonth.member_id) == actor.id).order_by(col(ImpactMonth.month).desc()))
    )
    years = sorted({row.month.year for row in months}, reverse=True)
    chosen = year or (years[0] if years else clock.now().year)
    if year is not None and year not in years and year != clock.now().year:
        raise NotFound
    mine = [row for row in months if row.month.year == chosen]
    return ImpactReport(
        year=chosen,
        years=years or [chosen],
        name=actor.name,
        reached=_reached(sum(row.readers for row in mine), chosen),
        said=said_helped(sum(row.said_yes for row in mine), sum(row.said_no for row in mine)),
        threads=max((row.threads for row in mine), default=0),
        months=[MonthView(row.month, row.readers, row.said_yes, row.said_no) for row in mine],
    )


def about(number: int) -> str:
    """ "about 12,300": no more digits than the estimate carries."""
    if number < FEW:
        return "a few"
    places = max(0, len(str(number)) - 3)
    return f"about {round(number, -places):,}"


def _reached(readers: int, year: int) -> str:
    when = "this year" if year == clock.now().year else f"in {year}"
    return f"Your solutions were read by {about(readers)} people {when}." if readers else ""


def said_helped(yes: int, no: int) -> str:
    """A share with its interval, and nothing that looks like one while few have spoken."""
    total = yes + no
    if total < FEW:
        return "A few readers answered “did this help?”." if total else ""
    low, high = interval(yes, no)
    return (
        f"{text.plural(total, 'reader')} answered “did this help?”; {100 * yes / total:.0f} % said yes "
        f"({100 * low:.0f} to {100 * high:.0f} %)."
    )


def card(found: ImpactReport) -> bytes:
    """The year on one picture (PNG), to show to whomever one likes."""
    lines: Iterable[str] = filter(None, [found.reached, found.said])
    title = f"{found.name}, {found.year}"
    foot = f"Independent volunteer at {settings().site_name}: not employed or paid by it"
    return text_card(title, [line.replace("Your solutions", "Solutions") for line in lines], foot)
