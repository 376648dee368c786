"""The shape of evidence, one row for each thing that counts, and what takes it away.

The same query serves one member, just after something happened, and everybody at night, so both agree. Questions asked
by staff never count, nor do lines that were reversed; those reversed for fraud are handed over apart, since only they
take a badge away.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import LedgerKind, Member, RepEvent, Topic
from forum.recognition.choices import STAFF


class Some(NamedTuple):
    """Members to look at, and the surrogates that ledger lines of theirs name."""

    ids: list[int]
    subjects: list[str]


Ids = Some | None
"""None for everybody."""
Query = Select[Any]

VOTE_PATTERN = "vote_pattern"
SPAM = "spam"
FRAUD = (VOTE_PATTERN, SPAM)
"""Reasons of reversals that take a badge away with its evidence."""

Asker, Flip, Finding = aliased(Member), aliased(RepEvent), aliased(RepEvent)


def columns(member: Any, at: Any, state: Any, **more: Any) -> list[Any]:
    """The shape every metric has; what is not given is empty."""
    given: dict[str, Any] = {"who": literal(None), "weight": literal(1), "event_id": literal(None), "post_id": literal(None)}
    given |= {"topic_id": literal(None), "scope": literal("")} | more
    names = ("who", "weight", "event_id", "post_id", "topic_id", "scope")
    first = [
        member.label("member_id"),
        type_coerce(at, String).label("at"),
        *(given.pop(name).label(name) for name in names),
        state.label("state"),
    ]
    return first + [column.label(name) for name, column in given.items()]


def spam(post_id: Any) -> Any:
    """The same for what is no ledger line: a post that was found to be spam is fraud."""
    found = select(col(Finding.post_id)).where(
        col(Finding.kind) == LedgerKind.conduct_spam_upheld, col(Finding.post_id).is_not(None), ~_reversed(Finding)
    )
    return case((post_id.in_(found), SPAM), else_="")


def _reversed(line: Any) -> ColumnElement[bool]:
    flips = select(func.count()).where(col(Flip.reverses_id) == line.id).correlate(line).scalar_subquery()
    return flips % 2 == 1


def among(query: Query, member: Any, ids: Ids) -> Query:
    return query if ids is None else query.where(member.in_(ids.ids))


def asked_by_customers() -> ColumnElement[bool]:
    staff = select(col(Asker.id)).where(col(Asker.role).in_(STAFF))
    return or_(col(Topic.author_id).is_(None), col(Topic.author_id).not_in(staff))
