"""The rows that unusual points and solutions are looked for in. What is found waits for people; nothing is voided by it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from forum.core import clock
from forum.models import Member, NetworkTrace, Post, PostKind, PostState, RepDay, RepEvent, RepSubject, Topic, TopicKind
from forum.recognition.fairness.ballots import Account
from forum.recognition.fairness.detectors import Evidence, Finding
from forum.recognition.fairness.patterns import BASELINE, Clique, Jump, Solved, cliques, farms, few_givers, jumps
from forum.recognition.rates import SOLUTIONS
from forum.recognition.standing import CANONICAL, live

LOOK_BACK = timedelta(days=365)
DAYS_LOOKED_AT = 2
NEW_PAIR = timedelta(hours=1)
DAY = 86_400.0


def findings(session: Session) -> Iterator[Finding]:
    questions = _solved(session)
    for clique in [*cliques(questions), *farms(questions)]:
        yield _of_clique(clique, questions)
    for jump in jumps(_days(session), _looked_at()):
        found = _of_jump(session, jump)
        if found is not None:
            yield found
    yield from _new_pairs(session)


def _looked_at() -> list[int]:
    today = clock.now().date().toordinal()
    return [today - back for back in range(DAYS_LOOKED_AT)]


def _days(session: Session) -> dict[Account, dict[int, int]]:
    since = clock.now().date() - timedelta(days=BASELINE + DAYS_LOOKED_AT)
    rows = session.execute(
        select(col(RepSubject.member_id), col(RepDay.day), col(RepDay.total))
        .join(RepSubject, col(RepSubject.subject) == col(RepDay.subject))
        .where(col(RepDay.day) >= since, col(RepSubject.member_id).is_not(None))
    )
    found: dict[Account, dict[int, int]] = defaultdict(dict)
    for member_id, day, total in rows:
        found[member_id][day.toordinal()] = total
    return found


def _of_jump(session: Session, jump: Jump) -> Finding | None:
    """Only where few people gave most of it: an answer that many liked on one day is a good answer."""
    day = date.fromordinal(jump.day)
    points: Counter[Account] = Counter()
    lines: dict[Account, set[int]] = defaultdict(set)
    rows = session.execute(_lines_of(jump.account).where(col(RepEvent.earn_day) == day))
    for row in rows:
        points[row.giver or 0] += row.points
        lines[row.giver or 0].add(row.id)
    givers = few_givers(points)
    if not givers:
        return None
    start = datetime.combine(day, datetime.min.time(), UTC).timestamp() / DAY
    evidence = tuple(
        Evidence(one, jump.account, start, start + 1, points[one], points.total(), float(jump.usual)) for one in givers
    )
    votes = frozenset(line for one in givers for line in lines[one])
    return Finding("jump", False, frozenset({jump.account}), votes, evidence, about=f":{day.isoformat()}")


def _lines_of(member_id: Account) -> Select[Any]:
    """What a member earned and still counts, with who gave it: by a vote, or by ticking as the one who asked."""
    owner, giver = aliased(RepSubject), aliased(RepSubject)
    query: Any = (
        select(col(RepEvent.id), col(RepEvent.points), func.coalesce(col(giver.member_id), col(Topic.author_id)).label("giver"))
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .join(owner, col(owner.subject) == CANONICAL)
        .outerjoin(giver, col(giver.subject) == col(RepEvent.actor_subject))
        .outerjoin(Topic, col(Topic.id) == col(RepEvent.topic_id))
        .where(col(owner.member_id) == member_id, live(), col(RepEvent.points) > 0)
    )
    lines: Select[Any] = query
    return lines


def _solved(session: Session) -> list[Solved]:
    """Every question of the last year with who answered it and whose solution still counts."""
    since = clock.now() - LOOK_BACK
    asked = select(col(Topic.id), col(Topic.author_id)).where(
        col(Topic.kind) == TopicKind.question, col(Topic.created_at) > since, col(Topic.author_id).is_not(None)
    )
    askers = {row.id: row.author_id for row in session.execute(asked)}
    answers = (
        select(col(Post.topic_id), col(Post.author_id))
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Topic.created_at) > since,
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_not(None),
            col(Post.author_id) != col(Topic.author_id),
        )
        .distinct()
    )
    answered: dict[int, set[Account]] = defaultdict(set)
    for topic_id, author_id in session.execute(answers):
        answered[topic_id].add(author_id)
    solvers = {row.topic_id: (row.member_id, row.id) for row in session.execute(_solutions(since))}
    return [Solved(asker, frozenset(answered.get(topic, ())), *solvers.get(topic, (None, 0))) for topic, asker in askers.items()]


def _solutions(since: datetime) -> Select[Any]:
    owner = aliased(RepSubject)
    query: Any = (
        select(col(RepEvent.id), col(RepEvent.topic_id), col(owner.member_id))
        .join(RepSubject, col(RepSubject.subject) == col(RepEvent.subject))
        .join(owner, col(owner.subject) == CANONICAL)
        .where(col(RepEvent.kind).in_(SOLUTIONS), live(), col(RepEvent.occurred_at) > since, col(owner.member_id).is_not(None))
    )
    lines: Select[Any] = query
    return lines


def _of_clique(clique: Clique, questions: Iterable[Solved]) -> Finding:
    ticks = Counter(one.asker for one in questions if one.solver is not None)
    given = Counter(one.asker for one in questions if one.solver == clique.helper)
    moment = clock.now().timestamp() / DAY
    start = moment - LOOK_BACK.days
    evidence = tuple(
        Evidence(asker, clique.helper, start, moment, given[asker], ticks[asker], round(clique.usual, 2))
        for asker in clique.askers
    )
    return Finding(clique.detector, False, clique.accounts, clique.lines, evidence)


def _new_pairs(session: Session) -> Iterator[Finding]:
    """Two accounts made within an hour in one network, and one answers what the other asks."""
    asker, helper = aliased(Member), aliased(Member)
    theirs = aliased(NetworkTrace)
    rows = session.execute(
        select(
            col(asker.id), col(helper.id), col(asker.joined_at), col(helper.joined_at), func.count(func.distinct(col(Topic.id)))
        )
        .select_from(NetworkTrace)
        .join(theirs, (col(theirs.prefix) == col(NetworkTrace.prefix)) & (col(theirs.member_id) != col(NetworkTrace.member_id)))
        .join(asker, col(asker.id) == col(NetworkTrace.member_id))
        .join(helper, col(helper.id) == col(theirs.member_id))
        .join(Topic, col(Topic.author_id) == col(asker.id))
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.author_id) == col(helper.id)))
        .where(
            col(NetworkTrace.joined).is_(True),
            col(theirs.joined).is_(True),
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
        )
        .group_by(col(asker.id), col(helper.id), col(asker.joined_at), col(helper.joined_at))
    ).all()
    for asker_id, helper_id, asker_since, helper_since, answers in rows:
        if abs(asker_since - helper_since) > NEW_PAIR:
            continue
        lines = frozenset(row.id for row in session.execute(_lines_of(helper_id)) if row.giver == asker_id)
        start, end = sorted((asker_since.timestamp() / DAY, helper_since.timestamp() / DAY))
        asked = session.scalar(select(func.count()).select_from(Topic).where(col(Topic.author_id) == asker_id)) or answers
        evidence = (Evidence(asker_id, helper_id, start, end, answers, asked, 0.0),)
        yield Finding("new_pair", False, frozenset({asker_id, helper_id}), lines, evidence)
