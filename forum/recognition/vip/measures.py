"""Counting for the programme: a fixed number of statements over the ledger, for one person or for everybody."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, extract, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import (
    Acceptance,
    Basis,
    LedgerKind,
    Member,
    Post,
    RepEvent,
    RepSubject,
    Tier,
    Topic,
    VipNomination,
    VipPlace,
    VipSeason,
    Vote,
)
from forum.recognition.choices import STAFF, eligible, wants
from forum.recognition.rates import FINDINGS, POSITIVE_SIGNALS, SOLUTIONS
from forum.recognition.standing import CANONICAL, counts
from forum.recognition.vip.criteria import Measured, wilson, with_staff

STANDING = timedelta(days=183)
YEAR = timedelta(days=365)
QUALIFYING = (*POSITIVE_SIGNALS, LedgerKind.article_published, LedgerKind.review_agreed, LedgerKind.edit_accepted)


@dataclass(frozen=True, slots=True)
class Window:
    """Days that count, the last one not included; `moment` is when it is looked at."""

    first: date
    end: date
    moment: datetime

    @property
    def at(self) -> tuple[datetime, datetime]:
        return datetime.combine(self.first, time(), UTC), datetime.combine(self.end, time(), UTC)


def last_year(end: date) -> Window:
    return Window(end.replace(year=end.year - 1), end, clock.now())


def measure(session: Session, window: Window, only: int | None = None) -> dict[int, Measured]:
    """By member: everybody who takes part and earned something in the window, or just one. Two statements."""
    earned = {row.member_id: row for row in session.execute(_earned(window, only))}
    beside = _beside(session, window, only)
    found = {member_id: _measured(row, beside.get(member_id, {})) for member_id, row in earned.items()}
    if only is not None and not found:
        mine = beside.get(only, {})
        return {only: Measured(seasons=mine.get("seasons", 0), nominations=mine.get("nominations", 0))}
    return found


def _measured(row: Row[Any], beside: dict[str, int]) -> Measured:
    signals = with_staff(row.signals - row.verified, row.verified)
    return Measured(
        solutions=with_staff(row.solutions - row.by_staff, row.by_staff),
        askers=row.askers,
        months=row.months,
        share=wilson(signals, signals + beside.get("against", 0)),
        articles=row.articles,
        article_share=wilson(row.article_helpful, row.article_helpful),
        reviews=row.reviews,
        seasons=beside.get("seasons", 0),
        nominations=beside.get("nominations", 0),
        standing=int(not row.findings and not row.suspended),
    )


def _earned(window: Window, only: int | None) -> Any:
    kind, moment = col(RepEvent.kind), window.moment
    inside = (col(RepEvent.earn_day) >= window.first) & (col(RepEvent.earn_day) < window.end)
    solution = inside & kind.in_(SOLUTIONS)
    asked_by_staff = select(col(Member.id)).where(col(Member.role).in_(STAFF))
    ticked_by_staff = select(col(Acceptance.post_id)).where(col(Acceptance.by_id).in_(asked_by_staff))
    asker = func.coalesce(col(Topic.author_id), -col(RepEvent.topic_id))
    month = extract("year", col(RepEvent.earn_day)) * 12 + extract("month", col(RepEvent.earn_day))
    recent = col(RepEvent.earn_day) >= (moment - STANDING).date()
    columns: tuple[Any, ...] = (
        col(Member.id).label("member_id"),
        _distinct(solution, col(RepEvent.topic_id)).label("solutions"),
        _distinct(solution & col(RepEvent.post_id).in_(ticked_by_staff), col(RepEvent.topic_id)).label("by_staff"),
        _distinct(solution & asker.not_in(asked_by_staff), asker).label("askers"),
        _distinct(inside & kind.in_(POSITIVE_SIGNALS), month).label("months"),
        _count(inside & kind.in_(POSITIVE_SIGNALS)).label("signals"),
        _count(inside & (kind == LedgerKind.solution_verified)).label("verified"),
        _count(inside & (kind == LedgerKind.article_published)).label("articles"),
        _count(inside & (kind == LedgerKind.article_helpful)).label("article_helpful"),
        _count(inside & kind.in_((LedgerKind.review_agreed, LedgerKind.edit_accepted))).label("reviews"),
        _count(recent & kind.in_(FINDINGS)).label("findings"),
        _count(col(Member.suspended_until) > moment - STANDING).label("suspended"),
    )
    person = aliased(RepSubject)
    query: Any = (
        select(*columns)
        .select_from(RepEvent)
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .join(person, col(person.subject) == CANONICAL)
        .join(Member, col(Member.id) == col(person.member_id))
        .outerjoin(Topic, col(Topic.id) == col(RepEvent.topic_id))
        .where(
            counts(),
            kind.in_((*QUALIFYING, LedgerKind.article_helpful, *FINDINGS)),
            col(RepEvent.earn_day) >= min(window.first, (moment - STANDING).date()),
        )
        .group_by(col(Member.id))
    )
    if only is not None:
        return query.where(col(Member.id) == only)
    return query.where(eligible(), wants("vip")).having(_count(inside & kind.in_(QUALIFYING)) > 0)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _distinct(condition: ColumnElement[bool], value: Any) -> ColumnElement[int]:
    return func.count(func.distinct(case((condition, value))))


def _beside(session: Session, window: Window, only: int | None) -> dict[int, dict[str, int]]:
    """What is not in the ledger: votes of "not helpful", seasons before, nominations by VIPs."""
    first, end = window.at
    against = select(literal("against"), col(Post.author_id), func.count()).join(Vote, col(Vote.post_id) == col(Post.id))
    against = against.where(col(Vote.value) < 0, col(Vote.at) >= first, col(Vote.at) < end)
    seasons = (
        select(literal("seasons"), col(VipPlace.member_id), func.count())
        .join(VipSeason, col(VipSeason.id) == col(VipPlace.season_id))
        .where(
            col(VipSeason.published_at).is_not(None),
            col(VipSeason.starts_on) < window.end,
            col(VipPlace.tier).in_((Tier.vip, Tier.fellow)),
            col(VipPlace.basis) != Basis.grace,
        )
    )
    nominations = select(literal("nominations"), col(VipNomination.member_id), func.count()).where(
        col(VipNomination.by_peer).is_(True), col(VipNomination.at) >= window.moment - YEAR
    )
    parts = ((against, col(Post.author_id)), (seasons, col(VipPlace.member_id)), (nominations, col(VipNomination.member_id)))
    queries = [(part if only is None else part.where(member == only)).group_by(member) for part, member in parts]
    found: dict[int, dict[str, int]] = {}
    for name, member_id, count in session.execute(union_all(*queries)):
        found.setdefault(member_id, {})[name] = count
    return found
