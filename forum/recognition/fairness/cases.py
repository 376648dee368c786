"""Cases: opened by what detectors find, decided by people, undone line by line. No vote is ever deleted."""

import hashlib
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import FraudCase, FraudMember, FraudState, FraudVote, LedgerKind, RepEvent, RepSubject
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.recognition.actions import Cause, flip
from forum.recognition.badges.sources.shape import VOTE_PATTERN
from forum.recognition.fairness import unusual
from forum.recognition.fairness.ballots import Ballot
from forum.recognition.fairness.detectors import Finding, detect
from forum.recognition.fairness.events import CaseDecided, CaseOpened, DoubtAppealed, VotesDoubted, VotesRestored
from forum.recognition.fairness.inputs import AppealDoubt, DecideCase
from forum.recognition.standing import CANONICAL, live

DAY = 86_400.0


def ballots(session: Session) -> list[Ballot]:
    """Helpful votes for answers that stand in the ledger, of the last year, between members."""
    owner, giver, given_by = aliased(RepSubject), aliased(RepSubject), aliased(RepSubject)
    giver_key = select(col(given_by.merged_into)).where(col(given_by.subject) == col(RepEvent.actor_subject)).scalar_subquery()
    query = (
        select(col(RepEvent.id), col(giver.member_id), col(owner.member_id), col(RepEvent.occurred_at))
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .join(owner, col(owner.subject) == CANONICAL)
        .join(giver, (col(giver.subject) == col(RepEvent.actor_subject)) | (col(giver.subject) == giver_key))
        .where(
            col(RepEvent.kind) == LedgerKind.answer_helpful,
            col(RepEvent.occurred_at) > clock.now() - unusual.LOOK_BACK,
            col(owner.member_id).is_not(None),
            col(giver.member_id).is_not(None),
            live(),
        )
    )
    return [Ballot(event, voter, author, at.timestamp() / DAY) for event, voter, author, at in session.execute(query)]


def examine(session: Session) -> int:
    """Look at everything and open a case for each new finding; votes that are certainly wrong stop counting at once.

    What looks unusual is looked for after that, in what still counts, and waits for people.
    """
    opened = 0
    for finding in detect(ballots(session)):
        opened += _open(session, finding) is not None
    for finding in unusual.findings(session):
        opened += _open(session, finding) is not None
    return opened


def _open(session: Session, finding: Finding) -> FraudCase | None:
    name = f"{finding.detector}:{finding.certain}:{sorted(finding.accounts)}{finding.about}"
    moment = clock.now()
    values = {
        "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
        "detector": finding.detector,
        "state": FraudState.voided if finding.certain else FraudState.open,
        "found_at": moment,
        "evidence": [_evidence(one) for one in finding.evidence],
        "note": "",
    }
    if not insert_ignoring(session, FraudCase, values):
        return None
    case = session.scalars(select(FraudCase).where(col(FraudCase.fingerprint) == values["fingerprint"])).one()
    session.add_all(FraudMember(case_id=case.id, member_id=account) for account in sorted(finding.accounts))
    session.add_all(FraudVote(case_id=case.id, event_id=event) for event in sorted(finding.votes))
    session.flush()
    emit(session, CaseOpened(case.id, finding.detector, finding.certain))
    if finding.certain:
        _void(session, case)
    return case


def doubt_same_hand(session: Session, giver_id: int, subject: str, kind: LedgerKind, cause: Cause) -> None:
    """A vote between two accounts that may be one person's: it does not count until somebody has looked."""
    owner = _members_of(session, {subject}).get(subject)
    line = session.scalars(
        select(RepEvent)
        .where(
            col(RepEvent.subject) == subject,
            col(RepEvent.kind) == kind,
            col(RepEvent.cause_type) == cause.type,
            col(RepEvent.cause_id) == cause.id,
        )
        .order_by(col(RepEvent.id).desc())
    ).first()
    if owner is None or line is None:
        return
    case = _same_hand_case(session, sorted([giver_id, owner]))
    if case is None:
        return
    insert_ignoring(session, FraudVote, {"case_id": case.id, "event_id": line.id})
    flip(session, [line], LedgerKind.reversal, VOTE_PATTERN)


def _same_hand_case(session: Session, people: list[int]) -> FraudCase | None:
    """Theirs, or a new one; None when somebody has decided that these are two people."""
    name = hashlib.sha256(f"same_hand:{people}".encode()).hexdigest()
    values = {"fingerprint": name, "detector": "same_hand", "state": FraudState.voided, "found_at": clock.now(), "evidence": []}
    made = insert_ignoring(session, FraudCase, {**values, "note": ""})
    case = session.scalars(select(FraudCase).where(col(FraudCase.fingerprint) == name)).one()
    if made:
        session.add_all(FraudMember(case_id=case.id, member_id=one) for one in people)
        session.flush()
        emit(session, CaseOpened(case.id, "same_hand", True))
        for one in people:
            emit(session, VotesDoubted(case.id, one, 0, 0, 0))
    return None if case.state == FraudState.dismissed else case


