"""Weighs a thread when it comes or grows: why it is here, who has the same, how far it reaches, what the playbook says."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import transaction
from forum.core.text import plural
from forum.jobs.queue import enqueue
from forum.models import (
    AccountKind,
    Channel,
    ExternalPost,
    ExternalPostState,
    Incident,
    IncidentReport,
    IncidentState,
    MapRole,
    RuleHit,
    Severity,
    ThreadLink,
    ThreadOrigin,
    ThreadWeight,
    TriageState,
    WatchRule,
)
from forum.social.authors import network_name
from forum.social.connectors.registry import CONNECTORS
from forum.social.contacts.events import AccountMarked
from forum.social.inbox import advice, clusters
from forum.social.inbox.advice import LINES, Advice, Facts
from forum.social.inbox.influence import Reach, Term, influence, numbers
from forum.social.inbox.turning import OPEN, turn
from forum.social.projection import PlacedPost, project
from forum.social.reading.events import ThreadArrived, ThreadGrew
from forum.social.watching import rules

Similar = Callable[[Session, str, str], list[list[str]]]
"""Topics here that may help, each as title and address; asked of a floor above."""
OURS = (AccountKind.brand, AccountKind.staff)
LISTED = (AccountKind.public_figure, AccountKind.press, AccountKind.vip)
MARKED = 100
"""Threads of one account that are weighed again when it is marked: the newest."""
EARLY = timedelta(minutes=30)
DUE = {Severity.high: timedelta(minutes=30), Severity.usual: timedelta(hours=4), Severity.low: timedelta(hours=24)}


def note_thread(session: Session, event: ThreadArrived | ThreadGrew) -> None:
    """Handler: weighing reads and compares much, so it is put aside."""
    _weigh_later(session, event.thread_id)


def note_marked(session: Session, event: AccountMarked) -> None:
    """Handler: their open threads reach as far as is known now."""
    theirs = (
        select(col(ThreadLink.id))
        .join(ExternalPost, col(ExternalPost.thread_id) == col(ThreadLink.id))
        .where(col(ExternalPost.account_id) == event.account_id, col(ThreadLink.state).in_(OPEN))
        .distinct()
        .order_by(col(ThreadLink.id).desc())
        .limit(MARKED)
    )
    for thread_id in session.scalars(theirs):
        _weigh_later(session, thread_id)


def _weigh_later(session: Session, thread_id: int) -> None:
    enqueue(session, "social.weigh", dedup_key=f"weigh:{thread_id}", thread_id=thread_id)


def weigh(thread_id: int, similar: Similar) -> None:
    with transaction() as session:
        thread = session.get(ThreadLink, thread_id)
        if thread is not None:
            weigh_thread(session, thread, similar)


def weigh_thread(session: Session, thread: ThreadLink, similar: Similar) -> None:
    posts = project(session, thread).posts
    live = [one for one in posts if one.post.state == ExternalPostState.live]
    root = next((one for one in live if one.account.kind not in OURS), None)
    if root is None:
        return
    hits = rules.apply_rules(session, thread, [(one.post, one.account) for one in live if one.account.kind not in OURS])
    group = clusters.place(session, thread, root, live)
    for other in group.moved:
        _weigh_later(session, other)
    addressed = _addressed(session, thread, live)
    total, terms = influence(_reach(live, root, len(group.people)))
    facts = _facts(session, thread, live, root, group, addressed, total)
    advised = advice.advise(facts)
    row = session.get(ThreadWeight, thread.id) or ThreadWeight(thread_id=thread.id)
    row.reasons = _reasons(session, thread, addressed, group)
    row.influence, row.terms, row.addressed = total, [_term(one) for one in terms], addressed
    row.advice, row.advice_why, row.meta = advised.code, advised.why, _meta(live, root, group)
    row.similar = similar(session, advised_title(root), root.wording.text)
    row.twin_id, row.at = group.twin_id, clock.now()
    row.queue = next((rule.queue for rule in hits if rule.queue), row.queue or "")
    session.add(row)
    _order(session, thread, hits, advised, total)
    _wake(session, thread, advised, live)


def advised_title(root: PlacedPost) -> str:
    return root.wording.text[:150]


def _term(one: Term) -> list[object]:
    return [one.label, one.source, one.points]


def _addressed(session: Session, thread: ThreadLink, live: list[PlacedPost]) -> bool:
    """They named one of our accounts there."""
    if thread.origin == ThreadOrigin.mention:
        return True
    handles = session.scalars(select(col(Channel.own_handle)).where(col(Channel.platform) == thread.platform)).all()
    names = {f"@{one.lstrip('@').partition('@')[0].casefold()}" for one in handles if one}
    names |= {f"@{one.account.handle.partition('@')[0].casefold()}" for one in live if one.account.kind in OURS}
    words = {word.strip(".,:;!?").partition("@")[0] or word for one in live for word in one.post.text.casefold().split()}
    texts = " ".join(one.post.text.casefold() for one in live if one.account.kind not in OURS)
    return any(name in words or f"{name} " in f"{texts} " or f"{name}@" in texts for name in names)


def _reach(live: list[PlacedPost], root: PlacedPost, people: int) -> Reach:
    likes, reposts, replies = numbers(root.post.metrics)
    early = sum(root.post.created_at < one.post.created_at <= root.post.created_at + EARLY for one in live)
    return Reach(
        followers=root.account.followers,
        followers_at=root.account.followers_at,
        likes=likes,
        reposts=reposts,
        replies=replies,
        listed=root.account.kind in LISTED,
        people=people,
        early=early,
        seen_at=root.post.seen_at,
    )


def _facts(
    session: Session,
    thread: ThreadLink,
    live: list[PlacedPost],
    root: PlacedPost,
    group: clusters.Group,
    addressed: bool,
    total: int,
) -> Facts:
    asker = root.post.account_id
    ours = [one for one in live if one.account.kind in OURS]
    others = [one for one in live if one.account.kind not in OURS and one.post.account_id != asker]
    mine = [one for one in live if one.post.account_id == asker]
    return Facts(
        now=clock.now(),
        asked_at=root.post.created_at,
        addressed=addressed,
        influence=total,
        people=tuple(group.people),
        answers=sum(one.placement.role == MapRole.answer for one in others),
        works=any(one.placement.suggests_solved for one in mine),
        ours=bool(ours),
        facts=any(one.post.created_at > ours[0].post.created_at for one in mine) if ours else False,
        sharp=advice.sharp([one.post.text for one in mine]),
        incident=_in_incident(session, thread),
        by_hand=thread.platform not in CONNECTORS or thread.channel_id is None,
    )


def _in_incident(session: Session, thread: ThreadLink) -> bool:
    statement = (
        select(col(IncidentReport.id))
        .join(Incident, col(Incident.id) == col(IncidentReport.incident_id))
        .where(col(IncidentReport.thread_id) == thread.id, col(Incident.state) == IncidentState.confirmed)
    )
    return session.scalars(statement.limit(1)).first() is not None


def _reasons(session: Session, thread: ThreadLink, addressed: bool, group: clusters.Group) -> list[str]:
    made = ["They named us."] if addressed else []
    statement = (
        select(col(WatchRule.name), col(RuleHit.why))
        .join(RuleHit, col(RuleHit.rule_id) == col(WatchRule.id))
        .where(col(RuleHit.thread_id) == thread.id)
        .order_by(col(WatchRule.id))
    )
    made += [f"Rule “{name}”: “{why}”." for name, why in session.execute(statement)]
    origin = {ThreadOrigin.url: "A colleague asked for it.", ThreadOrigin.paste: "A colleague pasted it."}
    made += [origin[ThreadOrigin(thread.origin)]] if thread.origin in origin else []
    if len(group.people) > 1:
        made.append(f"{len(group.people)} people say the same within seven days.")
    return made or ["It came with an archive."]


def _meta(live: list[PlacedPost], root: PlacedPost, group: clusters.Group) -> str:
    """The one figure that says most of it."""
    likes, _, replies = numbers(root.post.metrics)
    newest = live[-1].post.created_at
    joined = {one.post.account_id for one in live if one.post.created_at > newest - timedelta(minutes=10)} - {
        root.post.account_id
    }
    if len(joined) > 1:
        return f"joined by {len(joined)} in 10 min"
    if len(group.people) > 1:
        return f"{len(group.people) - 1} similar"
    if root.account.followers and root.account.followers >= 1_000:
        return f"{root.account.followers:,} followers"
    if replies or likes:
        return plural(replies, "reply", "replies") if replies else plural(likes or 0, "like")
    return f"{len(live)} posts" if len(live) > 1 else f"on {network_name(root.post.platform)}"


def _order(session: Session, thread: ThreadLink, hits: list[WatchRule], advised: Advice, total: int) -> None:
    """Urgency first, reach second. Who is on duty gets it, unless somebody has it."""
    grave = any(rule.severity == Severity.high for rule in hits)
    values: dict[str, object] = {"attention": (LINES[advised.code].urgency + grave) * 100 + total}
    if thread.due_at is None:
        worst = min((DUE[Severity(rule.severity)] for rule in hits), default=DUE[Severity.usual])
        values["due_at"] = thread.first_post_at + worst
    duty = next((rule.on_duty_id for rule in hits if rule.on_duty_id), None)
    if thread.assignee_id is None and duty is not None and thread.state == TriageState.new:
        values["assignee_id"] = duty
    session.execute(update(ThreadLink).where(col(ThreadLink.id) == thread.id).values(**values))
    session.refresh(thread)


def _wake(session: Session, thread: ThreadLink, advised: Advice, live: list[PlacedPost]) -> None:
    """What was put aside comes back when it has become urgent, or when they answered us."""
    if thread.state == TriageState.watching and advised.code in ("A4", "B2", "B3"):
        turn(session, thread, (TriageState.watching,), TriageState.new, None, advised.why)
    elif thread.state == TriageState.replied and thread.decided_at is not None:
        theirs = [one for one in live if one.account.kind not in OURS and one.post.seen_at > thread.decided_at]
        if theirs:
            turn(session, thread, (TriageState.replied,), TriageState.new, None, "They wrote again after our reply.")


def weigh_waiting(similar: Similar) -> None:
    """By the clock: grace ends and watches run out without anybody writing."""
    with transaction() as session:
        due = select(ThreadLink).where(col(ThreadLink.state) == TriageState.watching, col(ThreadLink.watch_until) <= clock.now())
        for thread in session.scalars(due.limit(50)):
            turn(session, thread, (TriageState.watching,), TriageState.new, None, "The watch is over.")
        graced = (
            select(ThreadLink)
            .join(ThreadWeight, col(ThreadWeight.thread_id) == col(ThreadLink.id))
            .where(
                col(ThreadLink.state) == TriageState.new,
                col(ThreadWeight.advice) == "A0",
                col(ThreadLink.first_post_at) <= clock.now() - advice.GRACE,
            )
        )
        for thread in session.scalars(graced.limit(50)):
            weigh_thread(session, thread, similar)
        rules.climb(session)
