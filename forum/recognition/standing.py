"""The live part of the ledger in SQL: for everything that counts lines without replaying days."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.core import clock
from forum.models import LedgerKind, RepEvent, RepSubject

Flip = aliased(RepEvent)
Later = aliased(RepEvent)


def counts() -> ColumnElement[bool]:
    """A condition on RepEvent: an earning line that is neither reversed nor still waiting."""
    settled = col(RepEvent.counts_from).is_(None) | (col(RepEvent.counts_from) <= clock.now())
    return live() & settled


def live() -> ColumnElement[bool]:
    """A condition on RepEvent: an earning line that is not reversed, whether it counts already or waits."""
    newer = select(col(Later.id)).where(col(Later.reverses_id) == col(Flip.reverses_id), col(Later.id) > col(Flip.id)).exists()
    reversed_ = (
        select(col(Flip.id))
        .where(col(Flip.reverses_id) == col(RepEvent.id), col(Flip.kind) == LedgerKind.reversal, ~newer)
        .exists()
    )
    return col(RepEvent.reverses_id).is_(None) & ~reversed_


CANONICAL: ColumnElement[str] = func.coalesce(col(RepSubject.merged_into), col(RepSubject.subject))
"""For whom a line counts, beside a join of RepEvent with RepSubject."""


def subjects_of(subject: str) -> Select[Any]:
    """The subject and those that were merged into it."""
    return select(col(RepSubject.subject)).where((col(RepSubject.subject) == subject) | (col(RepSubject.merged_into) == subject))