def _evidence(one: Any) -> list[Any]:
    start, end = (datetime.fromtimestamp(at * DAY, UTC).isoformat(timespec="minutes") for at in (one.start, one.end))
    return [one.voter, one.author, start, end, one.seen, one.cast, one.wanted]


def lines_of(session: Session, case: FraudCase) -> list[RepEvent]:
    query = select(RepEvent).join(FraudVote, col(FraudVote.event_id) == col(RepEvent.id)).where(col(FraudVote.case_id) == case.id)
    return list(session.scalars(query.order_by(col(RepEvent.id))))


def _live_lines(session: Session, case: FraudCase) -> list[RepEvent]:
    query = select(RepEvent).join(FraudVote, col(FraudVote.event_id) == col(RepEvent.id))
    return list(session.scalars(query.where(col(FraudVote.case_id) == case.id, live())))


def _void(session: Session, case: FraudCase, by: int | None = None) -> None:
    """One reversal for each line that still counts; both sides are told."""
    rows = _live_lines(session, case)
    flip(session, rows, LedgerKind.reversal, VOTE_PATTERN, issued_by=by)
    owners = _members_of(session, {row.subject for row in rows} | {row.actor_subject for row in rows if row.actor_subject})
    points: Counter[int] = Counter()
    received: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for row in rows:
        author, voter = owners.get(row.subject), owners.get(row.actor_subject or "")
        if author is not None:
            points[author] += row.points
            received[author] += 1
        if voter is not None:
            given[voter] += 1
    for member_id in sorted(received.keys() | given.keys()):
        emit(session, VotesDoubted(case.id, member_id, points[member_id], received[member_id], given[member_id]))


def _members_of(session: Session, subjects: set[str]) -> dict[str, int]:
    whole = aliased(RepSubject)
    query = select(col(RepSubject.subject), col(whole.member_id)).join(whole, col(whole.subject) == CANONICAL)
    rows = session.execute(query.where(col(RepSubject.subject).in_(subjects)))
    return {row.subject: row.member_id for row in rows if row.member_id is not None}


def access_case(session: Session, actor: Actor, case_id: int) -> FraudCase:
    require(actor, Permission.votes_judge)
    case = session.scalars(select(FraudCase).where(col(FraudCase.id) == case_id).with_for_update()).first()
    if case is None:
        raise NotFound
    return case


def decide(session: Session, actor: Actor, case: FraudCase, data: DecideCase) -> None:
    """Confirming voids what still counts; dismissing gives back what was voided. Both can be changed later."""
    require(actor, Permission.votes_judge)
    if session.get(FraudMember, (case.id, actor.member_id)) is not None:
        raise Conflict("This case is about you. Somebody else decides it.")
    case.note, case.decided_by_id, case.decided_at = data.note, actor.id, clock.now()
    if data.decision == "confirm":
        case.state = FraudState.confirmed
        _void(session, case, actor.id)
    else:
        case.state = FraudState.dismissed
        _restore(session, actor, case)
    emit(session, CaseDecided(actor.member_id, case.id, case.state))


def _restore(session: Session, actor: Actor, case: FraudCase) -> None:
    """One row for each line whose last reversal was this doubt, unless another case still holds it."""
    rows = lines_of(session, case)
    held = _held_elsewhere(session, case)
    last: dict[int, RepEvent] = {}
    for row in session.scalars(
        select(RepEvent).where(col(RepEvent.reverses_id).in_([row.id for row in rows])).order_by(col(RepEvent.id))
    ):
        last[row.reverses_id or 0] = row
    back = [
        row
        for row in rows
        if row.id in last
        and last[row.id].kind == LedgerKind.reversal
        and last[row.id].reason == VOTE_PATTERN
        and row.id not in held
    ]
    flip(session, back, LedgerKind.restore, VOTE_PATTERN, issued_by=actor.id)
    owners = _members_of(session, {row.subject for row in back})
    told: dict[int, int] = defaultdict(int)
    for row in back:
        if row.subject in owners:
            told[owners[row.subject]] += 1
    for member_id in sorted(told):
        emit(session, VotesRestored(actor.member_id, case.id, member_id))


def _held_elsewhere(session: Session, case: FraudCase) -> set[int]:
    query = (
        select(col(FraudVote.event_id))
        .join(FraudCase, col(FraudCase.id) == col(FraudVote.case_id))
        .where(col(FraudCase.id) != case.id, col(FraudCase.state).in_([FraudState.voided, FraudState.confirmed]))
    )
    return set(session.scalars(query))


def appeal(session: Session, actor: Actor, case_id: int, data: AppealDoubt) -> None:
    """Whoever a case is about may answer it, once; a dismissed one needs none."""
    require(actor, Permission.account_own)
    row = session.get(FraudMember, (case_id, actor.member_id))
    case = session.get(FraudCase, case_id)
    if row is None or case is None or case.state == FraudState.open:
        raise NotFound
    if row.appealed_at is not None:
        raise Conflict("You have answered already. Somebody reads it soon.")
    row.appeal, row.appealed_at = data.text, clock.now()
    emit(session, DoubtAppealed(actor.member_id, case_id))
