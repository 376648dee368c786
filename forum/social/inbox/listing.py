"""The inbox as a list: what is urgent first, then what reaches far, then what is new."""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlmodel import Session, col

from forum.core.paging import cut, decode
from forum.core.text import first_words, plural
from forum.models import Member, Share, ShareState, ThreadLink, ThreadWeight, TriageState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import network_name, shown_handle
from forum.social.inbox.advice import LINES
from forum.social.queries import first_posts
from forum.social.views import InboxPage, StateTab, ThreadRow

A_PAGE = 30
TABS: dict[str, tuple[str, tuple[TriageState, ...]]] = {
    "new": ("To triage", (TriageState.new, TriageState.escalated)),
    "watching": ("Observing", (TriageState.watching,)),
    "done": ("Done", (TriageState.published, TriageState.replied, TriageState.private, TriageState.ignored)),
}
REPLY_WAITS = (TriageState.new, TriageState.escalated, TriageState.watching)
"""Here a reply that somebody has begun says more than what is advised."""
TO_SHARE = (ShareState.draft, ShareState.awaiting, ShareState.by_hand, ShareState.failed)
SAID = {
    TriageState.escalated: ("Escalated", "bad"),
    TriageState.published: ("Published", "ok"),
    TriageState.replied: ("Replied", "ok"),
    TriageState.private: ("In private", "accent"),
    TriageState.ignored: ("Ignored", ""),
}


def inbox_page(session: Session, actor: Actor, tab: str = "", after: str | None = None) -> InboxPage:
    require(actor, Permission.triage)
    chosen = tab_of(tab)
    key = decode(after, int)
    statement = (
        select(ThreadLink, col(ThreadWeight.meta), col(ThreadWeight.advice), col(Member.name), _begun().label("begun"))
        .outerjoin(ThreadWeight, col(ThreadWeight.thread_id) == col(ThreadLink.id))
        .outerjoin(Member, col(Member.id) == col(ThreadLink.assignee_id))
        .where(col(ThreadLink.state).in_(TABS[chosen][1]))
    )
    if key is not None and isinstance(key[0], int):
        statement = statement.where(_after(session, key[0], key[1]))
    order = (col(ThreadLink.attention).desc(), col(ThreadLink.last_post_at).desc(), col(ThreadLink.id).desc())
    rows = list(session.execute(statement.order_by(*order).limit(A_PAGE + 1)).all())
    first = first_posts(session, [row.ThreadLink.id for row in rows])
    page = cut(
        rows,
        A_PAGE,
        lambda row: _row(row, first.get(row.ThreadLink.id)),
        lambda row: (row.ThreadLink.attention, row.ThreadLink.id),
        first=not key,
    )
    older = f"/desk/social?state={chosen}&after={page.after}" if page.after else None
    tabs, waiting = _tabs(session, chosen)
    return InboxPage(page, tabs, chosen, TABS[chosen][0], older, waiting)


def _begun() -> ColumnElement[bool]:
    mine = (col(Share.thread_id) == col(ThreadLink.id), col(Share.state).in_(TO_SHARE))
    return exists().where(*mine).correlate(ThreadLink)


def tab_of(name: str) -> str:
    """The tab of that name, or the one that holds threads of that state."""
    return name if name in TABS else next((tab for tab, (_, states) in TABS.items() if name in states), "new")


def _after(session: Session, attention: int, row_id: int) -> ColumnElement[bool]:
    at = session.scalars(select(col(ThreadLink.last_post_at)).where(col(ThreadLink.id) == row_id)).first()
    later: list[ColumnElement[bool]] = [col(ThreadLink.attention) < attention]
    if at is not None:
        same = col(ThreadLink.attention) == attention
        older = or_(col(ThreadLink.last_post_at) < at, and_(col(ThreadLink.last_post_at) == at, col(ThreadLink.id) < row_id))
        later.append(and_(same, older))
    return or_(*later)


def _tabs(session: Session, chosen: str) -> tuple[list[StateTab], int]:
    shares = select(func.count()).where(col(Share.state).in_(TO_SHARE)).scalar_subquery()
    counts = dict(session.execute(select(col(ThreadLink.state), func.count()).group_by(col(ThreadLink.state))).all())
    to_share = session.execute(select(shares)).scalar_one()
    made = [
        StateTab(f"/desk/social?state={name}", label, sum(counts.get(state, 0) for state in states), name == chosen)
        for name, (label, states) in TABS.items()
    ]
    made.insert(2, StateTab("/desk/shares", "To share", to_share, False))
    made[3] = StateTab(made[3].url, made[3].label, None, made[3].current)
    return made, made[0].count or 0


def _row(row: Row[Any], first: Row[Any] | None) -> ThreadRow:
    thread = row.ThreadLink
    label, tone = SAID.get(thread.state, ("", ""))
    if row.begun and thread.state in REPLY_WAITS:
        label, tone = "A reply waits", "warn"
    elif not label and row.advice in LINES:
        label, tone = LINES[row.advice].label, LINES[row.advice].tone
    return ThreadRow(
        id=thread.id,
        url=f"/desk/social/{thread.id}",
        platform=thread.platform,
        network=network_name(thread.platform),
        author=(first.name or shown_handle(thread.platform, first.handle)) if first else "Somebody",
        text=(first_words(first.text, 180) or "A post without words.") if first else "This post is no longer available.",
        at=thread.last_post_at,
        meta=row.meta or f"{plural(thread.posts, 'post')} by {plural(thread.people, 'person', 'people')}",
        advice=label,
        tone=tone,
        who=row.name or "",
    )
