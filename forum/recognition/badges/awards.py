"""Giving what was earned, once; taking back only what rested on fraud; telling people without flooding them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_all_ignoring, transaction
from forum.core.events import emit
from forum.core.ids import public_id
from forum.models import BadgeAward, RepSubject, Tag
from forum.recognition.badges.definitions import Badge, Repeat, Revocable, Scope, Tier, badges
from forum.recognition.badges.evaluation import Earned, Survey, all_earned, uncollected
from forum.recognition.badges.events import BadgeEarned, BadgesSummed, BadgeVoided
from forum.recognition.badges.sources.shape import VOTE_PATTERN

LONG_AGO = timedelta(days=14)
"""Awards earned earlier than this are told in one message."""
BATCH = 200
Key = tuple[str, int, str, int]
T = TypeVar("T")
NO_LONGER = "what it stood for is gone"


def settle_accounts(ids: list[int] | None = None, only: str = "") -> "Outcome":
    """Give what is missing, void what rested on fraud, return what was voided and stands again. Twice changes nothing."""
    with uncollected(), transaction(writes=False) as session:
        survey = all_earned(session, ids, only)
        held = _held(session, ids, only)
        missing = [one for key, one in survey.due.items() if key not in held]
        back = [held[key].id for key in survey.due if key in held and held[key].voided_at is not None]
        void = _void(survey, held)
        names = tag_names(session, {one.scope for one in missing if badges()[one.badge].scope == Scope.tag})
        waiting = survey.waiting
        del survey  # with all its rows, before anybody looks through them for circles again
    by_member: dict[int, list[Earned]] = defaultdict(list)
    for one in missing:
        by_member[one.member_id].append(one)
    given = 0
    for some in _batches(by_member.items()):
        with transaction() as session:
            given += _give(session, dict(some), names)
    _flip(void, back)
    return Outcome(given, len(void), len(back), waiting)


class Outcome:
    def __init__(self, given: int, voided: int, returned: int, waiting: list[Earned]) -> None:
        self.given, self.voided, self.returned, self.waiting = given, voided, returned, waiting

    @property
    def changed(self) -> int:
        return self.given + self.voided + self.returned


def _held(session: Session, ids: list[int] | None, only: str) -> dict[Key, BadgeAward]:
    query = select(BadgeAward, col(RepSubject.member_id)).join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
    if ids is not None:
        query = query.where(col(RepSubject.member_id).in_(ids))
    if only:
        query = query.where(col(BadgeAward.badge) == only)
    return {(award.badge, member_id, award.scope, award.ordinal): award for award, member_id in session.execute(query)}


def _void(survey: Survey, held: dict[Key, BadgeAward]) -> list[tuple[Key, int, str]]:
    """Live awards that the rule no longer gives, where the definition says that this takes them away."""
    lost = {
        key: award
        for key, award in held.items()
        if award.voided_at is None and key not in survey.found and key[1] in survey.joined and _is_computed(survey, key[0])
    }
    if not lost:
        return []
    by_fraud = survey.with_fraud()
    found = []
    for key, award in lost.items():
        revocable = badges()[key[0]].revocable
        if key in by_fraud and revocable != Revocable.never:
            found.append((key, award.id, VOTE_PATTERN))
        elif revocable == Revocable.evidence:
            found.append((key, award.id, NO_LONGER))
    return found


def _is_computed(survey: Survey, key: str) -> bool:
    setting = survey.settings.get(key)
    return setting is not None and setting.enabled and setting.rule is not None


def _give(session: Session, people: dict[int, list[Earned]], tags: dict[str, str]) -> int:
    """In the transaction; a row that somebody else made first is theirs."""
    subjects = subjects_of(session, list(people))
    moment = clock.now()
    rows, about = [], {}
    for member_id, items in people.items():
        for one in items:
            rows.append(_row(one, subjects[member_id], moment))
            about[one.badge, subjects[member_id], one.scope, one.ordinal] = one
    made: list[int] = []
    for some in _batches(rows):
        made += insert_all_ignoring(session, BadgeAward, some, "id")
    fresh: dict[int, list[tuple[int, Earned]]] = defaultdict(list)
    for some_ids in _batches(made):
        for award in session.scalars(select(BadgeAward).where(col(BadgeAward.id).in_(some_ids)).order_by(col(BadgeAward.id))):
            one = about[award.badge, award.subject, award.scope, award.ordinal]
            fresh[one.member_id].append((award.id, one))
    for member_id, awarded in fresh.items():
        _announce(session, member_id, awarded, tags)
    return len(made)


def _row(one: Earned, subject: str, moment: datetime) -> dict[str, object]:
    return {
        "badge": one.badge,
        "subject": subject,
        "scope": one.scope,
        "ordinal": one.ordinal,
        "evidence_event_id": one.evidence.event_id,
        "evidence_post_id": one.evidence.post_id,
        "earned_at": one.evidence.at,
        "awarded_at": moment,
        "reason": "",
        "note": "",
    }


def subjects_of(session: Session, member_ids: list[int]) -> dict[int, str]:
    """The surrogates of many; made for those who have none yet."""
    for some in _batches(member_ids):
        insert_all_ignoring(session, RepSubject, [{"subject": public_id(), "member_id": one} for one in some], "member_id")
    found: dict[int, str] = {}
    for some in _batches(member_ids):
        query = select(col(RepSubject.member_id), col(RepSubject.subject)).where(col(RepSubject.member_id).in_(some))
        found |= {row.member_id: row.subject for row in session.execute(query)}
    return found


def _announce(session: Session, member_id: int, items: list[tuple[int, Earned]], tags: dict[str, str]) -> None:
    """Old ones in one message, silver and gold at once, bronze with the next digest."""
    moment = clock.now()
    old = [(award_id, one) for award_id, one in items if moment - one.ready_at > LONG_AGO]
    told = [award_id for award_id, _ in old]
    if old:
        names = tuple(title(badges()[one.badge], one.scope, one.ordinal, tags) for _, one in old)
        emit(session, BadgesSummed(member_id, old[0][0], names))
    for award_id, one in items:
        badge = badges()[one.badge]
        if award_id in told:
            continue
        emit(
            session,
            BadgeEarned(member_id, badge.key, badge.tier.value, award_id, title(badge, one.scope, one.ordinal, tags)),
        )
        if badge.tier != Tier.bronze:
            told.append(award_id)
    if told:
        session.execute(update(BadgeAward).where(col(BadgeAward.id).in_(told)).values(notified_at=moment))


def _flip(void: list[tuple[Key, int, str]], back: list[int]) -> None:
    if not void and not back:
        return
    with transaction() as session:
        for (badge, member_id, _, _), award_id, reason in void:
            values = {"voided_at": clock.now(), "reason": reason}
            session.execute(update(BadgeAward).where(col(BadgeAward.id) == award_id).values(**values))
            emit(session, BadgeVoided(member_id, badge, award_id, reason))
        for some in _batches(back):
            session.execute(update(BadgeAward).where(col(BadgeAward.id).in_(some)).values(voided_at=None, reason=""))


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    """A statement has room for so many."""
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


def title(badge: Badge, scope: str, ordinal: int, tags: dict[str, str]) -> str:
    """ "Helper of the year 2026", "Knows the subject: hub-3", "Never too late ×3"."""
    if badge.scope in (Scope.year, Scope.season):
        return f"{badge.name} {scope}"
    if badge.scope == Scope.tag:
        return f"{badge.name}: {tags.get(scope, 'a former subject')}"
    if badge.scope == Scope.membership:
        return f"{badge.name}, year {scope}"
    return f"{badge.name} ×{ordinal}" if badge.repeat == Repeat.per_n and ordinal > 1 else badge.name


def tag_names(session: Session, scopes: set[str]) -> dict[str, str]:
    """Names of the tags that awards are about, by scope."""
    ids = [int(scope) for scope in scopes if scope.isdigit()]
    if not ids:
        return {}
    return {str(row.id): row.slug for row in session.execute(select(col(Tag.id), col(Tag.slug)).where(col(Tag.id).in_(ids)))}


def digest() -> None:
    """One message for the bronze ones of the day."""
    with transaction() as session:
        query = (
            select(BadgeAward, col(RepSubject.member_id))
            .join(RepSubject, col(RepSubject.subject) == col(BadgeAward.subject))
            .where(col(BadgeAward.notified_at).is_(None), col(BadgeAward.voided_at).is_(None))
            .order_by(col(BadgeAward.id))
        )
        waiting: dict[int, list[BadgeAward]] = defaultdict(list)
        for award, member_id in session.execute(query):
            waiting[member_id].append(award)
        scopes = {one.scope for some in waiting.values() for one in some if badges()[one.badge].scope == Scope.tag}
        tags = tag_names(session, scopes)
        for member_id, awards in waiting.items():
            names = tuple(title(badges()[one.badge], one.scope, one.ordinal, tags) for one in awards)
            emit(session, BadgesSummed(member_id, awards[0].id, names))
            for one in awards:
                one.notified_at = clock.now()
