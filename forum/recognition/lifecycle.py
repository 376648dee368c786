"""What becomes of somebody's ledger when accounts end, join or are claimed (RECOGNITION 5.14). No row is ever changed."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from forum.accounts.events import MemberLeaving
from forum.core import clock
from forum.models import BadgeAward, LedgerKind, RepDay, RepEvent, RepSubject, RepTag, Topic, TopicTag
from forum.recognition import tags
from forum.recognition.actions import canonical, flip, refresh_days, refresh_totals, subject_elsewhere, subject_of
from forum.recognition.credentials.issuing import when_erased
from forum.recognition.standing import live, subjects_of

CLAIM_WITHIN = timedelta(days=90)
ONE_PERSON = "both accounts are one person"
UNCLAIMED = "not claimed in time"


def forget_leaving(session: Session, event: MemberLeaving) -> None:
    forget(session, event.member_id)


def forget(session: Session, member_id: int) -> None:
    """Erasure: the surrogate loses its owner, so that no table leads from the ledger to a person. Others keep their points."""
    when_erased(session, member_id)
    subject = session.scalar(select(col(RepSubject.subject)).where(col(RepSubject.member_id) == member_id))
    if subject is None:
        return
    for table in (RepDay, RepTag, BadgeAward):
        session.execute(delete(table).where(col(table.subject) == subject))
    session.execute(delete(RepSubject).where(col(RepSubject.merged_into) == subject))
    session.execute(delete(RepSubject).where(col(RepSubject.subject) == subject))


def merge(session: Session, survivor_id: int, gone_id: int) -> None:
    """Two accounts of one person: what one gave the other is voided, a post voted twice counts once."""
    kept, gone = subject_of(session, survivor_id), subject_of(session, gone_id)
    _join(session, kept, gone)
    refresh_totals(session, [survivor_id, gone_id])


def claim(session: Session, member_id: int, account_id: int) -> None:
    """A member proved that an account elsewhere is theirs: what it earned lately is theirs too."""
    kept, gone = subject_of(session, member_id), subject_elsewhere(session, account_id)
    if kept == gone:
        return
    old = select(RepEvent).where(col(RepEvent.subject) == gone, live(), col(RepEvent.occurred_at) < clock.now() - CLAIM_WITHIN)
    flip(session, list(session.scalars(old)), LedgerKind.reversal, UNCLAIMED)
    _join(session, kept, gone)


def _join(session: Session, kept: str, gone: str) -> None:
    session.execute(update(RepSubject).where(col(RepSubject.merged_into) == gone).values(merged_into=kept))
    session.execute(update(RepSubject).where(col(RepSubject.subject) == gone).values(merged_into=kept))
    session.execute(delete(RepDay).where(col(RepDay.subject) == gone))
    session.execute(delete(RepTag).where(col(RepTag.subject) == gone))
    session.flush()
    session.expire_all()
    family = list(session.scalars(subjects_of(kept)))
    _void_own(session, family)
    _void_second_votes(session, family)
    earned = session.scalars(select(col(RepEvent.earn_day)).where(col(RepEvent.subject).in_(family)).distinct()).all()
    refresh_days(session, [(kept, day) for day in earned])
    carried = (
        select(col(TopicTag.tag_id))
        .join(RepEvent, col(RepEvent.topic_id) == col(TopicTag.topic_id))
        .where(col(RepEvent.subject).in_(family))
        .distinct()
    )
    tags.refresh(session, canonical(session, kept), set(session.scalars(carried)))


def _void_own(session: Session, family: list[str]) -> None:
    """Votes between the two, and answers to one's own question."""
    between = col(RepEvent.actor_subject).in_(family)
    owners = select(col(RepSubject.member_id)).where(col(RepSubject.subject).in_(family), col(RepSubject.member_id).is_not(None))
    own_question = col(RepEvent.topic_id).in_(select(col(Topic.id)).where(col(Topic.author_id).in_(owners))) & col(
        RepEvent.kind
    ).in_([LedgerKind.solution_accepted, LedgerKind.solution_credited])
    rows = session.scalars(select(RepEvent).where(col(RepEvent.subject).in_(family), live(), between | own_question))
    flip(session, list(rows), LedgerKind.reversal, ONE_PERSON)


def _void_second_votes(session: Session, family: list[str]) -> None:
    """Where both voted for the same post, the earlier vote stays."""
    given = session.scalars(select(RepEvent).where(col(RepEvent.actor_subject).in_(family), live()).order_by(col(RepEvent.id)))
    seen: set[tuple[str, LedgerKind, int | None]] = set()
    second: list[RepEvent] = []
    for row in given:
        key = (row.subject, LedgerKind(row.kind), row.post_id)
        if key in seen:
            second.append(row)
        seen.add(key)
    flip(session, second, LedgerKind.reversal, ONE_PERSON)
